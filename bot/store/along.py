"""What comes along to a session that is made like another one, beside the session itself: rows in, values out."""

import sqlite3

from bot.domain.admission import Admission
from bot.domain.repeats import Along
from bot.domain.sessions import SessionId
from bot.store import admission, reminder_rules


def get(conn: sqlite3.Connection, session_id: SessionId) -> Along:
    return Along(admission.get(conn, session_id), reminder_rules.own(conn, session_id))


def give(conn: sqlite3.Connection, session_id: SessionId, along: Along, may_lend: int | None) -> None:
    """Let a new session have it; before it is armed, for its reminders follow from this."""
    carried = along.carried(may_lend)
    if carried != Admission():
        admission.save(conn, session_id, carried)
    reminder_rules.choose(conn, session_id, along.minutes)
