"""The people of a session as a list, and who was there."""

import sqlite3
from collections import Counter
from dataclasses import replace
from datetime import datetime

from bot.domain.attendance import Attendance, Attendee, Door
from bot.domain.audit import Actor
from bot.domain.rsvps import Answer
from bot.domain.sessions import Mode, Session, SessionId
from bot.store import admission, sessions
from bot.store.values import from_unix, to_unix

# In the order of the list: seats, the waiting list, online, maybe, declined, and those who came without an answer.
_LISTED = """
SELECT listed.user_id, listed.name, answer, answered_at,
CASE WHEN place = 1 THEN row_number() OVER (PARTITION BY place ORDER BY listed.queue) END, at, door, expires_at
FROM (
    SELECT user_id, name, answer, answered_at, queue,
    CASE WHEN waiting = 1 THEN 1 WHEN answer = 'in_person' THEN 0 WHEN answer = 'online' THEN 2
    WHEN answer = 'maybe' THEN 3 ELSE 4 END AS place
    FROM rsvp WHERE session_id = :session AND answer IS NOT NULL
    UNION ALL
    SELECT user_id, name, NULL, NULL, 0, 5 FROM check_in WHERE session_id = :session AND NOT EXISTS (
        SELECT 1 FROM rsvp WHERE rsvp.session_id = check_in.session_id AND rsvp.user_id = check_in.user_id
        AND answer IS NOT NULL
    )
) AS listed
LEFT JOIN check_in ON check_in.session_id = :session AND check_in.user_id = listed.user_id
LEFT JOIN seat_offer ON seat_offer.session_id = :session AND seat_offer.user_id = listed.user_id
AND seat_offer.queue = listed.queue AND place = 1
ORDER BY place, listed.queue, listed.user_id LIMIT :limit OFFSET :first
"""
_COUNTS = """
SELECT answer, waiting, count(*) FROM rsvp WHERE session_id = ? AND answer IS NOT NULL GROUP BY answer, waiting
"""
_THERE = """
SELECT count(*), count(*) - count(rsvp.user_id) FROM check_in LEFT JOIN rsvp
ON rsvp.session_id = check_in.session_id AND rsvp.user_id = check_in.user_id AND answer IS NOT NULL
WHERE check_in.session_id = ?
"""


def listing(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, first: int, limit: int
) -> Attendance | None:
    """Some of the people of a session of the guild, from the one at `first` (from 0) on."""
    session = sessions.get(conn, guild_id, session_id)
    if session is None:
        return None
    counts = conn.execute(_COUNTS, (session_id,)).fetchall()
    checked_in, walk_ins = conn.execute(_THERE, (session_id,)).fetchone()
    people = conn.execute(_LISTED, {"session": session_id, "limit": limit, "first": first})
    seatless = session.mode is Mode.ONLINE  # then nobody waits
    groups: Counter[Answer] = Counter()
    for answer, waits, count in counts:
        groups[Answer(answer)] += count if seatless or not waits else 0
    attendees = map(_attendee, people)
    return Attendance(
        session,
        admission.get(conn, session_id),
        tuple(replace(one, waiting=None, kept_until=None) if seatless else one for one in attendees),
        first,
        groups,
        sum(count for _, waits, count in counts if waits and not seatless),
        walk_ins,
        checked_in,
    )


def check_in(conn: sqlite3.Connection, session: Session, person: Actor, door: Door, now: datetime) -> bool:
    """Note that somebody is there; False when that stands already, with its first moment."""
    return bool(
        conn.execute(
            "INSERT INTO check_in (session_id, user_id, name, at, door) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (session_id, user_id) DO NOTHING",
            (session.id, person.id, person.name, to_unix(now), door.value),
        ).rowcount
    )


def undo_check_in(conn: sqlite3.Connection, session: Session, user_id: int) -> bool:
    """Whether there was one."""
    return bool(
        conn.execute("DELETE FROM check_in WHERE session_id = ? AND user_id = ?", (session.id, user_id)).rowcount
    )


def seated(conn: sqlite3.Connection, session_id: SessionId) -> int:
    row = conn.execute(
        "SELECT count(*) FROM rsvp WHERE session_id = ? AND answer = 'in_person' AND waiting = 0", (session_id,)
    ).fetchone()
    return int(row[0])


def _attendee(row: tuple[int, str, str | None, int | None, int | None, int | None, str | None, int | None]) -> Attendee:
    user_id, name, answer, answered_at, waiting, checked_in_at, door, expires_at = row
    return Attendee(
        user_id,
        name,
        None if answer is None else Answer(answer),
        from_unix(answered_at),
        waiting,
        from_unix(checked_in_at),
        None if door is None else Door(door),
        from_unix(expires_at),
    )
