"""What was and will be posted in a guild, a page at a time."""

import sqlite3
from datetime import datetime

from bot.domain.reminder_rules import Entry, Page
from bot.domain.reminders import Reminder, State
from bot.domain.sessions import Headline, SessionId
from bot.store import guilds, reminder_rules, reminders, session_rows, sessions

SIZE = 8
SEARCHED = 100  # posts that are looked through for trouble: what is to come, and the latest of what was

# What is still to come stands first, soonest first; then what is settled, latest first. Messages to single people are
# counted only: whom the bot wrote to is nobody's business. Each statement walks an index and stops after a page.
_TO_POST = "reminder.user_id IS NULL AND reminder.state IN ('pending', 'claimed')"
_SETTLED = "reminder.user_id IS NULL AND reminder.state IN ('sent', 'skipped', 'failed')"
_DIRECT = "reminder.user_id IS NOT NULL"
_OF_GUILD = "reminder.guild_id = :guild"
_OF_SESSION = "reminder.session_id = :session AND +reminder.guild_id = :guild"  # "+": by the index of the session
_PAGE = """
SELECT reminder.key, session.id, session.guild_id, session.slug, session.title, session.starts_at, session.ends_at,
session.zone, session.mode, session.status, session.channel_id
FROM reminder CROSS JOIN session WHERE session.id = reminder.session_id AND %s AND %s
ORDER BY reminder.due_at %s, reminder.key %s LIMIT :limit OFFSET :skipped
"""


def page(conn: sqlite3.Connection, guild_id: int, session_id: SessionId | None, number: int) -> Page:
    """Page `number` (from 0; the nearest that there is) over a guild, or over one of its sessions."""
    session = None if session_id is None else sessions.get(conn, guild_id, session_id)
    bounds: dict[str, object] = {"guild": guild_id, "session": session_id}
    posts = _count(conn, _TO_POST, bounds) + _count(conn, _SETTLED, bounds)
    pages = max(-(-posts // SIZE), 1)
    number = min(max(number, 0), pages - 1)
    return Page(
        config=guilds.config(conn, guild_id),
        entries=_entries(conn, bounds, SIZE, number * SIZE),
        page=number,
        pages=pages,
        paused_since=reminder_rules.paused_since(conn, guild_id),
        direct=_count(conn, _DIRECT, bounds),
        session=session,
        minutes=() if session is None else reminder_rules.offsets(conn, session),
        own=session is not None and reminder_rules.own(conn, session.id) is not None,
    )


def upcoming(conn: sqlite3.Connection, guild_id: int, now: datetime, limit: int) -> tuple[Entry, ...]:
    """The next posts in the guild's channel that are still in time at `now`."""
    found = _entries(conn, {"guild": guild_id, "session": None}, limit * 4)
    return tuple(entry for entry in found if entry.reminder.is_open and entry.reminder.deadline_at > now)[:limit]


def in_trouble(conn: sqlite3.Connection, guild_id: int, since: datetime, limit: int) -> tuple[Entry, ...]:
    """Posts that wait with a reason, and those that came to nothing since `since`."""
    found = _entries(conn, {"guild": guild_id, "session": None}, SEARCHED)
    stuck = [entry for entry in found if entry.reminder.reason and _is_trouble(entry.reminder, since)]
    return tuple(stuck[:limit])


def _is_trouble(reminder: Reminder, since: datetime) -> bool:
    return reminder.is_open or (reminder.state is State.FAILED and reminder.due_at >= since)


def _entries(conn: sqlite3.Connection, bounds: dict[str, object], limit: int, skipped: int = 0) -> tuple[Entry, ...]:
    whose = _whose(bounds)
    to_post = {"limit": limit, "skipped": skipped}
    found = conn.execute(_PAGE % (whose, _TO_POST, "ASC", "ASC"), bounds | to_post).fetchall()
    if len(found) < limit:
        settled = {"limit": limit - len(found), "skipped": max(skipped - _count(conn, _TO_POST, bounds), 0)}
        found += conn.execute(_PAGE % (whose, _SETTLED, "DESC", "DESC"), bounds | settled).fetchall()
    return tuple(_entry(conn, key, session_rows.headline(row), channel) for key, *row, channel in found)


def _count(conn: sqlite3.Connection, which: str, bounds: dict[str, object]) -> int:
    counted = conn.execute(f"SELECT count(*) FROM reminder WHERE {_whose(bounds)} AND {which}", bounds)  # noqa: S608 - texts of our own
    return int(counted.fetchone()[0])


def _whose(bounds: dict[str, object]) -> str:
    return _OF_GUILD if bounds["session"] is None else _OF_SESSION


def _entry(conn: sqlite3.Connection, key: str, session: Headline, channel_id: int | None) -> Entry:
    reminder = reminders.by_key(conn, key)
    assert reminder is not None  # it was read in the same transaction
    return Entry(reminder, session, channel_id)
