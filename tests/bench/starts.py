"""How long the start takes until READY, and how much memory the process has then."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.houses import BARE, OURS, House, house, settings
from tests.bench.size import Size
from tests.bench.table import Part, Row

WORDS = (
    "From the start of the process until it is online, on a database that is there already; "
    "and its memory shortly after. Beside: the bare client."
)


async def measure(size: Size, say: Callable[[str], None]) -> Part:
    start = Row("start until READY", 1.3, "s", at_most=True, digits=2)
    memory = Row("resident memory", 1.3, "MB", at_most=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = settings(Path(folder) / "bench.db")
        for number in size.numbers():  # the first makes the database, and warms up
            ours = await _start(OURS, environment, size.settle)
            bare = await _start(BARE, {}, size.settle)
            if number >= 0:
                start.add(ours[0], bare[0])
                memory.add(ours[1], bare[1])
            say(f"start {number + 1} of {size.rounds}")
    return Part("Start and memory", WORDS, [start, memory])


async def _start(command: tuple[str, ...], environment: dict[str, str], settle: float) -> tuple[float, float]:
    async with house(command, environment) as started:
        return await _look(started, settle)


async def _look(started: House, settle: float) -> tuple[float, float]:
    await asyncio.sleep(settle)  # what it still does once it is online
    return started.ready_after, started.resident()
