"""A sandbox and a real bot process for each test, and a small language to act in them."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from unittest.mock import patch

import pytest

from bot.sandbox.__main__ import parser, settings
from bot.sandbox.ratelimits import LIMITS
from bot.sandbox.remote import Remote
from bot.sandbox.server import Server
from tests.e2e.canary import TOKEN, leaks, written
from tests.e2e.nursery import POSSIBLE, Forked, Nursery
from tests.openapi import from_environment

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
QUIET = 0.08  # seconds

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
END = datetime(2022, 5, 24, 9, 30, tzinfo=UTC)

GUILD = "900000000000000100"
ANNOUNCEMENTS = "900000000000000110"
GENERAL = "900000000000000111"
LOG = "900000000000000112"
MODERATOR_ROLE = "900000000000000120"
PINGS = "900000000000000121"
BOT_ROLE = "900000000000000122"
OTHER_GUILD = "900000000000000200"
OTHER_ANNOUNCEMENTS = "900000000000000210"
OTHER_GENERAL = "900000000000000211"
OWNER = "900000000000000300"
MODERATOR = "900000000000000301"
MEMBER, MEMBER_2, MEMBER_3 = "900000000000000302", "900000000000000303", "900000000000000304"
OUTSIDER = "900000000000000305"

Json = dict[str, Any]


async def eventually(probe: Callable[[], Awaitable[T | None]], *, within: float = 40, why: str = "") -> T:
    """The first true answer of `probe`; asks again and again, and fails after `within` real seconds."""
    deadline = asyncio.get_running_loop().time() + within
    while True:
        if answer := await probe():
            return answer
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"did not happen within {within} s: {why or probe}")
        await asyncio.sleep(0.03)


ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONWARNINGS": "error::ResourceWarning",
    "PYTHONPATH": str(ROOT),
    "SSL_CERT_FILE": os.devnull,  # nothing here speaks TLS, and reading all certificates takes a tenth of a second
}
GUARDED = ROOT / "tests/e2e/guarded.py"


@dataclass
class Process:
    """One of ours, with what it said so far."""

    process: asyncio.subprocess.Process | Forked
    said: list[str] = field(default_factory=list)
    reader: asyncio.Task[None] | None = None

    @property
    def text(self) -> str:
        return "".join(self.said)

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.ended()

    async def stop(self) -> int:
        """End it as a supervisor would; returns its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        code = await asyncio.wait_for(self.process.wait(), 30)
        if self.reader is not None:
            await self.reader
        return code


async def start(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> Process:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=ENVIRONMENT | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
    )
    return _listened_to(process)


def _listened_to(process: asyncio.subprocess.Process | Forked) -> Process:
    ours = Process(process)

    async def read() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            ours.said.append(line.decode(errors="replace"))

    ours.reader = asyncio.create_task(read())
    return ours


@dataclass
class World:
    """The sandbox, the bot in it, and what a person can do there."""

    remote: Remote
    address: str
    folder: Path
    nursery: Nursery | None = None
    server: Server | None = None
    bot: Process | None = None
    settled: Process | None = None
    started: list[Process] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    async def start_bot(self, *arguments: str, ready: bool = True, **environment: str) -> Process:
        """Start the bot in the home guild of the sandbox; with `ready`, wait until it is online there."""
        socket = self.address.replace("http", "ws", 1)
        settings = (
            {
                "DISCORD_TOKEN": TOKEN,
                "LOG_LEVEL": "DEBUG",
                "DISCORD_GUILD_ID": GUILD,
                "DISCORD_API_URL": f"{self.address}/api/v10",
                "DISCORD_GATEWAY_URL": f"{socket}/gateway",
                "CLOCK_URL": f"{socket}/_clock/follow",
                "DATABASE_PATH": str(self.folder / "community.db"),
                "ANNOUNCE_CHANNEL_ID": ANNOUNCEMENTS,
                "LOG_CHANNEL_ID": LOG,
                "MODERATOR_ROLE_ID": MODERATOR_ROLE,
                "PING_ROLE_ID": PINGS,
            }
            | self.environment
            | environment
        )
        settings = {name: value for name, value in settings.items() if value}
        if self.nursery is None or arguments:
            self.bot = await start([sys.executable, str(GUARDED), *arguments], settings)
        else:
            self.bot = _listened_to(await self.nursery.start(ENVIRONMENT | settings, ROOT))
        self.started.append(self.bot)
        if ready:
            await eventually(self._online, why="the bot comes online")
        return self.bot

    async def _online(self) -> bool:
        assert self.bot is not None
        assert self.bot.process.returncode is None, self.bot.text
        state = await self.remote.state()
        return bool(state["bot"]["online"] and any(state["commands"].values()))

    async def jump(self, moment: datetime) -> None:
        await self.remote.set_clock(now=moment)

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.remote.clock())["now"])

    async def messages(self, channel: str = ANNOUNCEMENTS, user: str = MEMBER) -> list[Json]:
        return await self.remote.messages(channel=channel, user=user)

    async def card(self) -> Json:
        """The card of the session in the announcement channel, once it is there."""

        async def find() -> Json | None:
            return next((message for message in await self.messages() if button_ids(message, "rsvp:")), None)

        found = await eventually(find, why="the card is posted")
        if self.settled is self.bot:
            return found
        await self._quiet()
        self.settled = self.bot
        return await eventually(find, why="the card stays")

    async def _quiet(self) -> None:
        """Wait until the bot has called nothing for a moment: what it does at its start is done then.

        A press in the middle of that is answered as well, only not with the card itself.
        """
        seen = 0
        while (journal := await self.remote.journal(since=seen))["entries"]:
            seen = journal["next"]
            await asyncio.sleep(QUIET)

    async def reminders(self) -> list[Json]:
        return [message for message in await self.messages() if button_ids(message, "rm:")]

    async def command(self, user: str, command: str, /, channel: str = GENERAL, **options: Any) -> Json:
        guild = OTHER_GUILD if channel.startswith("9000000000000002") else GUILD
        return await self.remote.command(user=user, guild=guild, channel=channel, command=command, options=options)

    async def press(self, user: str, message: Json, label: str) -> Json:
        """Press the button whose label has `label` in it."""
        for button in buttons(message):
            if label in button.get("label", ""):
                return await self.remote.press(user=user, message_id=message["id"], custom_id=button["custom_id"])
        raise AssertionError(f"no button {label!r} in {[button.get('label') for button in buttons(message)]}")


