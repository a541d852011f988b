"""The parts of the campaign, and how one is run: in this process, or spread over worker processes."""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import queue
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from tests.campaign.tally import Order, Tally
from tests.loopback import keep_to_loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import Queue

LOOK = 0.2  # seconds between two looks at what the workers have done


@dataclass(frozen=True, slots=True)
class Part:
    """Where it is, and how many rounds its long and its short form have."""

    module: str
    long: int
    short: int


PARTS = {
    "kills": Part("tests.campaign.kills", 300, 6),
    "points": Part("tests.campaign.points", 14 * 50, 14),
    "cuts": Part("tests.campaign.cuts", 500, 12),
    "schedules": Part("tests.campaign.schedules", 2_000, 60),
    "fuzz": Part("tests.campaign.fuzz", 100_000, 3_000),
    "daylight": Part("tests.campaign.daylight", 40, 40),  # zones
}


def run_here(name: str, order: Order) -> Tally:
    """Do these rounds in this process; the module is imported only now."""
    module = importlib.import_module(PARTS[name].module)
    return cast("Tally", asyncio.run(module.run(order)))


def run_spread(name: str, order: Order, workers: int) -> Tally:
    """Do these rounds in so many processes, each a stretch of its own."""
    context = multiprocessing.get_context("spawn")
    news: Queue[int] = context.Queue()
    whole = Tally(name, order.seed)
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(news,)) as pool:
        waiting = {pool.submit(_work, name, order.seed, stretch) for stretch in stretches(order.rounds, workers)}
        done: set[Future[Tally]] = set()
        while waiting:
            ended, waiting = wait(waiting, timeout=LOOK)
            done |= ended
            _tell(news, order.progress)
    for future in done:
        whole.add(future.result())
    _tell(news, order.progress)
    return whole


def stretches(rounds: range, count: int) -> list[range]:
    """The rounds in `count` stretches that differ by one round at most; empty ones are left out."""
    size, more = divmod(len(rounds), count)
    found, start = [], 0
    for number in range(count):
        end = start + size + (number < more)
        found.append(rounds[start:end])
        start = end
    return [each for each in found if each]


def _tell(news: Queue[int], progress: Callable[[int], None]) -> None:
    try:
        while True:
            progress(news.get_nowait())
    except queue.Empty:
        return


_news: Queue[int] | None = None


def _begin(news: Queue[int]) -> None:
    global _news  # noqa: PLW0603 - how a pool hands something to its workers
    _news = news
    keep_to_loopback()


def _work(name: str, seed: int, rounds: range) -> Tally:
    assert _news is not None
    return run_here(name, Order(seed, rounds, _news.put))
