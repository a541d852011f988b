"""How answers came in: what grew or shrank in each minute, without a word of who."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from bot.domain.sessions import Session, SessionId
from bot.domain.stats import COMING, GROUPS, Figures, ShowUp, curve
from bot.store import sessions
from bot.store.values import from_unix, to_unix

_COUNTS = """
SELECT CASE waiting WHEN 1 THEN 'waiting' ELSE answer END, count(*) FROM rsvp
WHERE session_id = ? AND answer IS NOT NULL GROUP BY 1
"""
_SHOW_UP = """
SELECT answer, count(*), count(check_in.user_id) FROM rsvp
LEFT JOIN check_in ON check_in.session_id = rsvp.session_id AND check_in.user_id = rsvp.user_id
WHERE rsvp.session_id = ? AND answer IN ('in_person', 'online') AND waiting = 0 GROUP BY answer
"""


def add(conn: sqlite3.Connection, session_id: SessionId, deltas: Mapping[str, int], now: datetime) -> None:
    """Note by how many each group grew or shrank; one statement, in the write that changes the answers."""
    if not deltas:
        return
    minute = to_unix(now) // 60 * 60
    marks = ", ".join(["(?, ?, ?, ?)"] * len(deltas))
    conn.execute(
        f"INSERT INTO answer_event (session_id, at, answer, delta) VALUES {marks}"  # noqa: S608 - marks alone; values are bound
        " ON CONFLICT (session_id, at, answer) DO UPDATE SET delta = answer_event.delta + excluded.delta",
        [value for name, delta in deltas.items() for value in (session_id, minute, name, delta)],
    )


def note(conn: sqlite3.Connection, session_id: SessionId, now: datetime) -> None:
    """Bring the history in line with the answers that are stored: for writes that do not go through rsvps.apply."""
    stored = dict(conn.execute(_COUNTS, (session_id,)).fetchall())
    noted = dict(
        conn.execute(
            "SELECT answer, sum(delta) FROM answer_event WHERE session_id = ? GROUP BY answer", (session_id,)
        ).fetchall()
    )
    differences = {name: stored.get(name, 0) - noted.get(name, 0) for name in GROUPS}
    add(conn, session_id, {name: delta for name, delta in differences.items() if delta}, now)


def figures(conn: sqlite3.Connection, guild_id: int, session_id: SessionId) -> Figures | None:
    """A session of the guild in numbers."""
    session = sessions.get(conn, guild_id, session_id)
    if session is None:
        return None
    rows = conn.execute(
        "SELECT at, answer, delta FROM answer_event WHERE session_id = ? ORDER BY at, answer", (session_id,)
    )
    points = curve((from_unix(at), answer, delta) for at, answer, delta in rows)
    show_up = {answer: ShowUp(said, came) for answer, said, came in conn.execute(_SHOW_UP, (session_id,))}
    doors = dict(
        conn.execute("SELECT door, count(*) FROM check_in WHERE session_id = ? GROUP BY door", (session_id,)).fetchall()
    )
    coming = sum(points[-1].counts[name] for name in COMING) if points else 0
    return Figures(
        session=session,
        points=points,
        show_up=show_up,
        others=sum(doors.values()) - sum(rate.came for rate in show_up.values()),
        doors=doors,
        known=not _purged(conn, session) or not coming,
    )


def _purged(conn: sqlite3.Connection, session: Session) -> bool:
    return conn.execute("SELECT 1 FROM rsvp WHERE session_id = ? LIMIT 1", (session.id,)).fetchone() is None
