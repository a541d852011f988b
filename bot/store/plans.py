"""What moderators need to make and find sessions: limits on how many, names that are free, pages of a list."""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain import limits
from bot.domain.errors import Refusal
from bot.domain.plans import MOST_CREATED, MOST_OPEN, Listed, Listing
from bot.domain.sessions import Session, SessionId
from bot.store import session_rows as rows
from bot.store import sessions
from bot.store.values import to_unix

DAY = timedelta(days=1)
PAGE = 10

# Each walks an index and stops after a page; in one statement all sessions would be sorted, and their answers counted.
_COMING = """
SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
WHERE guild_id = :guild AND ends_at > :now ORDER BY starts_at, id LIMIT :limit OFFSET :skipped
"""
_PAST = """
SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
WHERE guild_id = :guild AND starts_at < :now AND ends_at <= :now
ORDER BY starts_at DESC, id LIMIT :limit OFFSET :skipped
"""
_SEATED = """
SELECT count(*) FROM rsvp WHERE session_id = ? AND answer IN ('in_person', 'online') AND waiting = 0
"""


def check_room(conn: sqlite3.Connection, guild_id: int, now: datetime, more: int = 1) -> None:
    """Refuse when the guild would have more sessions to come than it may have.

    Raises:
        Refusal: with the limit.
    """
    (count,) = conn.execute(
        "SELECT count(*) FROM session WHERE guild_id = ? AND status = 'scheduled' AND ends_at > ?",
        (guild_id, to_unix(now)),
    ).fetchone()
    if count + more > MOST_OPEN:
        raise Refusal(
            f"A server has at most {MOST_OPEN} sessions to come, and here are {count}. Cancel or delete one first."
        )


def note_creation(conn: sqlite3.Connection, guild_id: int, user_id: int, session_id: SessionId, now: datetime) -> None:
    """Count a session that this person makes now.

    Raises:
        Refusal: it would be more than one person may make in a day.
    """
    conn.execute("DELETE FROM creation WHERE created_at <= ?", (to_unix(now - DAY),))
    (count,) = conn.execute(
        "SELECT count(*) FROM creation WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
    ).fetchone()
    if count >= MOST_CREATED:
        raise Refusal(f"One person makes at most {MOST_CREATED} sessions in 24 hours here. Try again tomorrow.")
    conn.execute(
        "INSERT INTO creation (guild_id, user_id, session_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (guild_id, user_id, session_id, to_unix(now)),
    )


def free_slug(conn: sqlite3.Connection, guild_id: int, wanted: str) -> str:
    """`wanted`, or with a number behind it where another session of the guild has that name."""
    slug, number = wanted, 1
    while conn.execute("SELECT 1 FROM session WHERE guild_id = ? AND slug = ?", (guild_id, slug)).fetchone():
        number += 1
        slug = f"{wanted[: limits.SLUG - len(str(number)) - 1].rstrip('-')}-{number}"
    return slug


def last_zone(conn: sqlite3.Connection, guild_id: int) -> str | None:
    """The zone of the guild's latest session."""
    row = conn.execute(
        "SELECT zone FROM session WHERE guild_id = ? ORDER BY starts_at DESC LIMIT 1", (guild_id,)
    ).fetchone()
    return None if row is None else str(row[0])


def listing(conn: sqlite3.Connection, guild_id: int, page: int, now: datetime) -> Listing:
    """A page of all sessions of a guild: those that run or come, soonest first, then those that are over."""
    (total,) = conn.execute("SELECT count(*) FROM session WHERE guild_id = ?", (guild_id,)).fetchone()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 0), pages - 1)
    found = [rows.headline(row) for row in _page(conn, guild_id, page * PAGE, to_unix(now))]
    seated = [conn.execute(_SEATED, (session.id,)).fetchone()[0] for session in found]
    return Listing(tuple(map(Listed, found, seated)), page, pages, total)


def _page(conn: sqlite3.Connection, guild_id: int, skipped: int, now: int) -> list[tuple[Any, ...]]:
    bounds = {"guild": guild_id, "now": now}
    (coming,) = conn.execute(
        "SELECT count(*) FROM session WHERE guild_id = :guild AND ends_at > :now", bounds
    ).fetchone()
    found = conn.execute(_COMING, bounds | {"limit": PAGE, "skipped": skipped}).fetchall()
    rest = {"limit": PAGE - len(found), "skipped": max(skipped - coming, 0)}
    return found + conn.execute(_PAST, bounds | rest).fetchall()


def delete(conn: sqlite3.Connection, session: Session) -> None:
    """Forget a session with its talks, answers and reminders, and speakers who are left without any talk."""
    sessions.save(conn, replace(session, talks=()))
    conn.execute("DELETE FROM session WHERE guild_id = ? AND id = ?", (session.guild_id, session.id))


def answers(conn: sqlite3.Connection, session_id: SessionId) -> tuple[int, int]:
    """How many people answered to a session, and how many of them said to come: who waits for a seat has, too."""
    row = conn.execute(
        "SELECT count(*), COALESCE(sum(answer IN ('in_person', 'online')), 0) FROM rsvp"
        " WHERE session_id = ? AND answer IS NOT NULL",
        (session_id,),
    ).fetchone()
    return int(row[0]), int(row[1])
