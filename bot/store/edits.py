"""The one way in which a session that exists is changed: the row, and everything that follows from it."""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.moves import deadline_along
from bot.domain.notices import Facts
from bot.domain.rsvps import is_open
from bot.domain.sessions import Mode, Session, SessionId
from bot.store import admission, notices, offers, reminders, rsvps, sessions

# Reminders posted longer ago are left as they are: the last is one day before the start by default.
CORRECTED = timedelta(days=2)


def save(conn: sqlite3.Connection, old: Session, new: Session, now: datetime) -> Session:
    """Write `new`, the session `old` with changes, in one transaction with all that follows.

    The reminders follow its time (also those that were posted already, where the new time makes them due again),
    posts that say something else now are corrected or taken back, a deadline for answers moves along, free seats are
    filled, and those who come or wait for a seat are told once. Returns it as it was stored. After the commit:
    `changes.reminders()` and `changes.card(new.id)`.

    Raises:
        sqlite3.IntegrityError: as `sessions.save`.
    """
    return save_and_seat(conn, old, new, now)[0]


def save_and_seat(
    conn: sqlite3.Connection, old: Session, new: Session, now: datetime
) -> tuple[Session, rsvps.Batch | None]:
    """As `save`, with who got a seat or is offered one because of it; None where seats have nothing to do with it."""
    if new == old:
        return old, None
    stored = replace(new, generation=old.generation + (new.starts_at != old.starts_at), card=old.card)
    sessions.save(conn, stored)
    if _shown(old) != _shown(stored):
        reminders.look_again(conn, stored, now - CORRECTED, now)
    reminders.rearm(conn, stored, now)
    notices.order(conn, old, stored, now)
    _move_deadline(conn, old, stored, now)
    if stored.mode is Mode.ONLINE:
        offers.forget(conn, stored.id)
    if _seating(old) == _seating(stored) or not is_open(stored, now):
        return stored, None
    return stored, rsvps.apply(conn, stored.guild_id, stored.id, (), now)


def told(conn: sqlite3.Connection, old: Session, new: Session, now: datetime) -> int:
    """How many people are told that a session is `new` and no longer `old`."""
    if Facts.of(old) == Facts.of(new) or max(old.ends_at, new.ends_at) <= now:
        return 0
    return len(notices.coming(conn, new.id))


def posts(conn: sqlite3.Connection, session_id: SessionId, since: datetime) -> list[tuple[int, int]]:
    """Channel and message id of what stands in channels about a session, the card included."""
    rows = conn.execute(
        "SELECT channel_id, message_id FROM reminder WHERE session_id = ? AND user_id IS NULL"
        " AND channel_id IS NOT NULL AND message_id IS NOT NULL AND state IN ('sent', 'claimed') AND due_at >= ?"
        " AND kind <> 'announce'"
        " UNION SELECT card_channel_id, card_message_id FROM session WHERE id = ? AND card_message_id IS NOT NULL",
        (session_id, int(since.timestamp()), session_id),
    )
    return [(row[0], row[1]) for row in rows]


def _move_deadline(conn: sqlite3.Connection, old: Session, new: Session, now: datetime) -> None:
    chosen = admission.get(conn, new.id)
    if chosen.deadline_at is None:
        return
    moved_to = deadline_along(chosen.deadline_at, old, new, now)
    if moved_to != chosen.deadline_at:
        admission.save(conn, new.id, replace(chosen, deadline_at=moved_to))


def _seating(session: Session) -> tuple[object, ...]:
    """What seats are given by; a session that takes place after all may have got some while it was cancelled."""
    return session.capacity, session.mode, session.status


def _shown(session: Session) -> tuple[object, ...]:
    """What reminders say of a session."""
    return (
        session.title,
        session.starts_at,
        session.mode,
        session.status,
        session.venue,
        session.city,
        session.streamed,
        session.talks[:1],
    )
