"""Reminders that are all due in the same second, each in a channel of its own."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.sandbox.ratelimits import GLOBAL_PER_SECOND
from bot.sandbox.remote import Remote
from tests.bench import stock
from tests.bench.houses import ANNOUNCEMENTS, GUILD, MEMBER, OURS, Json, quiet, resident, sandbox, settings
from tests.bench.size import Size
from tests.bench.table import Part, Row

WORDS = (
    f"With Discord's rate limits on. Beside: what {GLOBAL_PER_SECOND} requests a second allow, the limit of one bot; "
    "from the moment they are due until the last is posted."
)
ROUTE = "/channels/{channel_id}/messages"
PATIENCE = 3.0  # times what the limit allows
START = stock.NOW + timedelta(days=10)
MOST = 8  # reminders before a session's start that a server can choose


async def measure(size: Size, say: Callable[[str], None]) -> Part:
    name = f"{size.channels} reminders in one second"
    total = Row(name, 1.12, "s", at_most=True, digits=2)
    missing = Row(f"{name}: not posted", 0, "", "value", at_most=True)
    refused = Row(f"{name}: answers 429", 0, "", "value", at_most=True)
    # Each round is one of the reminders that all these sessions have.
    minutes = tuple(60 * (number + 1) for number in range(min(size.rounds, MOST)))
    with tempfile.TemporaryDirectory() as folder:
        async with sandbox(limits=True) as place:
            channels = [await _channel(place.remote, number) for number in range(size.channels)]
            database = await stock.stocked(Path(folder) / "bench.db", _sessions(channels, minutes))
            async with resident(place, OURS, settings(database, PROGRAMME="none")):
                for number, before in enumerate(reversed(minutes), 1):
                    await quiet(place.remote)
                    due = START - timedelta(minutes=before)
                    posts = await _burst(place.remote, due, size)
                    done = [_moment(entry) for entry in posts if entry["status"] < 300]
                    total.add((max(done) - due).total_seconds(), size.channels / GLOBAL_PER_SECOND)
                    missing.add(size.channels - len({entry["path"] for entry in posts if entry["status"] < 300}))
                    refused.add(sum(entry["status"] == 429 for entry in posts))
                    say(f"round {number} of {len(minutes)}")
    return Part("A burst of reminders", WORDS, [total, missing, refused])


async def _channel(remote: Remote, number: int) -> int:
    """A channel in which somebody has written before."""
    made = await remote.world("create_channel", guild=GUILD, name=f"room-{number}")
    await remote.world("send_message", user=MEMBER, channel=made["id"], content="Hello", guild=GUILD)
    return int(made["id"])


def _sessions(channels: list[int], minutes: tuple[int, ...]) -> stock.Fill:
    def fill(conn: sqlite3.Connection) -> None:
        stock.configure(conn, int(GUILD), int(ANNOUNCEMENTS), minutes)
        for number, channel in enumerate(channels):
            stock.put(conn, stock.session_at(number, int(GUILD), START, channel))

    return fill


async def _burst(remote: Remote, due: datetime, size: Size) -> list[Json]:
    """All posts, tried ones too, after the clock was moved to shortly before they are due."""
    since = (await remote.journal(since=1 << 60))["next"]
    await remote.set_clock(now=due - timedelta(seconds=size.burst_wait))
    least = size.channels / GLOBAL_PER_SECOND
    await asyncio.sleep(size.burst_wait + least)  # looking on costs the sandbox time
    for _ in range(int(PATIENCE * least / 0.3) + 10):
        await asyncio.sleep(0.3)
        entries = (await remote.journal(since=since))["entries"]
        posts = [entry for entry in entries if entry["method"] == "POST" and entry["route"] == ROUTE]
        if sum(entry["status"] < 300 for entry in posts) >= size.channels:
            break
    return posts


def _moment(entry: Json) -> datetime:
    return datetime.fromisoformat(entry["at"])
