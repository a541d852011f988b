"""Seats that are kept for people on the waiting list, as rows; `store.rsvps` makes them and settles them."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.errors import Refusal
from bot.domain.reminders import SEAT_OFFER, key
from bot.domain.rsvps import Press
from bot.domain.sessions import SessionId
from bot.store import admission, rsvps
from bot.store.room import vital
from bot.store.values import from_unix, to_unix

# Open while its person waits with the same queue number.
_OPEN = """
FROM seat_offer JOIN rsvp ON rsvp.session_id = seat_offer.session_id AND rsvp.user_id = seat_offer.user_id
AND rsvp.queue = seat_offer.queue AND rsvp.answer = 'in_person' AND rsvp.waiting = 1
"""


def kept_until(
    conn: sqlite3.Connection, session_id: SessionId, user_id: int, queue: int | None = None
) -> datetime | None:
    """Until when a seat is kept for a person (under this queue number, if one is given); None when there is none."""
    row = conn.execute(
        f"SELECT expires_at {_OPEN} WHERE seat_offer.session_id = ? AND seat_offer.user_id = ?"
        " AND (? IS NULL OR seat_offer.queue = ?)",
        (session_id, user_id, queue, queue),
    ).fetchone()
    return None if row is None else from_unix(row[0])


def open_until(conn: sqlite3.Connection, session_id: SessionId) -> list[datetime]:
    """Until when the seats of a session are kept that are on offer, the first to end first."""
    rows = conn.execute(f"SELECT expires_at {_OPEN} WHERE seat_offer.session_id = ?", (session_id,))
    return sorted(from_unix(row[0]) for row in rows)


def forget(conn: sqlite3.Connection, session_id: SessionId) -> None:
    """Keep no seats any more; their people go on waiting."""
    conn.execute("DELETE FROM seat_offer WHERE session_id = ?", (session_id,))


def ended(conn: sqlite3.Connection, now: datetime, limit: int) -> list[tuple[int, SessionId]]:
    """Sessions with offers whose time is over, with their guilds."""
    return conn.execute(
        "SELECT DISTINCT session.guild_id, session.id FROM seat_offer JOIN session ON session.id = session_id"
        " WHERE expires_at <= ? LIMIT ?",
        (to_unix(now), limit),
    ).fetchall()


def next_end(conn: sqlite3.Connection, after: datetime) -> datetime | None:
    """The first moment after `after` at which the time of an offer is over."""
    seconds: int | None = conn.execute(
        "SELECT min(expires_at) FROM seat_offer WHERE expires_at > ?", (to_unix(after),)
    ).fetchone()[0]
    return from_unix(seconds)


@vital
def end(conn: sqlite3.Connection, guild_id: int, session_id: SessionId, now: datetime) -> rsvps.Batch:
    """Settle the offers of a session whose time is over: their people leave the waiting list, the next are asked."""
    presses = _close_ended(conn, session_id, now)
    try:
        return rsvps.apply(conn, guild_id, session_id, presses, now)
    except Refusal:  # cancelled or over: nobody needs a seat any more
        return rsvps.Batch(())


def _close_ended(conn: sqlite3.Connection, session_id: SessionId, now: datetime) -> Sequence[Press]:
    """Take note that the time of offers is over; the presses that take their people off the waiting list.

    Who has not been told yet, because Discord or the bot was away, has the whole time still to come.
    """
    again = now + timedelta(minutes=admission.get(conn, session_id).offer_minutes or 0)
    presses = []
    for user_id, queue, name, press_id in _due(conn, session_id, now):
        if again > now and _untold(conn, session_id, user_id, queue):
            _prolong(conn, session_id, user_id, again)
        else:
            # One more than the press that stands: older than any that Discord will ever send from now on.
            presses.append(Press(press_id + 1, user_id, name, None, by_moderator=True))
    conn.execute("DELETE FROM seat_offer WHERE session_id = ? AND expires_at <= ?", (session_id, to_unix(now)))
    return presses


def _due(conn: sqlite3.Connection, session_id: SessionId, now: datetime) -> list[tuple[int, int, str, int]]:
    return conn.execute(
        f"SELECT rsvp.user_id, rsvp.queue, name, press_id {_OPEN}"
        " WHERE seat_offer.session_id = ? AND expires_at <= ? ORDER BY rsvp.queue",
        (session_id, to_unix(now)),
    ).fetchall()


def _untold(conn: sqlite3.Connection, session_id: SessionId, user_id: int, queue: int) -> bool:
    row = conn.execute(
        "SELECT 1 FROM reminder WHERE key = ? AND state IN ('pending', 'claimed')",
        (key(session_id, SEAT_OFFER, queue, user_id),),
    ).fetchone()
    return row is not None


def _prolong(conn: sqlite3.Connection, session_id: SessionId, user_id: int, until: datetime) -> None:
    conn.execute(
        "UPDATE seat_offer SET expires_at = ? WHERE session_id = ? AND user_id = ?",
        (to_unix(until), session_id, user_id),
    )
