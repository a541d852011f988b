"""Whether anything becomes slower with a long history: the same operations on a large and on a small database."""

import asyncio
import itertools
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.domain.sessions import SessionId
from bot.store import reminders, rsvps
from bot.ui.cards import card as drawn
from tests.bench import stock
from tests.bench.clocked import microseconds
from tests.bench.houses import (
    ANNOUNCEMENTS,
    GENERAL,
    GUILD,
    OURS,
    OWNER,
    Card,
    House,
    Json,
    answered,
    find_card,
    house,
    quiet,
    settings,
)
from tests.bench.rates import ANSWERS
from tests.bench.size import Size
from tests.bench.table import Part, Row, worst

SLOWER = 1.15
# As somebody types them who looks for one thing among many.
COMMANDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("schedule", {}),
    ("schedule", {"session": "funding"}),
    ("speaker", {"name": "number 0"}),
    ("talk", {"title": "practice"}),
    ("stream", {}),
    ("calendar", {}),
    ("rsvp", {}),
    ("now", {}),
    ("next", {}),
    ("about", {}),
    ("help", {}),
    ("privacy", {}),
    ("my agenda", {}),
    ("my data", {}),
    ("attendee list", {}),
    ("attendee export", {}),
    ("stats", {}),
    ("session list", {}),
    ("session export", {"format": "toml"}),
    ("reminders list", {}),
    ("audit", {}),
    ("doctor", {}),
)
COMPLETIONS: tuple[tuple[str, str, str], ...] = (
    ("schedule", "session", ""),
    ("schedule", "session", "fund"),
    ("speaker", "name", "num"),
    ("talk", "title", "prac"),
)
Operation = Callable[[], Awaitable[Json]]


@dataclass(frozen=True)
class Side:
    """A house, its database, and what is done there."""

    house: House
    path: Path
    session_id: SessionId
    operations: dict[str, Operation]


async def measure(size: Size, say: Callable[[str], None]) -> Part:
    few, many = size.sessions
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{count}.db" for count in (many, few)]
        for path, count in zip(paths, (many, few), strict=True):
            await asyncio.to_thread(stock.stock, path, _history(count, size.answers))
        say("filled")
        large, small = (settings(path, PROGRAMME="none") for path in paths)
        async with house(OURS, large) as ours, house(OURS, small) as beside:
            sides = await asyncio.gather(*map(_side, (ours, beside), paths))
            rows = {name: Row(name, SLOWER, "ms", at_most=True, digits=2) for name in sides[0].operations}
            inner = {name: Row(name, SLOWER, "µs", at_most=True) for name in _calls(sides[0].session_id)}
            for number in size.numbers():
                await _round(sides, rows if number >= 0 else {}, inner, size.repeats)
                say(f"round {number + 1} of {size.rounds}")
    every = [*rows.values(), *inner.values()]
    words = (
        f"{many:,} sessions with {many * size.answers:,} RSVPs, beside {few} with {few * size.answers:,}: "
        f"{size.answers} answers to each session in both, for a list or a file of them all is as long as they are many."
    )
    name = f"{many:,} sessions, {many * size.answers:,} RSVPs: the slowest of {len(every)} operations"
    return Part("A long history", words, [worst(name, every)], every)


def _history(count: int, answers: int) -> stock.Fill:
    """One session tomorrow, and before it one each day."""

    def fill(conn: sqlite3.Connection) -> None:
        stock.configure(conn, int(GUILD), int(ANNOUNCEMENTS))
        for number in range(count):
            session = stock.session_at(number, int(GUILD), stock.NOW + timedelta(days=1 - number))
            stock.put(conn, session, announced=number > 0)
            stock.answer(conn, session, range(answers), session.starts_at - timedelta(days=3))

    return fill


async def _side(ours: House, path: Path) -> Side:
    found = await find_card(ours.remote)
    member, *_ = await ours.remote.add_members(GUILD, 1)
    await quiet(ours.remote)
    operations: dict[str, Operation] = {}
    for command, options in COMMANDS:
        typed = "".join(f" {name}: {value}" for name, value in options.items())
        operations[f"`/{command}{typed}`"] = _command(ours, command, options)
    for command, option, text in COMPLETIONS:
        operations[f"`/{command} {option}`, choices for “{text}”"] = _completion(ours, command, option, text)
    operations["RSVP press"] = _press(ours, member, found)
    return Side(ours, path, SessionId(found.prefix.split(":")[1]), operations)


def _command(ours: House, command: str, options: dict[str, str]) -> Operation:
    async def act() -> Json:
        return await ours.remote.command(OWNER, command, guild=GUILD, channel=GENERAL, options=options)

    return act


def _completion(ours: House, command: str, option: str, text: str) -> Operation:
    async def act() -> Json:
        choices = await ours.remote.autocomplete(
            OWNER, command, option, guild=GUILD, channel=GENERAL, options={option: text}
        )
        assert choices
        return {}

    return act


def _press(ours: House, member: str, card: Card) -> Operation:
    turns = itertools.cycle(ANSWERS)

    async def act() -> Json:
        return await ours.remote.press(member, card.message_id, card.button(next(turns)))

    return act


def _calls(session_id: SessionId) -> dict[str, Callable[[sqlite3.Connection], object]]:
    """What the bot does by itself; timed as calls of the store."""

    def card(conn: sqlite3.Connection) -> object:
        found = rsvps.card(conn, session_id)
        assert found is not None
        return drawn(*found, stock.NOW)

    return {
        "a card, read and drawn for an edit": card,
        "look for due reminders": lambda conn: reminders.due(conn, stock.NOW, 500),
        "next alarm": lambda conn: reminders.next_due(conn, stock.NOW),
        "look for cards that the time has changed": lambda conn: rsvps.cards_turned(
            conn, stock.NOW - timedelta(seconds=5), stock.NOW
        ),
    }


def _times(name: str, repeats: int) -> int:
    return -(-repeats // 5) if "/stats" in name else repeats  # its picture alone takes a second


async def _round(sides: list[Side], rows: dict[str, Row], inner: dict[str, Row], repeats: int) -> None:
    """Each operation on both sides in turn; without rows, to warm up."""
    for name in sides[0].operations:
        times: list[list[float]] = [[] for _ in sides]
        for number in range(_times(name, repeats) if rows else 1):
            for index in (0, 1) if number % 2 else (1, 0):
                began = time.perf_counter()
                answered(await sides[index].operations[name]())
                times[index].append((time.perf_counter() - began) * 1000)
        if rows:
            rows[name].add(*map(statistics.median, times))
    for name, row in inner.items() if rows else ():
        row.add(*(microseconds(side.path, _calls(side.session_id)[name]) for side in sides))
