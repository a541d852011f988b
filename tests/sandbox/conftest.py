"""A sandbox for each test, and a client in it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
import yarl

from bot.sandbox.core import Settings
from bot.sandbox.remote import Remote
from bot.sandbox.server import Server
from tests.sandbox.running import START, Bot, Opener, Running, discord

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def open_sandbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Opener]:
    """Starts a sandbox with settings that differ from the usual ones."""
    monkeypatch.setattr(discord.http.Route, "BASE", "")  # put back after the test, whatever `start` sets
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL("ws://127.0.0.1"))
    async with contextlib.AsyncExitStack() as stack:

        async def start(**changes: Any) -> Running:
            server = await stack.enter_async_context(Server(Settings(port=0, **{"clock_start": START, **changes})))
            remote = await stack.enter_async_context(Remote(server.base_url))
            running = Running(server, remote)
            stack.push_async_callback(running.close)
            return running

        yield start


@pytest.fixture
async def sandbox(open_sandbox: Opener) -> Running:
    return await open_sandbox(rate_limits=False)


@pytest.fixture
async def bot(sandbox: Running) -> Bot:
    """A client that is already ready, with no commands."""
    return await sandbox.start(Bot())
