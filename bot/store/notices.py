"""Changes that people have to hear of: collected for a minute, then one direct message to each who comes or waits."""

import sqlite3
from datetime import datetime

from bot.domain.notices import COLLECTED, NOT_COMING, TOO_LATE, UNDONE, Facts, notice_of_change
from bot.domain.reminders import CHANGED, Reminder
from bot.domain.sessions import Mode, Session, SessionId, Status
from bot.store import reminders
from bot.store.values import from_unix, to_unix

_COMING = "session_id = ? AND answer IN ('online', 'in_person')"


def order(conn: sqlite3.Connection, old: Session, new: Session, now: datetime) -> None:
    """Have those who come to a session, or wait for a seat, told of its change, in the transaction that writes it.

    Edits that follow within a minute belong to the same notice, which says what was before the first of them.
    """
    if Facts.of(old) == Facts.of(new) or max(old.ends_at, new.ends_at) <= now:
        return
    number, due_at = _window(conn, old, now)
    if before(conn, new.id, number) == Facts.of(new):
        reminders.forget_notices(conn, new.id, CHANGED, number)
        return
    reminders.notify_all(conn, [notice_of_change(new, user_id, number, due_at) for user_id in coming(conn, new.id)])


def before(conn: sqlite3.Connection, session_id: SessionId, number: int) -> Facts | None:
    """How a session was before its change `number`."""
    row = conn.execute(
        "SELECT starts_at, ends_at, mode, status, venue, city FROM session_change WHERE session_id = ? AND number = ?",
        (session_id, number),
    ).fetchone()
    if row is None:
        return None
    starts_at, ends_at, mode, status, venue, city = row
    return Facts(from_unix(starts_at), from_unix(ends_at), Mode(mode), Status(status), venue, city)


def coming(conn: sqlite3.Connection, session_id: SessionId) -> list[int]:
    """Who said to come: in person, with a seat or waiting for one, or online."""
    return [row[0] for row in conn.execute(f"SELECT user_id FROM rsvp WHERE {_COMING}", (session_id,))]  # noqa: S608 - a constant


def waits(conn: sqlite3.Connection, reminder: Reminder) -> bool:
    """Whether the person who is to be told is on the waiting list."""
    row = conn.execute(
        "SELECT waiting FROM rsvp WHERE session_id = ? AND user_id = ? AND answer = 'in_person'",
        (reminder.session_id, reminder.user_id),
    ).fetchone()
    return row is not None and bool(row[0])


def pointless(conn: sqlite3.Connection, reminder: Reminder, session: Session, now: datetime) -> str | None:
    """Why this person need not be told any more; None if so."""
    if before(conn, session.id, reminder.generation) == Facts.of(session):
        return UNDONE
    if session.ends_at <= now and session.status is Status.SCHEDULED:
        return TOO_LATE
    still = conn.execute(
        f"SELECT 1 FROM rsvp WHERE {_COMING} AND user_id = ?",  # noqa: S608 - a constant
        (session.id, reminder.user_id),
    ).fetchone()
    return None if still else NOT_COMING


def _window(conn: sqlite3.Connection, old: Session, now: datetime) -> tuple[int, datetime]:
    """The change that is being collected, begun now if there is none: its number, and when it is told."""
    row = conn.execute(
        "SELECT number, due_at FROM session_change WHERE session_id = ? ORDER BY number DESC LIMIT 1", (old.id,)
    ).fetchone()
    # Whatever the clock did meanwhile, no window is longer than it should be.
    if row is not None and to_unix(now) < row[1] <= to_unix(now + COLLECTED):
        return row[0], from_unix(row[1])
    number, due_at = (row[0] if row else 0) + 1, now + COLLECTED
    facts = Facts.of(old)
    conn.execute(
        "INSERT INTO session_change (session_id, number, due_at, starts_at, ends_at, mode, status, venue, city)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(old.id, number, to_unix(due_at), to_unix(facts.starts_at), to_unix(facts.ends_at)),
            *(facts.mode.value, facts.status.value, facts.venue, facts.city),
        ),
    )
    return number, due_at
