"""A sandbox with a bot in it: one for the bare client, one for ours, so that both are measured in turn."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.remote import Remote

ROOT = Path(__file__).resolve().parents[2]
GUILD, GENERAL, ANNOUNCEMENTS = "900000000000000100", "900000000000000111", "900000000000000110"
MEMBER = "900000000000000302"
Json = dict[str, Any]


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


@contextlib.asynccontextmanager
async def house(command: list[str], environment: dict[str, str], *arguments: str) -> AsyncIterator[House]:
    """Start a sandbox without rate limits and `command` as its bot."""
    sandbox = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.sandbox", "--port", "0", "--no-rate-limits", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert sandbox.stdout is not None
    try:
        address = (await sandbox.stdout.readline()).decode().split()[2]
        async with Remote(address) as remote, _bot(command, environment, address, remote) as started:
            yield House(remote, address, *started)
    finally:
        sandbox.terminate()
        await sandbox.wait()


@contextlib.asynccontextmanager
async def _bot(
    command: list[str], environment: dict[str, str], address: str, remote: Remote
) -> AsyncIterator[tuple[asyncio.subprocess.Process, float]]:
    socket = address.replace("http", "ws", 1)
    where = {"DISCORD_API_URL": f"{address}/api/v10", "DISCORD_GATEWAY_URL": f"{socket}/gateway"}
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DISCORD_TOKEN": "sandbox", "LOG_LEVEL": "WARNING"}
    began = time.perf_counter()
    bot = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=base | where | {"CLOCK_URL": f"{socket}/_clock/follow"} | environment, cwd=ROOT
    )
    try:
        while not (await remote.state())["bot"]["online"]:  # noqa: ASYNC110 - another process knows
            await asyncio.sleep(0.005)
        yield bot, time.perf_counter() - began
    finally:
        bot.terminate()
        await bot.wait()


async def rate(act: Callable[[int], Awaitable[Json]], count: int, in_flight: int) -> float:
    """Finished calls a second, `in_flight` at a time; every one has to be answered."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            done = await act(number)
            if done.get("state", "answered") != "answered":
                raise AssertionError(f"not answered: {done}")

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(worker())
    return count / (time.perf_counter() - began)
