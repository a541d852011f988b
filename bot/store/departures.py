"""Guilds that the bot is in, has left, or has come back to; and the end of what it knows about them."""

import sqlite3
from datetime import datetime

from bot.domain.departures import KEPT, Arrival
from bot.domain.reminder_rules import AWAY
from bot.store import facts, reminder_rules
from bot.store.values import to_unix

# Every table with rows of a guild that no session takes along when it goes.
OF_GUILD = {
    "session": "DELETE FROM session WHERE guild_id = ?",
    "reminder": "DELETE FROM reminder WHERE guild_id = ?",  # gone with their sessions already
    "speaker": "DELETE FROM speaker WHERE guild_id = ?",
    "draft": "DELETE FROM draft WHERE guild_id = ?",
    "creation": "DELETE FROM creation WHERE guild_id = ?",
    "agenda": "DELETE FROM agenda WHERE guild_id = ?",
    "series": "DELETE FROM series WHERE guild_id = ?",
    "loan": "DELETE FROM loan WHERE guild_id = ?",
    "audit": "DELETE FROM audit WHERE guild_id = ?",
    "guild": "DELETE FROM guild WHERE guild_id = ?",
}


def arrive(conn: sqlite3.Connection, guild_id: int, now: datetime) -> Arrival:
    """The bot is in this guild at `now`. What came too late while it was away is settled; all else is as it was."""
    row = conn.execute("SELECT known_since, left_at FROM guild WHERE guild_id = ?", (guild_id,)).fetchone()
    known_since, left_at = row or (None, None)
    conn.execute(
        "INSERT INTO guild (guild_id, known_since) VALUES (?, ?) ON CONFLICT (guild_id) DO UPDATE SET"
        " known_since = COALESCE(guild.known_since, excluded.known_since), left_at = NULL",
        (guild_id, to_unix(now)),
    )
    if left_at is not None:
        reminder_rules.skip_overdue(conn, guild_id, now, AWAY, direct=True)
        return Arrival.BACK
    return Arrival.NEW if known_since is None else Arrival.KNOWN


def leave(conn: sqlite3.Connection, guild_id: int, now: datetime) -> None:
    """The bot was removed at `now`: nothing is sent, and after `KEPT` it is forgotten."""
    conn.execute(
        "INSERT INTO guild (guild_id, known_since, left_at) VALUES (?, ?, ?)"
        " ON CONFLICT (guild_id) DO UPDATE SET left_at = COALESCE(guild.left_at, excluded.left_at)",
        (guild_id, to_unix(now), to_unix(now)),
    )


def reconcile(conn: sqlite3.Connection, present: frozenset[int], now: datetime) -> tuple[list[int], list[int]]:
    """Discord says that the bot is in these guilds: returns those that it is back in, and those that it has left.

    For what happened while nobody listened. A guild in which the bot never was, but that was set up, stays as it is.
    """
    back = [guild_id for guild_id in sorted(present) if arrive(conn, guild_id, now) is Arrival.BACK]
    known = conn.execute("SELECT guild_id FROM guild WHERE known_since IS NOT NULL AND left_at IS NULL").fetchall()
    gone = [guild_id for (guild_id,) in known if guild_id not in present]
    for guild_id in gone:
        leave(conn, guild_id, now)
    return back, gone


def overdue(conn: sqlite3.Connection, now: datetime) -> list[int]:
    """Guilds that the bot left so long ago that they are to be forgotten."""
    rows = conn.execute("SELECT guild_id FROM guild WHERE left_at IS NOT NULL AND left_at <= ?", (to_unix(now - KEPT),))
    return [guild_id for (guild_id,) in rows]


def erase(conn: sqlite3.Connection, guild_id: int, now: datetime) -> bool:
    """Forget everything about a guild that is overdue; False when it is not (it has invited the bot meanwhile)."""
    if guild_id not in overdue(conn, now):
        return False
    for statement in OF_GUILD.values():
        conn.execute(statement, (guild_id,))
    facts.drop(conn, f"adopted {guild_id}")
    facts.drop(conn, facts.programme_of(guild_id))
    return True
