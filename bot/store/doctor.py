"""What the database knows of a guild that may need a moderator."""

import sqlite3
from datetime import datetime, timedelta

from bot.domain.doctor import Records
from bot.store import reminder_pages, reminder_rules, sessions

SESSIONS = 5
POSTS = 3
TROUBLE = 5
RECENT = timedelta(days=7)  # what failed before is history


def records(conn: sqlite3.Connection, guild_id: int, now: datetime) -> Records:
    _, upcoming = sessions.past_and_upcoming(conn, guild_id, now, SESSIONS)
    found = [sessions.get(conn, guild_id, headline.id) for headline in upcoming]
    return Records(
        sessions=tuple(session for session in found if session is not None),
        coming=reminder_pages.upcoming(conn, guild_id, now, POSTS),
        trouble=reminder_pages.in_trouble(conn, guild_id, now - RECENT, TROUBLE),
        paused_since=reminder_rules.paused_since(conn, guild_id),
    )
