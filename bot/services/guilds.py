"""What a guild has chosen, and where the choice comes from."""

import sqlite3
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.guilds import GuildConfig
from bot.services.changes import Changes
from bot.store import audit, guilds, reminders, sessions
from bot.store.database import Database

SESSIONS = 500  # upcoming ones that get other reminders when the guild's change


class GuildService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def adopt(self, wanted: GuildConfig) -> None:
        """Take over what the settings say about the home guild, where they say something new.

        A value that was taken over before and has not changed in the settings since leaves alone what moderators
        have chosen in Discord: whoever spoke last is heard.
        """
        # Nearly always there is nothing to be written: then the start does not wait for a commit.
        if not await self._db.read(guilds.is_adopted, wanted):
            await self._db.write(guilds.adopt, wanted)
        if await self._db.read(reminders.waits_longer, wanted.guild_id, self._clock.now()):
            await self.try_again(wanted.guild_id)  # what could not be posted may be possible now

    async def choose(self, guild_id: int, actor: Actor, **chosen: Any) -> GuildConfig:
        """Set fields of the guild's `GuildConfig`, checked by the caller; what waits for it is tried at once."""
        config = await self._db.write(_choose, guild_id, chosen, actor, self._clock.now())
        self._changes.reminders()
        return config

    async def try_again(self, guild_id: int) -> None:
        """Channels, roles or permissions of the guild have changed: what could not be posted is tried at once."""
        await self._db.write(reminders.retry_now, guild_id, self._clock.now())
        self._changes.reminders()


def _choose(
    conn: sqlite3.Connection, guild_id: int, chosen: dict[str, Any], actor: Actor, now: datetime
) -> GuildConfig:
    old = guilds.config(conn, guild_id)
    new = replace(old, **chosen)
    guilds.save_config(conn, new)
    if new.reminder_minutes != old.reminder_minutes:
        _rearm_all(conn, guild_id, now)
    reminders.retry_now(conn, guild_id, now)
    before, after = asdict(old), asdict(new)
    changed = [name for name in after if before[name] != after[name]]
    audit.record(
        conn,
        guild_id,
        actor,
        "changed the settings of this server",
        now=now,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return new


def _rearm_all(conn: sqlite3.Connection, guild_id: int, now: datetime) -> None:
    _, upcoming = sessions.past_and_upcoming(conn, guild_id, now, SESSIONS)
    for headline in upcoming:
        session = sessions.get(conn, guild_id, headline.id)
        if session is not None:
            reminders.rearm(conn, session, now)
