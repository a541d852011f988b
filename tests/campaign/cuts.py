"""The gateway connection is cut in every way it can be, at random moments, while members press and reminders fall due.

Where the session could be resumed no interaction may be lost. In every case the bot is back within a bound, posts
everything once and asks Discord for it once: a second scheduler would post under the same nonce.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.campaign.house import (
    House,
    answers,
    card_is_right,
    house,
    integrity,
    lost_answers,
    nurseries,
    played,
    posts,
    pressed,
    rows,
    unanswered,
)
from tests.campaign.tally import Kind, Order, Tally
from tests.e2e.conftest import GUILD, START, button_ids, eventually

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from tests.e2e.nursery import Nursery

PART = "cuts"
HOUSE = 10  # rounds with one bot
AT_ONCE = 2  # houses: most of the time is spent waiting for answers that were lost with a session
LONGEST = 60.0  # seconds: a round that takes longer hangs
BACK = 10.0  # seconds until the bot is back; the library waits for up to two before it calls again after some errors
SOON = 0.5
SILENCE = 60.0  # seconds that the library waits for a word of the gateway
LOAD = 0.25  # seconds
PRESSERS = 4
CHOICES = ("in_person", "in_person", "online", "maybe", "declined")
MOMENTS = {2: timedelta(hours=24), 5: timedelta(hours=1), 7: timedelta(minutes=10), 9: timedelta()}
KINDS = {timedelta(hours=24): "before-1440", timedelta(hours=1): "before-60", timedelta(minutes=10): "before-10"}

# What is done, and whether the session can be resumed after it.
CUTS: list[tuple[str, dict[str, Any], bool]] = [
    ("op 7", {"action": "reconnect"}, True),
    ("op 9 true", {"action": "invalid_session", "resumable": True}, True),
    ("op 9 false", {"action": "invalid_session", "resumable": False}, False),
    ("close 4000", {"action": "close", "code": 4000}, True),
    ("close 4007", {"action": "close", "code": 4007}, False),
    ("close 4008", {"action": "close", "code": 4008}, True),
    ("close 4009", {"action": "close", "code": 4009}, False),
    ("close 1000", {"action": "close", "code": 1000}, False),
    ("no close code (1006)", {"action": "hang_up"}, True),
    ("TCP abort", {"action": "abort"}, True),
]
SILENT = ("silence", {"action": "silence"}, False)  # what is sent meanwhile comes too late to be answered
EVERY = 100  # one round in so many is a silent one, which takes a minute


async def run(order: Order) -> Tally:
    """Houses of ten rounds; the silent ones wait in houses of their own beside them."""
    tally = Tally(PART, order.seed)
    silent = [number for number in order.rounds if number % EVERY == EVERY - 1]
    with nurseries() as nursery:
        beside = [asyncio.create_task(_house(nursery, order, [number], tally)) for number in silent]
        lists: dict[int, list[int]] = {}
        for number in order.rounds:
            if number not in silent:
                lists.setdefault(number // HOUSE, []).append(number)
        at_once = asyncio.Semaphore(AT_ONCE)

        async def in_turn(numbers: list[int]) -> None:
            async with at_once:
                await _house(nursery, order, numbers, tally)

        await asyncio.gather(*beside, *map(in_turn, lists.values()))
    return tally


async def _house(nursery: Nursery | None, order: Order, numbers: list[int], tally: Tally) -> None:
    left = list(numbers)
    while left:
        async with house(nursery, "--no-rate-limits") as ours:
            members = await ours.remote.add_members(GUILD, 12)
            await ours.start_bot()
            await ours.card()
            whole = True
            while left and whole:
                number = left.pop(0)
                one = Round(ours, order.rng(number), tally, number, members)
                seconds = LONGEST + (SILENCE if one.silent else 0)
                whole = await played(ours, one.play(), tally, number, seconds=seconds, where=f"after {one.name} ")
                tally.rounds += 1
                order.progress(1)


class Round:
    """One cut, or two of them one shortly after the other."""

    def __init__(self, ours: House, chance: random.Random, tally: Tally, number: int, members: list[str]) -> None:
        self.house = ours
        self.tally = tally
        self.number = number
        self.silent = number % EVERY == EVERY - 1
        cut = SILENT if self.silent else CUTS[chance.randrange(len(CUTS))]
        self.name: str = cut[0]
        self._cut: dict[str, Any] = cut[1]
        self._resumable: bool = cut[2]
        self._chance = chance
        self._members = members
        self._database: Path = ours.folder / "community.db"
        ((found,),) = rows(self._database, "SELECT id FROM session")
        self._session = str(found)

    async def play(self) -> None:
        first = max(self.house.sandbox.interactions._all, default=0)
        stop = asyncio.Event()
        load = asyncio.create_task(self._load(stop))
        await asyncio.sleep(self._chance.uniform(0, LOAD))
        await self._away()
        if not self.silent and self._chance.random() < 0.15:  # again, while it may still be busy with coming back
            await asyncio.sleep(self._chance.uniform(0, 0.05))
            await self._away()
        until = max(self.house.sandbox.interactions._all, default=0)
        await asyncio.sleep(self._chance.uniform(0, LOAD))
        stop.set()
        await load
        await self._judge(first, 0 if self._resumable else until)

    async def _load(self, stop: asyncio.Event) -> None:
        card = next(one for one in await self.house.messages() if button_ids(one, "rsvp:"))
        async with asyncio.TaskGroup() as group:
            for _ in range(PRESSERS):
                group.create_task(self._press(card, stop))
            group.create_task(self._ring())

    async def _press(self, card: Any, stop: asyncio.Event) -> None:
        """Press without waiting for the answer: a lost press must not hold up the next one."""
        while not stop.is_set():
            user, choice = self._chance.choice(self._members), self._chance.choice(CHOICES)
            await self.house.remote.press(user, card["id"], f"rsvp:{self._session}:{choice}", wait=False)
            await asyncio.sleep(self._chance.uniform(0.005, 0.03))
        await self.house.command(self._chance.choice(self._members), "schedule")

    async def _ring(self) -> None:
        offset = MOMENTS.get(self.number % HOUSE)
        if offset is None:
            return
        await asyncio.sleep(self._chance.uniform(0, LOAD))
        if await self.house.now() < START - offset:
            await self.house.jump(START - offset)

    async def _away(self) -> None:
        gateway = self.house.sandbox.gateway
        before = {one for one in gateway._connections if one.session is not None}
        began = time.monotonic()
        gateway.act(self._cut)
        self.tally.did[self.name] += 1

        async def back() -> bool:
            now = gateway._connections
            return any(one.session is not None and one not in before for one in now)

        await eventually(back, within=BACK + (SILENCE if self.silent else 0), why="the bot comes back")
        away = time.monotonic() - began - (SILENCE if self.silent else 0)  # the library notices silence after that
        self.tally.did["back within half a second" if away < SOON else "back later"] += 1

    async def _judge(self, first: int, until: int) -> None:
        """`until`: presses up to this one may have been lost with the session."""
        await eventually(self._all_answered, why="all presses are answered, or failed")
        told = pressed(self.house.sandbox)
        self.tally.did["presses"] += sum(one.id > first for one in told)
        for one in unanswered(self.house.sandbox, max(first, until)):
            self._fault("unanswered", f"{one.name} by {one.user.id}: {one.failure or 'something went wrong'}")
        for words in lost_answers(told, answers(self._database, self._session)):
            self._fault("lost", words)
        if (found := integrity(self._database)) != "ok":
            self._fault("corrupt", found)
        await eventually(self._card_right, why="the card shows what is stored")
        await self._count()

    async def _all_answered(self) -> bool:
        return not any(one.state == "pending" for one in list(self.house.sandbox.interactions._all.values()))

    async def _card_right(self) -> bool:
        return card_is_right(self.house.sandbox, self._database, self._session)

    async def _count(self) -> None:
        due = {"announce"}
        offset = MOMENTS.get(self.number % HOUSE)
        if offset is not None:
            due.add(KINDS.get(offset, "start"))

            async def sent() -> bool:
                found = dict(rows(self._database, "SELECT kind, state FROM reminder"))
                return all(found[kind] == "sent" for kind in due)

            await eventually(sent, why=f"{due} are posted")
        cards, keys = posts(self.house.sandbox)
        if cards[self._session] != 1:
            self._fault("doubled" if cards[self._session] else "lost", f"{cards[self._session]} cards")
        for kind, key, state in rows(self._database, "SELECT kind, key, state FROM reminder"):
            if keys[key] > 1:
                self._fault("doubled", f"{kind} stands {keys[key]} times")
            if kind in due - {"announce"} and not keys[key]:
                self._fault("lost", f"{kind} is {state} and stands nowhere")
        for nonce, calls in self._calls().items():
            if calls > 1:
                self._fault("doubled", f"Discord was asked {calls} times to post {nonce}")

    def _calls(self) -> Counter[str]:
        entries = self.house.sandbox.journal.since(0)["entries"]
        made = [one["request"] for one in entries if one["method"] == "POST" and one["path"].endswith("/messages")]
        return Counter(str(body["nonce"]) for body in made if isinstance(body, dict) and "nonce" in body)

    def _fault(self, kind: Kind, words: str) -> None:
        self.tally.fault(self.number, kind, f"after {self.name}: {words}")
