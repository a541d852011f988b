"""The times of reminders that moderators have chosen, and guilds in which nothing is to be posted."""

import json
import sqlite3
from datetime import datetime

from bot.domain.reminder_rules import in_order
from bot.domain.reminders import DEFAULT_OFFSETS
from bot.domain.sessions import Session, SessionId
from bot.store import guilds
from bot.store.values import from_unix, to_unix


def offsets(conn: sqlite3.Connection, session: Session) -> tuple[int, ...]:
    """Minutes before the start at which `session` is reminded of: its own, else its guild's, else the bot's."""
    chosen = own(conn, session.id)
    if chosen is None:
        chosen = guilds.config(conn, session.guild_id).reminder_minutes
    return in_order(DEFAULT_OFFSETS if chosen is None else chosen)


def own(conn: sqlite3.Connection, session_id: SessionId) -> tuple[int, ...] | None:
    """The minutes chosen for this session alone, if any were."""
    row = conn.execute("SELECT minutes FROM session_reminders WHERE session_id = ?", (session_id,)).fetchone()
    return None if row is None else tuple(json.loads(row[0]))


def choose(conn: sqlite3.Connection, session_id: SessionId, minutes: tuple[int, ...] | None) -> None:
    """Give the session times of its own (None: those of its guild again); rearm it in the same transaction."""
    if minutes is None:
        conn.execute("DELETE FROM session_reminders WHERE session_id = ?", (session_id,))
        return
    conn.execute(
        "INSERT INTO session_reminders (session_id, minutes) VALUES (?, ?)"
        " ON CONFLICT (session_id) DO UPDATE SET minutes = excluded.minutes",
        (session_id, json.dumps(in_order(minutes))),
    )


def paused_since(conn: sqlite3.Connection, guild_id: int) -> datetime | None:
    row = conn.execute("SELECT paused_at FROM guild WHERE guild_id = ?", (guild_id,)).fetchone()
    return None if row is None else from_unix(row[0])


def pause(conn: sqlite3.Connection, guild_id: int, now: datetime) -> None:
    """Hold back every post in the guild's channels from now on; a pause that holds already keeps its beginning."""
    conn.execute(
        "INSERT INTO guild (guild_id, paused_at) VALUES (?, ?)"
        " ON CONFLICT (guild_id) DO UPDATE SET paused_at = COALESCE(guild.paused_at, excluded.paused_at)",
        (guild_id, to_unix(now)),
    )


def resume(conn: sqlite3.Connection, guild_id: int) -> None:
    conn.execute("UPDATE guild SET paused_at = NULL WHERE guild_id = ?", (guild_id,))


def skip_overdue(conn: sqlite3.Connection, guild_id: int, now: datetime, reason: str, *, direct: bool) -> int:
    """Settle what was held back beyond its deadline; returns how many posts that were.

    With `direct` messages to single people are settled, too. A row of which a try may have left a post is left to the
    courier, who looks.
    """
    return conn.execute(
        "UPDATE reminder SET state = 'skipped', reason = ? WHERE deadline_at <= ?"
        " AND (state = 'pending' OR (state = 'claimed' AND first_try_at IS NULL))"
        " AND (user_id IS NULL OR ? = 1) AND session_id IN (SELECT id FROM session WHERE guild_id = ?)",
        (reason, to_unix(now), int(direct), guild_id),
    ).rowcount
