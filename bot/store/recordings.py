"""Who wants to hear when a recording is up, as rows, and the messages that follow from it."""

import sqlite3
from datetime import datetime

from bot.domain.reminders import RECORDING, Reminder, recording_notice
from bot.domain.sessions import Session, SessionId
from bot.store.values import to_unix

TAKEN_AWAY = "the recording was taken away again"
UNWANTED = "the person does not want it any more"

# Who has watched live after asking has seen it.
_WISHES = """
FROM recording_wish LEFT JOIN check_in
ON check_in.session_id = recording_wish.session_id AND check_in.user_id = recording_wish.user_id
WHERE recording_wish.session_id = ? AND (check_in.at IS NULL OR check_in.at < asked_at)
"""


def planned(conn: sqlite3.Connection, session: Session, now: datetime) -> list[Reminder]:
    """The messages to write now, one for each person who wants it and has had none; called wherever a session is saved.

    Messages that were not tried yet are deleted first: so without a recording none is left.
    """
    conn.execute(
        "DELETE FROM reminder WHERE session_id = ? AND kind = ? AND state = 'pending' AND tries = 0",
        (session.id, RECORDING),
    )
    if session.recording_url is None:
        return []
    rows = conn.execute(
        f"SELECT recording_wish.user_id, (SELECT count(*) FROM reminder WHERE session_id = recording_wish.session_id"  # noqa: S608 - a text of our own
        f" AND kind = ? AND reminder.user_id = recording_wish.user_id) {_WISHES}"
        " AND NOT EXISTS (SELECT 1 FROM reminder WHERE session_id = recording_wish.session_id AND kind = ?"
        " AND reminder.user_id = recording_wish.user_id AND state <> 'skipped')",
        (RECORDING, session.id, RECORDING),
    ).fetchall()
    return [recording_notice(session, user_id, before + 1, now) for user_id, before in rows]


def wish(conn: sqlite3.Connection, session_id: SessionId, user_id: int, now: datetime) -> None:
    conn.execute(
        "INSERT INTO recording_wish (session_id, user_id, asked_at) VALUES (?, ?, ?)"
        " ON CONFLICT (session_id, user_id) DO UPDATE SET asked_at = excluded.asked_at",
        (session_id, user_id, to_unix(now)),
    )


def forget(conn: sqlite3.Connection, session_id: SessionId, user_id: int) -> None:
    """The person does not want to hear any more; a message that is under way is dropped by the courier."""
    conn.execute("DELETE FROM recording_wish WHERE session_id = ? AND user_id = ?", (session_id, user_id))
    conn.execute(
        "DELETE FROM reminder WHERE session_id = ? AND kind = ? AND user_id = ? AND state = 'pending' AND tries = 0",
        (session_id, RECORDING, user_id),
    )


def wishes(conn: sqlite3.Connection, session_id: SessionId, user_id: int) -> bool:
    """Whether a person wants to hear of the recording and has not watched live since saying so."""
    row = conn.execute(
        f"SELECT 1 {_WISHES} AND recording_wish.user_id = ?",
        (session_id, user_id),
    ).fetchone()
    return row is not None


def pointless(conn: sqlite3.Connection, reminder: Reminder, session: Session) -> str | None:
    """Why nobody needs this message any more, if so."""
    if session.recording_url is None:
        return TAKEN_AWAY
    if reminder.user_id is None or not wishes(conn, session.id, reminder.user_id):
        return UNWANTED
    return None
