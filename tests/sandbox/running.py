"""A sandbox in this process, a client of its own API, and real discord.py clients against it."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yarl

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # discord.py imports audioop, which Python 3.13 drops
    import discord
    from discord import app_commands

if TYPE_CHECKING:
    from bot.sandbox.remote import Remote
    from bot.sandbox.server import Server

__all__ = [
    "ANNOUNCEMENTS",
    "GENERAL",
    "GUILD",
    "HERE",
    "MEMBER",
    "MEMBER_2",
    "MODERATOR",
    "OTHER_GUILD",
    "PRIVATE",
    "START",
    "Bot",
    "Opener",
    "Running",
    "app_commands",
    "discord",
    "until",
]  # discord too, imported here without its warning

START = datetime(2022, 5, 23, 7, 59, 20, tzinfo=UTC)
GUILD, OTHER_GUILD = "900000000000000100", "900000000000000200"
ANNOUNCEMENTS, GENERAL, PRIVATE = 900000000000000110, 900000000000000111, 900000000000000112
MODERATOR, MEMBER, MEMBER_2 = "900000000000000301", "900000000000000302", "900000000000000303"
HERE: dict[str, Any] = {"guild": GUILD, "channel": str(GENERAL)}


class Bot(discord.Client):
    """A bare client with a command tree; tests hang their commands into it before it starts."""

    def __init__(self, **options: Any) -> None:
        intents = options.pop("intents", discord.Intents(guilds=True))
        mentions = discord.AllowedMentions.none()
        super().__init__(intents=intents, allowed_mentions=mentions, guild_ready_timeout=0.05, **options)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[str] = []

    async def on_ready(self) -> None:
        self.seen.append("ready")

    async def on_resumed(self) -> None:
        self.seen.append("resumed")

    def text_channel(self, channel_id: int = GENERAL) -> discord.TextChannel:
        channel = self.get_channel(channel_id)
        assert isinstance(channel, discord.TextChannel)
        return channel


Opener = Callable[..., Awaitable["Running"]]


@dataclass
class Running:
    """A sandbox, its remote control, and the clients that were started in it."""

    server: Server
    remote: Remote
    tasks: dict[Bot, asyncio.Task[None]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.base_url

    async def start(self, bot: Bot, token: str = "sandbox") -> Bot:
        """Connect a client, put its commands up and wait until it is ready."""
        discord.http.Route.BASE = f"{self.url}/api/v10"
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.server.sandbox.gateway_url)
        task = self.tasks[bot] = asyncio.create_task(bot.start(token))
        ready = asyncio.create_task(until(lambda: "ready" in bot.seen))
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            ready.cancel()
            task.result()
        await ready
        if bot.tree.get_commands():
            await bot.tree.sync()
        return bot

    async def close(self) -> None:
        for bot, task in self.tasks.items():
            await bot.close()
            with contextlib.suppress(discord.DiscordException):
                await task


async def until(true: Callable[[], Any], within: float = 10.0) -> None:
    """Wait until something is so; it fails after `within` real seconds."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110  # what is waited for happens inside discord.py, which sets no event
            await asyncio.sleep(0.005)
