"""Roles that are lent to those who come, as rows: a role that may be with somebody is always on record.

What is to be done follows from what is stored: who comes to a session that lends a role has it, and nobody else of
those to whom we gave it. So moves, cancellations and changed answers need no bookkeeping.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.domain.sessions import SessionId
from bot.store.values import from_unix, to_unix

# Everybody who is to have the role at :now. CROSS JOIN: SQLite keeps to the order, and so begins with the few sessions
# that lend a role; it would take all sessions first, each time.
_ENTITLED = """
SELECT session.guild_id, session.id AS session_id, rsvp.user_id, admission.lend_role_id AS role_id, lend_again_at
FROM admission CROSS JOIN session CROSS JOIN rsvp
WHERE session.id = admission.session_id AND rsvp.session_id = session.id
AND admission.lend_role_id IS NOT NULL AND session.status = 'scheduled' AND session.ends_at > :now
AND (lend_minutes IS NULL OR session.starts_at - lend_minutes * 60 <= :now)
AND (rsvp.answer = 'online' OR (rsvp.answer = 'in_person' AND rsvp.waiting = 0))
"""
_TO_GIVE = f"""
SELECT entitled.guild_id, entitled.session_id, entitled.user_id, entitled.role_id
FROM ({_ENTITLED}) AS entitled LEFT JOIN loan ON loan.session_id = entitled.session_id
AND loan.user_id = entitled.user_id AND loan.role_id = entitled.role_id
WHERE (loan.state IS NULL OR loan.state = 'begun') AND (lend_again_at IS NULL OR lend_again_at <= :now)
"""  # noqa: S608 - texts of our own
_TO_TAKE = f"""
SELECT guild_id, session_id, user_id, role_id FROM loan
WHERE next_try_at <= :now AND NOT EXISTS (
    SELECT 1 FROM ({_ENTITLED}) AS entitled WHERE entitled.session_id = loan.session_id
    AND entitled.user_id = loan.user_id AND entitled.role_id = loan.role_id
)
"""  # noqa: S608 - texts of our own
_NEXT = """
SELECT min(moment) FROM (
    SELECT starts_at - lend_minutes * 60 AS moment FROM admission CROSS JOIN session
    WHERE session.id = session_id AND lend_role_id IS NOT NULL AND lend_minutes IS NOT NULL AND status = 'scheduled'
    UNION ALL SELECT ends_at FROM admission CROSS JOIN session
    WHERE session.id = session_id AND lend_role_id IS NOT NULL
    UNION ALL SELECT lend_again_at FROM admission WHERE lend_role_id IS NOT NULL
    UNION ALL SELECT next_try_at FROM loan
) AS moments WHERE moment > :now
"""


@dataclass(frozen=True, slots=True)
class Loan:
    """A role of a session, and the person it is for."""

    guild_id: int
    session_id: SessionId
    user_id: int
    role_id: int


def guilds_at_work(conn: sqlite3.Connection, now: datetime) -> list[int]:
    """Guilds in which roles are to be given or taken back."""
    rows = conn.execute(
        f"SELECT guild_id FROM ({_TO_GIVE}) AS gives UNION SELECT guild_id FROM ({_TO_TAKE}) AS takes",  # noqa: S608 - texts of our own
        {"now": to_unix(now)},
    )
    return [row[0] for row in rows]


def to_give(conn: sqlite3.Connection, guild_id: int, now: datetime, limit: int) -> list[Loan]:
    return _loans(conn, _TO_GIVE, guild_id, now, limit)


def to_take(conn: sqlite3.Connection, guild_id: int, now: datetime, limit: int) -> list[Loan]:
    return _loans(conn, _TO_TAKE, guild_id, now, limit)


def next_moment(conn: sqlite3.Connection, after: datetime) -> datetime | None:
    """The first moment after `after` at which there may be something to give or to take."""
    seconds: int | None = conn.execute(_NEXT, {"now": to_unix(after)}).fetchone()[0]
    return from_unix(seconds)


def begun(conn: sqlite3.Connection, loan: Loan) -> bool:
    """Whether we gave this person the role, or may have, for this session or another one that is going on."""
    row = conn.execute(
        "SELECT 1 FROM loan WHERE guild_id = ? AND user_id = ? AND role_id = ? AND state <> 'kept' LIMIT 1",
        (loan.guild_id, loan.user_id, loan.role_id),
    ).fetchone()
    return row is not None


def put(conn: sqlite3.Connection, loan: Loan, state: str, now: datetime) -> None:
    """Note how it stands: `begun` before the role is given, `lent` after; `kept` where nothing is to be taken back."""
    conn.execute(
        "INSERT INTO loan (session_id, user_id, role_id, guild_id, state, next_try_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (session_id, user_id, role_id) DO UPDATE SET state = excluded.state",
        (loan.session_id, loan.user_id, loan.role_id, loan.guild_id, state, to_unix(now)),
    )


def must_be_taken(conn: sqlite3.Connection, loan: Loan) -> bool:
    """Whether it is ours to take back: it was not the person's own, and no other session lends it to this person."""
    rows = conn.execute(
        "SELECT session_id, state FROM loan WHERE guild_id = ? AND user_id = ? AND role_id = ?",
        (loan.guild_id, loan.user_id, loan.role_id),
    ).fetchall()
    own = [state for session_id, state in rows if session_id == loan.session_id]
    others = [state for session_id, state in rows if session_id != loan.session_id]
    return own != ["kept"] and "begun" not in others and "lent" not in others


def forget(conn: sqlite3.Connection, loan: Loan) -> None:
    """It is settled."""
    conn.execute(
        "DELETE FROM loan WHERE session_id = ? AND user_id = ? AND role_id = ?",
        (loan.session_id, loan.user_id, loan.role_id),
    )


def lend_again_at(conn: sqlite3.Connection, session_id: SessionId, moment: datetime) -> None:
    """Discord refused to give the role: give none for this session before `moment`."""
    conn.execute("UPDATE admission SET lend_again_at = ? WHERE session_id = ?", (to_unix(moment), session_id))


def take_again_at(conn: sqlite3.Connection, guild_id: int, role_id: int, moment: datetime) -> int:
    """Discord refused to take the role back: try nobody's before `moment`. Returns how many have it."""
    return conn.execute(
        "UPDATE loan SET next_try_at = ? WHERE guild_id = ? AND role_id = ? AND state <> 'kept'",
        (to_unix(moment), guild_id, role_id),
    ).rowcount


def _loans(conn: sqlite3.Connection, statement: str, guild_id: int, now: datetime, limit: int) -> list[Loan]:
    rows = conn.execute(
        f"SELECT * FROM ({statement}) AS found WHERE guild_id = :guild ORDER BY session_id, user_id LIMIT :limit",  # noqa: S608 - a text of our own
        {"now": to_unix(now), "guild": guild_id, "limit": limit},
    )
    return [Loan(*row) for row in rows]
