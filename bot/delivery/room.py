"""Tells the moderators that the disk is full, and looks whether there is room again."""

import asyncio
from collections.abc import Callable, Iterable

from bot.clock import Clock
from bot.delivery.moderators import Moderators
from bot.store.database import Database

FIRST = 5.0  # real seconds: the start has other things to do first
LOOK = 60.0  # real seconds; the moderators hear the same words once an hour

FULL = (
    "⚠️ The disk of the machine that I run on is full. Answers, new sessions and changes are not saved until whoever "
    "runs me makes room; whoever tries is told so. Reminders are still posted."
)


async def watch_room(clock: Clock, db: Database, moderators: Moderators, guilds: Callable[[], Iterable[int]]) -> None:
    """Keep the reserve in its place, until cancelled."""
    await clock.sleep(FIRST)
    while True:
        if not await db.look_for_room():
            await asyncio.gather(*(moderators.tell(guild_id, FULL) for guild_id in guilds()))
        await clock.sleep(LOOK)
