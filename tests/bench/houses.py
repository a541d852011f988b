"""Sandboxes with a bot in each: one for the bare client, one or two for ours, so that they are measured in turn."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.sandbox.remote import Remote
from tests.bench.stock import NOW

ROOT = Path(__file__).resolve().parents[2]
GUILD = "900000000000000100"
ANNOUNCEMENTS, GENERAL, LOG = "900000000000000110", "900000000000000111", "900000000000000112"
OWNER, MEMBER = "900000000000000300", "900000000000000302"
OURS, BARE = ("-m", "bot"), ("-m", "tests.bench.bare")
Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A sandbox."""

    remote: Remote
    address: str


@dataclass(frozen=True)
class House:
    """A sandbox with a bot in it, and what is known of that bot's process."""

    remote: Remote
    address: str
    bot: asyncio.subprocess.Process
    ready_after: float  # seconds from the start of the process until it is online

    def resident(self) -> float:
        """Memory of the bot's process in MB."""
        for line in Path(f"/proc/{self.bot.pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")


def settings(database: Path, **more: str) -> dict[str, str]:
    """The environment of our bot on a database; it makes no backups, which would be work of their own."""
    return {
        "DISCORD_GUILD_ID": GUILD,
        "ANNOUNCE_CHANNEL_ID": ANNOUNCEMENTS,
        "LOG_CHANNEL_ID": LOG,
        "DATABASE_PATH": str(database),
        "BACKUPS_KEPT": "0",
        **more,
    }


@contextlib.asynccontextmanager
async def sandbox(*, limits: bool = False, at: datetime = NOW) -> AsyncIterator[Place]:
    """A sandbox in a process of its own; with `limits` it refuses what is too fast, as Discord does."""
    more = [] if limits else ["--no-rate-limits"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.sandbox", "--port", "0", "--clock-start", at.isoformat(), *more),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        address = (await process.stdout.readline()).decode().split()[2]
        async with Remote(address) as remote:
            yield Place(remote, address)
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def resident(place: Place, command: tuple[str, ...], environment: dict[str, str]) -> AsyncIterator[House]:
    """Start `command` as the bot of a sandbox; it is online when the block begins."""
    socket = place.address.replace("http", "ws", 1)
    where = {"DISCORD_API_URL": f"{place.address}/api/v10", "DISCORD_GATEWAY_URL": f"{socket}/gateway"}
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": "sandbox", "LOG_LEVEL": "WARNING"}
    began = time.perf_counter()
    bot = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=base | where | {"CLOCK_URL": f"{socket}/_clock/follow"} | environment, cwd=ROOT
    )
    try:
        while not (await place.remote.state())["bot"]["online"]:
            assert bot.returncode is None, "the bot has ended"
            await asyncio.sleep(0.005)
        yield House(place.remote, place.address, bot, time.perf_counter() - began)
    finally:
        with contextlib.suppress(ProcessLookupError):
            bot.terminate()
        await bot.wait()


@contextlib.asynccontextmanager
async def house(command: tuple[str, ...], environment: dict[str, str], *, limits: bool = False) -> AsyncIterator[House]:
    """A sandbox and a bot in it."""
    async with sandbox(limits=limits) as place, resident(place, command, environment) as started:
        yield started


async def rate(act: Callable[[int], Awaitable[Json]], count: int, in_flight: int) -> float:
    """Finished calls a second, `in_flight` at a time; every one has to be answered."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            answered(await act(number))

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(worker())
    return count / (time.perf_counter() - began)


def answered(done: Json) -> Json:
    if done.get("state", "answered") != "answered":
        raise AssertionError(f"not answered: {done}")
    return done


@dataclass(frozen=True)
class Card:
    """A message with buttons to answer to a session."""

    message_id: str
    prefix: str

    def button(self, answer: str) -> str:
        return f"{self.prefix}:{answer}"


async def find_card(remote: Remote) -> Card:
    """The first card in the announcements, once it is there."""
    while True:
        for message in await remote.messages(ANNOUNCEMENTS, MEMBER):
            custom_id = message["components"][0]["components"][0]["custom_id"] if message["components"] else ""
            if custom_id.startswith("rsvp:"):
                return Card(message["id"], custom_id.rsplit(":", 1)[0])
        await asyncio.sleep(0.05)


async def quiet(remote: Remote) -> None:
    """Wait until the bot has called nothing for a moment: what it does at its start is done then."""
    seen = 0
    while (journal := await remote.journal(since=seen))["entries"]:
        seen = journal["next"]
        await asyncio.sleep(0.3)
