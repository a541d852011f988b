"""Random fault schedules: nothing is lost before its deadline, nothing is posted twice, nothing happens in silence.

Each round is one schedule of delivery, judged by the model in `ledger`, and one sequence of answers, judged by the one
in `seats`. `draw` takes all its chance from one Random, so a seed repeats it, and hypothesis can shrink it.

What is left out, for the promise does not reach there: the clock set back, or a post deleted by hand, while two copies
of the database run or after one was restored, nor more than 500 newer messages in the channel then: nobody has a
record of the post that the other one made.
"""

import logging
import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.campaign.seats import answers
from tests.campaign.stage import FAULTS, REFUSALS, Schedule, Step, perform
from tests.campaign.tally import Order, Tally

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
BEGINNINGS = (75 * MINUTE, 20 * MINUTE, 26 * 60 * MINUTE)
SECONDS = (600, 0, 1, 3, 6, 20, 61, 100, 110, 200, 900, 1500)
JUMPS = (130, 1200, -60, -1800)
CRASHES = ("after-claim", "before-send", "after-accept", "before-mark")
ACTS = ("edit", "15", "-20", "60", "1500", "cancel", "reopen", "delete")
MOMENTS = ("before", "on its way", "accepted")
KINDS = ("one", "restored", "two")  # databases


async def run(order: Order) -> Tally:
    tally = Tally("schedules", order.seed)
    logging.getLogger("bot").propagate, before = False, logging.getLogger("bot").propagate
    try:
        for number in order.rounds:
            await _round(tally, number, order.rng(number))
            order.progress(1)
    finally:
        logging.getLogger("bot").propagate = before
    return tally


async def _round(tally: Tally, number: int, rng: Random) -> None:
    schedule = draw(rng)
    with tempfile.TemporaryDirectory() as folder:
        wrong, stage = await perform(schedule, Path(folder))
    wrong += answers(rng, tally.did)
    for kind, words in wrong:
        tally.fault(number, kind, words)
    tally.rounds += 1
    tally.did["steps"] += len(schedule.steps)
    tally.did["posts"] += len(stage.ledger.posts)
    tally.did["second posts where the history could not be read, or the first was deleted"] += stage.ledger.excused


def draw(rng: Random) -> Schedule:
    """The simplest choices come first: towards them hypothesis shrinks."""
    databases = rng.choice(KINDS)
    steps = tuple(_step(rng, databases) for _ in range(rng.randrange(3, 16)))
    return Schedule(rng.choice(BEGINNINGS), steps)


def _step(rng: Random, databases: str) -> Step:
    several = databases != "one"
    jumps = JUMPS[:2] if several else JUMPS
    acts = () if databases == "two" else ACTS[:-1] if several else ACTS
    copies = {"one": (), "restored": ("back up", "restore"), "two": ("run twice",)}[databases]
    return Step(
        seconds=rng.choice(SECONDS),
        jump=_seldom(rng, jumps) or 0,
        fault=_seldom(rng, tuple(FAULTS)),
        crash=_seldom(rng, CRASHES),
        restart=bool(_seldom(rng, (True,))),
        down={0: None, 1: True, 2: False, 3: False}[rng.randrange(4)],
        chatter=_seldom(rng, (30,) if several else (30, 260)) or 0,
        refusing=_seldom(rng, (0, 0, *REFUSALS)),
        readable={0: None, 1: True, 2: False}[max(rng.randrange(8) - 5, 0)],
        act=_seldom(rng, acts) if acts else None,
        when=rng.choice(MOMENTS),
        copy=_seldom(rng, copies) if copies else None,
    )


def _seldom(rng: Random, values: tuple[T, ...]) -> T | None:
    """One of the values, one time in four."""
    chosen = rng.randrange(4 * len(values))
    return values[chosen - 3 * len(values)] if chosen >= 3 * len(values) else None
