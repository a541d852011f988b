"""The record of what moderators changed."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.audit import KEPT, KEPT_ROWS, PAGE, Actor, Change, Values, difference, packed
from bot.domain.sessions import Session, SessionId
from bot.store.room import vital
from bot.store.values import from_unix, to_unix

SEARCHED = 50  # changes that are looked through for one of a field


def record(
    conn: sqlite3.Connection,
    guild_id: int,
    actor: Actor,
    what: str,
    *,
    now: datetime,
    session_id: SessionId | None = None,
    before: Values | None = None,
    after: Values | None = None,
    person: Actor | None = None,
) -> int:
    """Note that a moderator changed something; to be called in the write that changes it. Returns its number.

    Args:
        conn: the connection of the write.
        guild_id: where.
        actor: who did it; in cogs, `cogs.rights.actor(interaction)`.
        what: what was done, as it goes on after the name: "changed the session", "checked somebody in".
        now: the moment of the write.
        session_id: the session it was about, if any; its title is noted, too, so call this before deleting it.
        before: the fields that changed, as they were, with JSON values; for a session see domain.audit.difference.
            None: there was nothing before (it was made now).
        after: the same fields as they are now. None: there is nothing any more (it was deleted).
            Nothing is noted when both are given and equal: then 0 is returned.
        person: the person it was about (an attendee). Names and ids of people belong here and nowhere else, so
            that they can be erased.

    It is also posted in the guild's log channel, soon after the commit.
    """
    return _insert(conn, (guild_id, session_id), actor, what, (before, after), now=now, person=person)


def record_session(
    conn: sqlite3.Connection, actor: Actor, what: str, old: Session, new: Session, *, now: datetime
) -> int:
    """As `record`, for fields of a session; such a change can be taken back with `/audit` where that is safe."""
    return _insert(conn, (new.guild_id, new.id), actor, what, difference(old, new), now=now, of_session=True)


def count(conn: sqlite3.Connection, guild_id: int, session_id: SessionId | None = None) -> int:
    row = conn.execute(
        "SELECT count(*) FROM audit WHERE guild_id = ? AND (? IS NULL OR session_id = ?)",
        (guild_id, session_id, session_id),
    ).fetchone()
    return int(row[0])


def page(
    conn: sqlite3.Connection, guild_id: int, skipped: int, session_id: SessionId | None = None, limit: int = PAGE
) -> list[Change]:
    """Changes in a guild, or to one of its sessions, newest first."""
    rows = conn.execute(
        "SELECT * FROM audit WHERE guild_id = ? AND (? IS NULL OR session_id = ?)"
        " ORDER BY number DESC LIMIT ? OFFSET ?",
        (guild_id, session_id, session_id, limit, skipped),
    )
    return [change for _, change in _changes(rows)]


def get(conn: sqlite3.Connection, guild_id: int, number: int) -> Change | None:
    rows = conn.execute("SELECT * FROM audit WHERE guild_id = ? AND number = ?", (guild_id, number))
    return next((change for _, change in _changes(rows)), None)


def last(conn: sqlite3.Connection, guild_id: int) -> Change | None:
    """The newest change of a guild."""
    return next(iter(page(conn, guild_id, 0, limit=1)), None)


def last_to(
    conn: sqlite3.Connection,
    guild_id: int,
    field: str,
    *,
    session_id: SessionId | None = None,
    where: tuple[str, Any] | None = None,
) -> Change | None:
    """The newest change of one field, among the last of the guild or session; `where`: another field and its value."""
    for change in page(conn, guild_id, 0, session_id, limit=SEARCHED):
        before, after = change.before or {}, change.after or {}
        fits = where is None or after.get(where[0]) == where[1]
        if fits and field in after and before.get(field) != after[field]:
            return change
    return None


def mark_undone(conn: sqlite3.Connection, guild_id: int, number: int, by: int) -> None:
    conn.execute("UPDATE audit SET undone_by = ? WHERE guild_id = ? AND number = ?", (by, guild_id, number))


def was_announced(conn: sqlite3.Connection, session_id: SessionId) -> bool:
    """Whether a post about the session stands, or is being made."""
    row = conn.execute(
        "SELECT 1 FROM reminder WHERE session_id = ? AND state IN ('claimed', 'sent') LIMIT 1", (session_id,)
    ).fetchone()
    return row is not None


def untold(conn: sqlite3.Connection, limit: int, without: Sequence[int] = ()) -> list[tuple[int, Change]]:
    """Changes that the log channels have not been told of, with their guilds, in order; not those of some guilds."""
    marks = ", ".join("?" * (len(without) + 1))
    rows = conn.execute(
        f"SELECT * FROM audit WHERE told = 0 AND guild_id NOT IN ({marks})"  # noqa: S608 - marks alone; values are bound
        " ORDER BY guild_id, number LIMIT ?",
        (0, *without, limit),
    )
    return _changes(rows)


@vital
def told(conn: sqlite3.Connection, guild_id: int, until: int) -> None:
    """The log channel was seen to, up to this number."""
    conn.execute("UPDATE audit SET told = 1 WHERE guild_id = ? AND number <= ? AND told = 0", (guild_id, until))


def purge(conn: sqlite3.Connection, now: datetime) -> int:
    """Delete what is older than it may become; how many rows."""
    return conn.execute("DELETE FROM audit WHERE at < ?", (to_unix(now - KEPT),)).rowcount


def _insert(
    conn: sqlite3.Connection,
    where: tuple[int, SessionId | None],
    actor: Actor,
    what: str,
    values: tuple[Values | None, Values | None],
    *,
    now: datetime,
    person: Actor | None = None,
    of_session: bool = False,
) -> int:
    guild_id, session_id = where
    before, after = values
    if before is not None and before == after:
        return 0
    number = 1 + int(
        conn.execute("SELECT COALESCE(max(number), 0) FROM audit WHERE guild_id = ?", (guild_id,)).fetchone()[0]
    )
    title = conn.execute("SELECT title FROM session WHERE guild_id = ? AND id = ?", (guild_id, session_id)).fetchone()
    conn.execute(
        "INSERT INTO audit (guild_id, number, at, actor_id, actor_name, what, of_session, session_id, title,"
        " person_id, person_name, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(guild_id, number, to_unix(now), actor.id, actor.name, what, int(of_session), session_id),
            *(title and title[0], person and person.id, person and person.name, packed(before), packed(after)),
        ),
    )
    conn.execute("DELETE FROM audit WHERE guild_id = ? AND number <= ?", (guild_id, number - KEPT_ROWS))
    return number


def _changes(cursor: sqlite3.Cursor) -> list[tuple[int, Change]]:
    names = [column[0] for column in cursor.description]
    rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return [(row["guild_id"], _change(row)) for row in rows]


def _change(row: dict[str, Any]) -> Change:
    return Change(
        number=row["number"],
        at=from_unix(row["at"]),
        actor_id=row["actor_id"],
        actor_name=row["actor_name"],
        what=row["what"],
        of_session=bool(row["of_session"]),
        session_id=row["session_id"],
        title=row["title"],
        person_id=row["person_id"],
        person_name=row["person_name"],
        before=row["before"] and json.loads(row["before"]),
        after=row["after"] and json.loads(row["after"]),
        undone_by=row["undone_by"],
    )
