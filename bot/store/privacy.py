"""What is stored about people: the one list of it, its export, its end."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.audit import ERASED
from bot.domain.rsvps import is_open
from bot.domain.sessions import SessionId
from bot.store import rsvps, sessions, stats
from bot.store.values import from_unix, to_unix

# Answers, check-ins and messages to single people of a session go so long after its end; numbers of nobody stay.
KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows about one person: `user_column` holds the person's id, `columns` what is exported, besides the session.

    `erase` is the statement that ends them; it takes :user and :now.
    """

    table: str
    user_column: str
    columns: tuple[str, ...]
    erase: str
    name_column: str | None = None


def _deleted(table: str, *columns: str, name_column: str | None = None) -> Holding:
    named = (name_column,) if name_column else ()
    return Holding(
        table,
        "user_id",
        ("user_id", *named, *columns),
        f"DELETE FROM {table} WHERE user_id = :user",  # noqa: S608 - our own names
        name_column,
    )


# Every column with the id of a person, in every table: a test compares this with the schema.
HOLDINGS = (
    _deleted("rsvp", "answer", "waiting", "queue", "answered_at", "press_id", name_column="name"),
    _deleted("check_in", "at", "door", name_column="name"),
    _deleted("recording_wish", "asked_at"),
    _deleted("seat_offer", "queue", "expires_at"),
    _deleted("star", "talk_id", "starred", "starred_at", "press_id"),
    _deleted("agenda", "guild_id", "reminded", "failures", "press_id"),
    _deleted("reminder", "kind", "due_at", "state", "channel_id", "message_id", "reason"),
    _deleted("draft", "guild_id", "kind", "body", "expires_at"),
    _deleted("creation", "guild_id", "created_at"),
    # A role that is with the person has to be taken back first: whoever lends it deletes the row then.
    Holding(
        "loan",
        "user_id",
        ("user_id", "guild_id", "role_id", "state"),
        "UPDATE loan SET next_try_at = :now WHERE user_id = :user AND state <> 'kept'",
    ),
    # What moderators did stays on record; who it was does not. `actor_name` says so.
    Holding(
        "audit",
        "actor_id",
        ("actor_id", "actor_name", "guild_id", "number", "at", "what", "title"),
        "UPDATE audit SET actor_id = NULL, actor_name = :erased WHERE actor_id = :user",
        "actor_name",
    ),
    Holding(
        "audit",
        "person_id",
        ("person_id", "person_name", "guild_id", "number", "at", "what", "title", "before", "after"),
        "UPDATE audit SET person_id = NULL, person_name = :erased WHERE person_id = :user",
        "person_name",
    ),
)
_KEPT_LOANS = "DELETE FROM loan WHERE user_id = :user AND state = 'kept'"
_WITH_SESSION = frozenset({"rsvp", "check_in", "recording_wish", "seat_offer", "reminder", "loan", "audit", "creation"})
_EXPIRING = ("rsvp", "check_in", "recording_wish", "seat_offer")


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went, the names that stood in them, and the sessions whose answers or cards have changed."""

    rows: int
    names: frozenset[str]
    sessions: tuple[SessionId, ...]


def export(conn: sqlite3.Connection, user_id: int) -> dict[str, list[dict[str, Any]]]:
    """All rows about a person, in every guild: by table; moments in ISO 8601, ids of Discord as text."""
    found: dict[str, list[dict[str, Any]]] = {}
    for holding in HOLDINGS:
        rows = _rows(conn, holding, user_id)
        if rows:
            found.setdefault(holding.table, []).extend(rows)
    return found


def erase(conn: sqlite3.Connection, user_id: int, now: datetime) -> Erased:
    """End all that is stored about a person; seats that become free go to those who wait.

    Roles that were lent stay on record until they are taken back, see `holds`.
    """
    held = [row for rows in export(conn, user_id).values() for row in rows]
    names = {holding.name_column for holding in HOLDINGS if holding.name_column}
    answered = conn.execute("SELECT session_id FROM rsvp WHERE user_id = ?", (user_id,)).fetchall()
    bound = {"user": user_id, "now": to_unix(now), "erased": ERASED}
    for holding in HOLDINGS:
        conn.execute(holding.erase, bound)
    conn.execute(_KEPT_LOANS, bound)
    for (session_id,) in answered:
        _fill(conn, SessionId(session_id), now)
    return Erased(
        rows=len(held),
        names=frozenset(row[name] for row in held for name in names if row.get(name)),
        sessions=tuple(SessionId(session_id) for (session_id,) in answered),
    )


def holds(conn: sqlite3.Connection, user_id: int) -> bool:
    """Whether anything about the person is left."""
    return any(
        conn.execute(
            f"SELECT 1 FROM {holding.table} WHERE {holding.user_column} = ? LIMIT 1",  # noqa: S608 - our own names
            (user_id,),
        ).fetchone()
        for holding in HOLDINGS
    )


def expire(conn: sqlite3.Connection, now: datetime) -> int:
    """Delete what is about single people and older than it may become; how many rows."""
    old = to_unix(now - KEPT)
    ended = "session_id IN (SELECT id FROM session WHERE ends_at < ?)"
    gone = sum(
        conn.execute(f"DELETE FROM {table} WHERE {ended}", (old,)).rowcount  # noqa: S608 - our own names
        for table in _EXPIRING
    )
    gone += conn.execute(f"DELETE FROM reminder WHERE user_id IS NOT NULL AND {ended}", (old,)).rowcount  # noqa: S608 - our own names
    return gone + conn.execute("DELETE FROM draft WHERE expires_at <= ?", (to_unix(now),)).rowcount


def _fill(conn: sqlite3.Connection, session_id: SessionId, now: datetime) -> None:
    """What was taken out of the answers of a session that goes on: seats and statistics follow."""
    session = sessions.by_id(conn, session_id)
    if session is not None and is_open(session, now):
        rsvps.apply(conn, session.guild_id, session.id, (), now)
        stats.note(conn, session.id, now)


def _rows(conn: sqlite3.Connection, holding: Holding, user_id: int) -> list[dict[str, Any]]:
    columns = ", ".join(f"held.{name}" for name in holding.columns)
    session = "session.title AS session, session.guild_id AS in_guild" if holding.table in _WITH_SESSION else "NULL"
    joined = "LEFT JOIN session ON session.id = held.session_id" if holding.table in _WITH_SESSION else ""
    rows = conn.execute(
        f"SELECT {columns}, {session} FROM {holding.table} AS held {joined} WHERE held.{holding.user_column} = ?",  # noqa: S608 - our own names
        (user_id,),
    )
    names = [column[0] for column in rows.description]
    found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return [{name: _shown(name, row[name]) for name in row if row[name] is not None} for row in found]


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, int) and (name.endswith("_at") or name == "at"):
        return from_unix(value).isoformat()
    if isinstance(value, int) and (name.endswith("_id") or name == "in_guild"):
        return str(value)
    return value
