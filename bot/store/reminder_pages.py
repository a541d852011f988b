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
# counted only: whom the bot wrote to is nobody's business.
_PAGE = """
SELECT reminder.key, session.id, session.guild_id, session.slug, session.title, session.starts_at, session.ends_at,
session.zone, session.mode, session.status
FROM reminder JOIN session ON session.id = reminder.session_id
WHERE session.guild_id = :guild AND reminder.session_id = COALESCE(:session, reminder.session_id)
AND reminder.user_id IS NULL
ORDER BY CASE WHEN reminder.state IN ('pending', 'claimed') THEN 0 ELSE 1 END,
CASE WHEN reminder.state IN ('pending', 'claimed') THEN reminder.due_at ELSE -reminder.due_at END, reminder.key
LIMIT :limit OFFSET :offset
"""
_COUNTS = """
SELECT count(*) FILTER (WHERE reminder.user_id IS NULL), count(*) FILTER (WHERE reminder.user_id IS NOT NULL)
FROM reminder JOIN session ON session.id = reminder.session_id
WHERE session.guild_id = :guild AND reminder.session_id = COALESCE(:session, reminder.session_id)
"""


def page(conn: sqlite3.Connection, guild_id: int, session_id: SessionId | None, number: int) -> Page:
    """Page `number` (from 0; the nearest that there is) over a guild, or over one of its sessions."""
    session = None if session_id is None else sessions.get(conn, guild_id, session_id)
    bounds: dict[str, object] = {"guild": guild_id, "session": session_id}
    posts, direct = conn.execute(_COUNTS, bounds).fetchone()
    pages = max(-(-posts // SIZE), 1)
    number = min(max(number, 0), pages - 1)
    return Page(
        config=guilds.config(conn, guild_id),
        entries=_entries(conn, bounds | {"limit": SIZE, "offset": number * SIZE}),
        page=number,
        pages=pages,
        paused_since=reminder_rules.paused_since(conn, guild_id),
        direct=direct,
        session=session,
        minutes=() if session is None else reminder_rules.offsets(conn, session),
        own=session is not None and reminder_rules.own(conn, session.id) is not None,
    )


def upcoming(conn: sqlite3.Connection, guild_id: int, now: datetime, limit: int) -> tuple[Entry, ...]:
    """The next posts in the guild's channel that are still in time at `now`."""
    found = _entries(conn, {"guild": guild_id, "session": None, "limit": limit * 4, "offset": 0})
    return tuple(entry for entry in found if entry.reminder.is_open and entry.reminder.deadline_at > now)[:limit]


def in_trouble(conn: sqlite3.Connection, guild_id: int, since: datetime, limit: int) -> tuple[Entry, ...]:
    """Posts that wait with a reason, and those that came to nothing since `since`."""
    found = _entries(conn, {"guild": guild_id, "session": None, "limit": SEARCHED, "offset": 0})
    stuck = [entry for entry in found if entry.reminder.reason and _is_trouble(entry.reminder, since)]
    return tuple(stuck[:limit])


def _is_trouble(reminder: Reminder, since: datetime) -> bool:
    return reminder.is_open or (reminder.state is State.FAILED and reminder.due_at >= since)


def _entries(conn: sqlite3.Connection, bounds: dict[str, object]) -> tuple[Entry, ...]:
    return tuple(_entry(conn, key, session_rows.headline(row)) for key, *row in conn.execute(_PAGE, bounds).fetchall())


def _entry(conn: sqlite3.Connection, key: str, session: Headline) -> Entry:
    reminder = reminders.by_key(conn, key)
    assert reminder is not None  # it was read in the same transaction
    return Entry(reminder, session)
