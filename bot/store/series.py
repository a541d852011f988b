"""Series of sessions: rows in, values out; and when each of their sessions is announced."""

import sqlite3
from collections.abc import Iterable
from datetime import date, datetime

from bot.domain.repeats import Member, Series, SeriesId, announce_at
from bot.domain.series import Every, Occurrence, Rule
from bot.domain.sessions import Session, SessionId
from bot.store import session_rows as rows
from bot.store.values import from_unix, to_unix

_MEMBERS = """
SELECT number, local, planned_at, card_message_id IS NOT NULL
OR EXISTS (SELECT 1 FROM rsvp WHERE rsvp.session_id = session.id)
OR EXISTS (SELECT 1 FROM reminder WHERE reminder.session_id = session.id AND state IN ('claimed', 'sent')),
session.id, guild_id, slug, title, starts_at, ends_at, zone, mode, status
FROM occurrence LEFT JOIN session ON session.id = occurrence.session_id WHERE series_id = ? ORDER BY number
"""
# The one before in the same series, by the time it takes place. One that is cancelled keeps its place until it would
# have been over: to call off one evening is no reason to announce, and ring for, the next at once.
_BEFORE = """
SELECT max(other.ends_at) FROM occurrence AS own JOIN occurrence AS beside ON beside.series_id = own.series_id
JOIN session AS other ON other.id = beside.session_id
WHERE own.session_id = ? AND other.id <> own.session_id AND other.starts_at < ?
"""
_WAITING = """
SELECT session.id, starts_at FROM occurrence JOIN session ON session.id = occurrence.session_id
JOIN reminder ON reminder.session_id = session.id
WHERE series_id = ? AND kind = 'announce' AND state = 'pending' AND tries = 0 AND due_at > ?
"""


def save(conn: sqlite3.Connection, series: Series) -> None:
    """Store a new series; its sessions are there already."""
    rule = series.rule
    conn.execute(
        "INSERT INTO series (id, guild_id, zone, every, nth, first_day, times, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(series.id, series.guild_id, series.zone, rule.every.value, rule.nth, series.first_day.isoformat()),
            *(rule.count, rule.until and rule.until.isoformat()),
        ),
    )
    conn.executemany(
        "INSERT INTO occurrence (series_id, number, session_id, local, planned_at) VALUES (?, ?, ?, ?, ?)",
        [(series.id, member.planned.number, member.session and member.session.id, *_planned(member.planned))
         for member in series.members],
    )  # fmt: skip


def of_session(conn: sqlite3.Connection, guild_id: int, session_id: SessionId) -> Series | None:
    """The series that a session of the guild belongs to."""
    row = conn.execute(
        "SELECT id, guild_id, zone, every, nth, first_day, times, until FROM series WHERE guild_id = ?"
        " AND id = (SELECT series_id FROM occurrence WHERE session_id = ?)",
        (guild_id, session_id),
    ).fetchone()
    if row is None:
        return None
    key, guild_id, zone, every, nth, first_day, times, until = row
    rule = Rule(Every(every), times, date.fromisoformat(until) if until else None, nth)
    members = tuple(_member(member) for member in conn.execute(_MEMBERS, (key,)))
    return Series(SeriesId(key), guild_id, zone, rule, date.fromisoformat(first_day), members)


def plan_anew(conn: sqlite3.Connection, series_id: SeriesId, planned: Iterable[Occurrence]) -> None:
    """Set when occurrences take place by the series' own plan; their sessions are moved by whoever calls."""
    conn.executemany(
        "UPDATE occurrence SET local = ?, planned_at = ? WHERE series_id = ? AND number = ?",
        [(*_planned(each), series_id, each.number) for each in planned],
    )


def leave_out(conn: sqlite3.Connection, session_id: SessionId) -> None:
    """Note that an occurrence is skipped, before its session is deleted: its place in the series stays empty."""
    conn.execute("UPDATE occurrence SET session_id = NULL WHERE session_id = ?", (session_id,))


def announced_at(conn: sqlite3.Connection, session: Session, now: datetime) -> datetime:
    """When the card of `session` is to be posted first: now, but of a series only one session after the other."""
    before = conn.execute(_BEFORE, (session.id, to_unix(session.starts_at))).fetchone()[0]
    return announce_at(session.starts_at, from_unix(before), now)


def announce_followers(conn: sqlite3.Connection, session_id: SessionId, now: datetime) -> None:
    """Bring the announcements that still wait in the same series in line, after a change of one of its sessions."""
    row = conn.execute("SELECT series_id FROM occurrence WHERE session_id = ?", (session_id,)).fetchone()
    if row is not None:
        announce_waiting(conn, SeriesId(row[0]), now)


def announce_waiting(conn: sqlite3.Connection, series_id: SeriesId, now: datetime) -> None:
    """Bring all announcements that still wait in a series in line with its sessions."""
    for session_id, starts_at in conn.execute(_WAITING, (series_id, to_unix(now))).fetchall():
        before = conn.execute(_BEFORE, (session_id, starts_at)).fetchone()[0]
        due = to_unix(announce_at(from_unix(starts_at), from_unix(before), now))
        conn.execute(
            "UPDATE reminder SET due_at = ?, next_try_at = ? WHERE session_id = ? AND kind = 'announce'"
            " AND state = 'pending' AND tries = 0",
            (due, due, session_id),
        )


def open_sessions(conn: sqlite3.Connection, guild_id: int, now: datetime) -> int:
    """How many sessions of a guild run or are to come."""
    row = conn.execute(
        "SELECT count(*) FROM session WHERE guild_id = ? AND status = 'scheduled' AND ends_at > ?",
        (guild_id, to_unix(now)),
    ).fetchone()
    return int(row[0])


def same_session(conn: sqlite3.Connection, guild_id: int, title: str, starts_at: datetime) -> bool:
    """Whether a session of that title is at that time already: a button was pressed twice."""
    row = conn.execute(
        "SELECT 1 FROM session WHERE guild_id = ? AND title = ? AND starts_at = ? AND status = 'scheduled'",
        (guild_id, title, to_unix(starts_at)),
    ).fetchone()
    return row is not None


def _planned(occurrence: Occurrence) -> tuple[str, int]:
    return occurrence.local.isoformat(), to_unix(occurrence.starts_at)


def _member(row: tuple[int, str, int, int, str | None]) -> Member:
    number, local, planned_at, announced, *headline = row
    planned = Occurrence(number, datetime.fromisoformat(local), from_unix(planned_at))
    return Member(planned, rows.headline(headline) if headline[0] else None, bool(announced))
