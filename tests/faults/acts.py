"""What several of the fault tests do and look for."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.clock import Clock
from bot.domain.guilds import GuildConfig
from bot.services.changes import Changes
from bot.services.guilds import GuildService
from bot.services.programme import ProgrammeService
from bot.store.database import Database
from tests.e2e.conftest import (
    LOG,
    MEMBER,
    MODERATOR,
    OUTSIDER,
    START,
    Json,
    Process,
    World,
    button_ids,
    eventually,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime, timedelta

    from bot.sandbox.core import Sandbox

PROGRAMME = Path(__file__).resolve().parents[2] / "data" / "desci-berlin.toml"
POSTS: Json = {"method": "POST", "route": "/channels/{channel_id}/messages"}
CALLBACKS: Json = {"method": "POST", "route": "/interactions"}


async def journal(world: World, since: int = 0) -> list[Json]:
    return list((await world.remote.journal(since))["entries"])


async def posts_with(world: World, words: str, channel: str | None = None) -> list[Json]:
    """The tries to post a message with these words, refused ones too."""
    where = f"/channels/{channel}/messages" if channel else "/messages"
    calls = [call for call in await journal(world) if call["method"] == "POST" and call["path"].endswith(where)]
    return [call for call in calls if words in str(call["request"])]


def complaints(bot: Process) -> int:
    """How many lines of its log are warnings or worse."""
    return sum(any(level in line for level in (" WARNING ", " ERROR ", " CRITICAL ")) for line in bot.said)


async def cards(world: World) -> list[Json]:
    return [message for message in await world.messages() if button_ids(message, "rsvp:")]


async def reminders_are(world: World, count: int) -> list[str]:
    """Wait for so many reminders; what they say, and no more of them may have come."""

    async def enough() -> list[Json] | None:
        found = await world.reminders()
        return found if len(found) >= count else None

    found = await eventually(enough, why=f"{count} reminders")
    assert len(found) == count
    return [text_of(message) for message in found]


async def reminders_due(world: World, before_start: timedelta, count: int) -> list[str]:
    """Let it be that long before the session, which makes `count` reminders in all."""
    await world.jump(START - before_start)
    return await reminders_are(world, count)


async def callers(world: World, channel: str, count: int) -> list[Json]:
    """Wait for so many messages of the bot in a channel of the other guild."""

    async def enough() -> list[Json] | None:
        found = [message for message in await world.messages(channel, OUTSIDER) if message["components"]]
        return found if len(found) >= count else None

    found = await eventually(enough, why=f"{count} messages in the other guild")
    assert len(found) == count
    return found


async def told(world: World, words: str, channel: str = LOG) -> str:
    """Wait until the moderators read these words; the whole message."""

    async def message() -> str | None:
        texts = [text_of(one) for one in await world.messages(channel, MODERATOR)]
        return next((text for text in texts if words in text), None)

    return await eventually(message, why=f"the moderators read {words!r}")


async def times_told(world: World, words: str) -> int:
    return sum(text_of(one).count(words) for one in await world.messages(LOG, MODERATOR))


def rows(world: World, query: str, *values: object) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(world.folder / "community.db")) as conn:
        return conn.execute(query, values).fetchall()


def sent(world: World) -> dict[str, int]:
    """The reminders that are on record as posted, and the ids of their messages."""
    found = rows(world, "SELECT kind, message_id FROM reminder WHERE state = 'sent' ORDER BY due_at")
    return {str(kind): int(message) for kind, message in found}


def button(message: Json, ending: str) -> str:
    return next(each for each in button_ids(message, "") if each.endswith(ending))


async def press(world: World, user: str = MEMBER, ending: str = ":online", **more: Any) -> Json:
    card = await world.card()
    return await world.remote.press(user, card["id"], button(card, ending), **more)


async def announce_in(world: World, guild: str, channel: str, now: datetime | None = None) -> None:
    """Give another guild the same session, in the database of a bot that does not run yet."""
    db = await Database.open(world.folder / "community.db")
    clock, changes = Clock(now or await world.now()), Changes()
    await GuildService(db, clock, changes).adopt(GuildConfig(int(guild), announce_channel_id=int(channel)))
    await ProgrammeService(db, clock, changes).import_once(PROGRAMME, int(guild))
    await db.close()


@contextlib.asynccontextmanager
async def unreachable(world: World) -> AsyncIterator[Sandbox]:
    """Every connection is cut, and new ones are refused; gives what the server's own hands can still reach."""
    assert world.server is not None
    runner = world.server._runner
    assert runner is not None
    assert runner.server is not None
    port = runner.addresses[0][1]
    for site in list(runner.sites):
        await site.stop()
    for connection in runner.server.connections:
        if connection.transport is not None:
            connection.transport.abort()
    try:
        yield world.server.sandbox
    finally:
        await web.TCPSite(runner, "127.0.0.1", port).start()
