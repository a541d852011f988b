"""Reminders before starred talks, as rows: one for each person who asked for them and each start of a talk."""

import sqlite3
from datetime import datetime

from bot.domain.reminders import TALK_OFFSET, Reminder, before_talk
from bot.domain.sessions import SessionId, TalkId
from bot.store.values import from_unix, to_unix

EVERYBODY = (0, 2**63 - 1)  # from the smallest to the largest id of a person

_WANTED = """
SELECT talk.id, talk.starts_at, star.user_id, EXISTS (
    SELECT 1 FROM reminder WHERE session_id = session.id AND kind = 'talk-' || talk.id
    AND reminder.user_id = star.user_id AND state IN ('claimed', 'sent')
)
FROM session JOIN talk ON talk.session_id = session.id JOIN star ON star.talk_id = talk.id
JOIN agenda ON agenda.guild_id = session.guild_id AND agenda.user_id = star.user_id
WHERE session.id = :session AND session.status = 'scheduled' AND talk.starts_at > :now
AND star.user_id BETWEEN :first AND :last AND star.starred = 1 AND agenda.reminded = 1
AND NOT EXISTS (
    SELECT 1 FROM reminder WHERE session_id = session.id AND kind = 'talk-' || talk.id
    AND reminder.user_id = star.user_id AND generation = talk.starts_at AND NOT (state = 'skipped' AND tries = 0)
)
"""
# Open rows whose talk is gone or begins at another time, or whose person has taken the star away or wants no messages.
_UNWANTED = """
SELECT key, tries FROM reminder
WHERE session_id = :session AND kind >= 'talk-' AND kind < 'talk.' AND user_id BETWEEN :first AND :last
AND state IN ('pending', 'claimed') AND NOT EXISTS (
    SELECT 1 FROM talk JOIN session ON session.id = talk.session_id JOIN star ON star.talk_id = talk.id
    JOIN agenda ON agenda.guild_id = session.guild_id AND agenda.user_id = star.user_id
    WHERE session.id = reminder.session_id AND session.status = 'scheduled' AND 'talk-' || talk.id = reminder.kind
    AND talk.starts_at = reminder.generation
    AND star.user_id = reminder.user_id AND star.starred = 1 AND agenda.reminded = 1
)
"""
# A row that was skipped before any try comes back to life: its star was taken away, and set again.
_PUT = """
INSERT INTO reminder
(key, session_id, kind, generation, user_id, due_at, deadline_at, state, next_try_at, guild_id)
VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, (SELECT guild_id FROM session WHERE id = ?))
ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, deadline_at = excluded.deadline_at,
next_try_at = excluded.next_try_at, state = 'pending', reason = NULL
"""


def rearm(conn: sqlite3.Connection, session_id: SessionId, now: datetime, user_id: int | None = None) -> None:
    """Bring the rows of a session's talks in line with its stars, for everybody or one person.

    To be called in the transaction that writes the session, its talks, or the stars, after these. A few statements,
    however many stars there are. What was sent stays; who was told of a start that has changed is told of the new
    one, though less than ten minutes are left; for others a moment that has passed is no more.
    """
    first, last = (user_id, user_id) if user_id is not None else EVERYBODY
    bounds = {"session": session_id, "now": to_unix(now), "first": first, "last": last}
    unwanted = conn.execute(_UNWANTED, bounds).fetchall()
    conn.executemany("DELETE FROM reminder WHERE key = ?", [(key,) for key, tries in unwanted if not tries])
    # A message may stand: the courier looks.
    conn.executemany(
        "UPDATE reminder SET next_try_at = ? WHERE key = ?", [(to_unix(now), key) for key, tries in unwanted if tries]
    )
    wanted = conn.execute(_WANTED, bounds).fetchall()
    planned = [
        before_talk(session_id, TalkId(talk_id), from_unix(starts_at), person, now)
        for talk_id, starts_at, person, told in wanted
        if told or from_unix(starts_at) - TALK_OFFSET >= now
    ]
    conn.executemany(_PUT, map(_columns, planned))


def rearm_person(conn: sqlite3.Connection, guild_id: int, user_id: int, now: datetime) -> None:
    """As `rearm`, for one person in all sessions of a guild that are not over: when the wish for messages changed."""
    found = conn.execute(
        "SELECT DISTINCT session.id FROM star JOIN talk ON talk.id = star.talk_id"
        " JOIN session ON session.id = talk.session_id"
        " WHERE star.user_id = ? AND star.starred = 1 AND session.guild_id = ? AND session.ends_at > ?",
        (user_id, guild_id, to_unix(now)),
    ).fetchall()
    for (session_id,) in found:
        rearm(conn, SessionId(session_id), now, user_id)


def wanted(conn: sqlite3.Connection, reminder: Reminder, talk_id: TalkId) -> bool:
    """Whether the person still has the star and still wants to be told."""
    found = conn.execute(
        "SELECT 1 FROM talk JOIN session ON session.id = talk.session_id JOIN star ON star.talk_id = talk.id"
        " JOIN agenda ON agenda.guild_id = session.guild_id AND agenda.user_id = star.user_id"
        " WHERE session.id = ? AND talk.id = ? AND star.user_id = ? AND star.starred = 1 AND agenda.reminded = 1",
        (reminder.session_id, talk_id, reminder.user_id),
    ).fetchone()
    return found is not None


def delivered(conn: sqlite3.Connection, guild_id: int, user_id: int) -> None:
    """A direct message has reached its person: earlier failures count no more."""
    conn.execute(
        "UPDATE agenda SET failures = 0 WHERE guild_id = ? AND user_id = ? AND failures > 0", (guild_id, user_id)
    )


def _columns(reminder: Reminder) -> tuple[object, ...]:
    due = to_unix(reminder.due_at)
    return (
        *(reminder.key, reminder.session_id, reminder.kind, reminder.generation, reminder.user_id),
        *(due, to_unix(reminder.deadline_at), due, reminder.session_id),
    )