def components(message: Json) -> list[Json]:
    """All components of a message, nested ones too."""
    found: list[Json] = []
    waiting = list(message.get("components", []))
    while waiting:
        component = waiting.pop(0)
        found.append(component)
        waiting += component.get("components", [])
        waiting += [component["accessory"]] if "accessory" in component else []
    return found


def buttons(message: Json) -> list[Json]:
    return [component for component in components(message) if component["type"] == 2]


def button_ids(message: Json, prefix: str) -> list[str]:
    ids = [str(one["custom_id"]) for one in components(message) if "custom_id" in one]
    return [each for each in ids if each.startswith(prefix)]


def text_of(message: Json | None) -> str:
    """All that a person reads in a message, in one string."""
    if message is None:
        return ""
    parts = [message.get("content") or ""]
    for embed in message.get("embeds", []):
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [embed.get("author", {}).get("name", ""), embed.get("footer", {}).get("text", "")]
        for row in embed.get("fields", []):
            parts += [row["name"], row["value"]]
    parts += [one.get("label") or one.get("content") or "" for one in components(message)]
    return "\n".join(parts)


@contextlib.asynccontextmanager
async def sandbox_world(folder: Path, *arguments: str, nursery: Nursery | None = None) -> AsyncIterator[World]:
    """A sandbox with these arguments of its command line; in the tests' own process, which saves half a second each.

    Its rate limits are Discord's in all but the length of their windows.
    """
    clock_start = START - timedelta(hours=24, seconds=40)
    line = ["--port", "0", "--clock-start", clock_start.isoformat(), "--token", TOKEN, *arguments]
    short = {route: (calls, seconds / 5) for route, (calls, seconds) in LIMITS.items()}
    with patch.dict(LIMITS, short):
        async with Server(settings(parser().parse_args(line))) as server, Remote(server.base_url) as remote:
            world = World(remote, server.base_url, folder, nursery, server)
            try:
                yield world
            finally:
                for process in world.started:
                    await process.stop()
            texts = [process.text for process in world.started]
            assert leaks(written(folder, texts, server.sandbox)) == [], "a secret was written"


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """Where bots come from; None where the system has no such thing, and each starts from nothing."""
    ours = Nursery(GUARDED, ENVIRONMENT, ROOT) if POSSIBLE else None
    yield ours
    if ours is not None:
        ours.close()


@pytest.fixture
async def world(tmp_path: Path, nursery: Nursery | None) -> AsyncIterator[World]:
    """A sandbox shortly before "24 hours to go"; the bot is started by the test."""
    async with sandbox_world(tmp_path, nursery=nursery) as ours:
        yield ours
        assert not await ours.remote.violations(), "Discord would have refused something"
        if (contract := from_environment()) is not None:  # Discord's own schema, where DISCORD_OPENAPI names it
            assert contract.journal_errors((await ours.remote.journal())["entries"]) == []


@pytest.fixture
def e2e() -> ModuleType:
    """The ids and helpers above: test files are no package, so they cannot import them."""
    return sys.modules[__name__]
