"""How sessions take answers, as rows."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from bot.domain.admission import Admission
from bot.domain.sessions import SessionId
from bot.store.values import from_unix, to_unix

# In the order of `of_columns`; with LEFT JOIN all are NULL for a session of which nothing was chosen.
COLUMNS = "closed, deadline_at, only_role_id, offer_minutes, lend_role_id, lend_minutes"


def of_columns(row: Sequence[Any]) -> Admission:
    closed, deadline_at, only_role_id, offer_minutes, lend_role_id, lend_minutes = row
    return Admission(bool(closed), from_unix(deadline_at), only_role_id, offer_minutes, lend_role_id, lend_minutes)


def get(conn: sqlite3.Connection, session_id: SessionId) -> Admission:
    row = conn.execute(f"SELECT {COLUMNS} FROM admission WHERE session_id = ?", (session_id,)).fetchone()  # noqa: S608 - names of our own
    return Admission() if row is None else of_columns(row)


def save(conn: sqlite3.Connection, session_id: SessionId, chosen: Admission) -> None:
    """Keep what moderators chose; a role that Discord refused to lend is tried again at once."""
    conn.execute(
        "INSERT INTO admission (session_id, closed, deadline_at, only_role_id, offer_minutes, lend_role_id,"
        " lend_minutes) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session_id) DO UPDATE SET closed = excluded.closed,"
        " deadline_at = excluded.deadline_at, only_role_id = excluded.only_role_id,"
        " offer_minutes = excluded.offer_minutes, lend_role_id = excluded.lend_role_id,"
        " lend_minutes = excluded.lend_minutes, lend_again_at = NULL",
        (
            *(session_id, int(chosen.closed), to_unix(chosen.deadline_at), chosen.only_role_id),
            *(chosen.offer_minutes, chosen.lend_role_id, chosen.lend_minutes),
        ),
    )
