"""Starts the sandbox beside the bot when there is no token: a Discord on one's own machine."""

import asyncio
import contextlib
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.domain.sessions import Session
from bot.settings import Settings

log = logging.getLogger(__name__)

# The sandbox's world; see bot/sandbox/seed.py.
TOKEN = "sandbox"  # noqa: S105 - the sandbox's own, good on loopback only
GUILD = 900000000000000100
ANNOUNCEMENTS = 900000000000000110
LOG = 900000000000000112
MODERATOR = 900000000000000120
PINGS = 900000000000000121

# The clock starts so far before the first reminder that a person has the page open when it comes.
LEAD = timedelta(seconds=40)
MOMENTS = (
    ("24 hours before", timedelta(hours=-24)),
    ("1 hour before", timedelta(hours=-1)),
    ("10 minutes before", timedelta(minutes=-10)),
    ("Start", timedelta()),
)


class SandboxFailed(Exception):
    """The sandbox could not be started; `str()` says why in one line."""


def clock_start(session: Session) -> datetime:
    """A little before the first reminder of `session`."""
    return session.starts_at - timedelta(hours=24) - LEAD


def moments(session: Session) -> list[tuple[str, datetime]]:
    """What the page offers to jump to, in order."""
    return [(label, session.starts_at + offset) for label, offset in MOMENTS] + [("End", session.ends_at)]


@contextlib.asynccontextmanager
async def sandbox(settings: Settings, session: Session) -> AsyncIterator[Settings]:
    """Run the sandbox in a process of its own and yield the settings for a bot in it, with a fresh database.

    Raises:
        SandboxFailed: it did not start, for example because its port is taken.
    """
    start = settings.clock_start or clock_start(session)
    process = await asyncio.create_subprocess_exec(
        *_command(settings, start, moments(session)),
        stdin=asyncio.subprocess.PIPE,  # closed when this process ends, however it ends: then the sandbox ends too
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches the bot alone, which ends first and then ends the sandbox
    )
    try:
        address = await _ready(process)
        log.info("The sandbox runs: open %s in a browser", address)
        with tempfile.TemporaryDirectory(prefix="community-bot-") as folder:
            yield _inside(settings, address, start, Path(folder))
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _command(settings: Settings, start: datetime, stops: Sequence[tuple[str, datetime]]) -> list[str]:
    command = [sys.executable, "-m", "bot.sandbox", "--port", str(settings.sandbox_port)]
    command += [
        "--clock-start",
        start.isoformat(),
        "--clock-speed",
        str(settings.clock_speed),
        "--token",
        TOKEN,
        "--until-stdin-closes",
    ]
    for label, moment in stops:
        command += ["--moment", f"{label}={moment.isoformat()}"]
    return command


async def _ready(process: asyncio.subprocess.Process) -> str:
    """The address from the sandbox's line "sandbox ready ADDRESS"."""
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    if not line.startswith("sandbox ready "):
        raise SandboxFailed("The sandbox did not start; what it said stands above")
    return line.split()[2]


def _inside(settings: Settings, address: str, start: datetime, folder: Path) -> Settings:
    socket = address.replace("http", "ws", 1)
    return settings.model_copy(
        update={
            "discord_token": SecretStr(TOKEN),
            "discord_guild_id": GUILD,
            "discord_api_url": f"{address}/api/v10",
            "discord_gateway_url": f"{socket}/gateway",
            "clock_url": f"{socket}/_clock/follow",
            "clock_start": start,
            "database_path": folder / "community.db",
            "backups_kept": 0,  # it is forgotten with the sandbox
            "announce_channel_id": ANNOUNCEMENTS,
            "log_channel_id": LOG,
            "moderator_role_id": MODERATOR,
            "ping_role_id": PINGS,
        }
    )
