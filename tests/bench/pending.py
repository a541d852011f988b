"""What 100,000 reminders that wait cost: nothing, for they are rows."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.store import reminders
from tests.bench import stock
from tests.bench.clocked import microseconds
from tests.bench.houses import OURS, house, settings
from tests.bench.size import Size
from tests.bench.table import Part, Row

GUILDS = 100
FIRST_GUILD = 700_000_000_000_000_000
OF_SESSION = 4  # a day, an hour and ten minutes before, and at the start


async def measure(size: Size, say: Callable[[str], None]) -> Part:
    few, many = size.pending
    name = f"{many:,} pending reminders"
    words = (
        f"Of {many // OF_SESSION:,} sessions in {min(GUILDS, many)} servers. Beside: {few} pending reminders. "
        "Finding the next is one call of the store."
    )
    start = Row(f"{name}: start until READY", 50, "ms", "more", at_most=True)
    memory = Row(f"{name}: resident memory", 5, "MB", "more", at_most=True, digits=1)
    alarm = Row(f"{name}: next one found", 1, "ms", "value", at_most=True, digits=3)
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            await asyncio.to_thread(stock.stock, Path(folder) / f"{count}.db", _waiting(count)) for count in (few, many)
        ]
        say("filled")
        for number in size.numbers():
            (small_start, small_memory), (start_up, resident) = [await _start(path, size.settle) for path in paths]
            if number >= 0:
                start.add(start_up * 1000, small_start * 1000)
                memory.add(resident, small_memory)
                alarm.add(microseconds(paths[1], lambda conn: reminders.next_due(conn, stock.NOW)) / 1000)
            say(f"start {number + 1} of {size.rounds}")
    return Part("Reminders that wait", words, [start, memory, alarm])


def _waiting(count: int) -> stock.Fill:
    def fill(conn: sqlite3.Connection) -> None:
        for number in range(-(-count // OF_SESSION)):
            starts_at = stock.NOW + timedelta(days=400, minutes=number)
            stock.put(conn, stock.session_at(number, FIRST_GUILD + number % GUILDS, starts_at))

    return fill


async def _start(database: Path, settle: float) -> tuple[float, float]:
    async with house(OURS, settings(database, PROGRAMME="none")) as started:
        await asyncio.sleep(settle)
        return started.ready_after, started.resident()
