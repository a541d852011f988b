"""Reminders as rows: planned with their session, claimed before they are sent, and never forgotten in between."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.reminders import (
    ANNOUNCE,
    BEFORE,
    CHANGED,
    RECORDING,
    START,
    TALK,
    Reminder,
    State,
    announcement,
    notice,
    plan,
    talk_of,
)
from bot.domain.sessions import MessageRef, Session, SessionId, Status
from bot.store import guilds, recordings, reminder_rules, series, sessions, talk_reminders
from bot.store.room import vital
from bot.store.values import from_unix, to_unix

# Of a guild, due already, and put off.
_WAITS_LONGER = """
state IN ('pending', 'claimed') AND due_at <= :now AND next_try_at > :now
AND session_id IN (SELECT id FROM session WHERE guild_id = :guild)
"""
LEASE = timedelta(seconds=60)  # a claim that nobody settled in this time is taken up again


def rearm(conn: sqlite3.Connection, session: Session, now: datetime) -> None:
    """Bring the rows of `session` in line with its plan; to be called in the transaction that writes the session.

    Idempotent. What was sent stays. Rows that were never tried and are no longer wanted go; those under way are
    looked at by the courier at once, who sees that they no longer stand.
    """
    offsets = reminder_rules.offsets(conn, session)
    planned = [reminder for reminder in plan(session, now, offsets) if reminder.kind != ANNOUNCE]
    _drop_unwanted(conn, session, [reminder.key for reminder in planned], now)
    for reminder in planned:
        _put(conn, reminder)
    for reminder in recordings.planned(conn, session, now):
        _put(conn, reminder)
    _rearm_announcement(conn, session, now)
    series.announce_followers(conn, session.id, now)
    talk_reminders.rearm(conn, session.id, now)


def announce_again(conn: sqlite3.Connection, session: Session, now: datetime) -> None:
    """Post the card anew, unless a post of it is already on its way there; one that waits is posted now."""
    conn.execute(
        "UPDATE reminder SET due_at = ?, next_try_at = ?"
        " WHERE session_id = ? AND kind = ? AND state = 'pending' AND due_at > ?",
        (to_unix(now), to_unix(now), session.id, ANNOUNCE, to_unix(now)),
    )
    there = session.channel_id or guilds.config(conn, session.guild_id).announce_channel_id
    open_already = conn.execute(
        "SELECT 1 FROM reminder WHERE session_id = ? AND kind = ?"
        " AND (state = 'pending' OR state = 'claimed' AND COALESCE(channel_id, ?) IS ?)",
        (session.id, ANNOUNCE, there, there),
    ).fetchone()
    if not open_already and session.status is not Status.CANCELLED:
        _put(conn, announcement(session, now, _editions(conn, session.id) + 1))


def notify(
    conn: sqlite3.Connection, session: Session, kind: str, user_id: int, *, generation: int, now: datetime
) -> None:
    """Have a direct message sent to `user_id`; the same kind and generation to the same person is sent once."""
    _put(conn, notice(session, kind, user_id, generation, now))


def notify_all(conn: sqlite3.Connection, planned: Iterable[Reminder]) -> None:
    """Have these direct messages sent, each once.

    Who has one of the kind waiting, which was not tried yet, gets that one alone, at the moment of the new one.
    """
    for reminder in planned:
        waiting = conn.execute(
            "UPDATE reminder SET due_at = ?, next_try_at = ?, deadline_at = ?"
            " WHERE session_id = ? AND kind = ? AND user_id = ? AND state = 'pending' AND tries = 0",
            (
                *(to_unix(reminder.due_at), to_unix(reminder.due_at), to_unix(reminder.deadline_at)),
                *(reminder.session_id, reminder.kind, reminder.user_id),
            ),
        )
        if not waiting.rowcount:
            _put(conn, reminder)


def forget_notices(conn: sqlite3.Connection, session_id: SessionId, kind: str, generation: int) -> None:
    """Nobody needs to be told any more; what was tried already stays."""
    conn.execute(
        "DELETE FROM reminder WHERE session_id = ? AND kind = ? AND generation = ? AND state = 'pending' AND tries = 0",
        (session_id, kind, generation),
    )


def look_again(conn: sqlite3.Connection, session: Session, since: datetime, now: datetime) -> None:
    """Have the reminders of `session` that were due from `since` on, and are posted, corrected or taken back.

    They say something that is no longer so.
    """
    conn.execute(
        "UPDATE reminder SET state = 'claimed', next_try_at = ?, reason = NULL"
        " WHERE session_id = ? AND state = 'sent' AND message_id IS NOT NULL AND user_id IS NULL AND due_at >= ?"
        " AND (kind = ? OR kind LIKE ?)",
        (to_unix(now), session.id, to_unix(since), START, f"{BEFORE}%"),
    )


def due(conn: sqlite3.Connection, now: datetime, limit: int, also: Iterable[str] = ()) -> list[Reminder]:
    """Open reminders whose next try has come at `now`, the longest waiting first, and those with the keys `also`.

    What is held back (a pause, a guild without the bot) is left out.
    """
    rows = conn.execute(
        "SELECT * FROM reminder WHERE state IN ('pending', 'claimed') AND next_try_at <= ?"
        " AND NOT EXISTS (SELECT 1 FROM held_reminder WHERE held_reminder.key = reminder.key)"
        " ORDER BY next_try_at, due_at, key LIMIT ?",
        (to_unix(now), limit),
    )
    found = {reminder.key: reminder for reminder in _reminders(rows)}
    for key in also:
        if key not in found:
            row = conn.execute(
                "SELECT * FROM reminder WHERE key = ? AND state IN ('pending', 'claimed')"
                " AND NOT EXISTS (SELECT 1 FROM held_reminder WHERE held_reminder.key = reminder.key)",
                (key,),
            )
            found |= {reminder.key: reminder for reminder in _reminders(row)}
    return list(found.values())


def next_due(conn: sqlite3.Connection, after: datetime) -> datetime | None:
    """The first moment after `after` at which an open reminder wants a try."""
    seconds: int | None = conn.execute(
        "SELECT min(next_try_at) FROM reminder WHERE state IN ('pending', 'claimed') AND next_try_at > ?"
        " AND NOT EXISTS (SELECT 1 FROM held_reminder WHERE held_reminder.key = reminder.key)",
        (to_unix(after),),
    ).fetchone()[0]
    return from_unix(seconds)


def by_key(conn: sqlite3.Connection, key: str) -> Reminder | None:
    return next(iter(_reminders(conn.execute("SELECT * FROM reminder WHERE key = ?", (key,)))), None)


def guild_of_notice(conn: sqlite3.Connection, key: str, user_id: int) -> int | None:
    """The guild of the session that the direct message `key` to `user_id` was about.

    A press in a direct message comes without a guild; the key that only this person was sent stands in for it.
    """
    row = conn.execute(
        "SELECT session.guild_id FROM reminder JOIN session ON session.id = reminder.session_id"
        " WHERE reminder.key = ? AND reminder.user_id = ?",
        (key, user_id),
    ).fetchone()
    return None if row is None else int(row[0])


@vital
def claim(
    conn: sqlite3.Connection, key: str, owner: str, now: datetime, *, channel_id: int | None, floor_id: int
) -> Reminder | None:
    """Begin a try: from here on the post may exist. None when it is settled or held, or its session has changed.

    The channel and the floor of the first try are kept for all later ones: that is where a post has to be sought.
    """
    rows = conn.execute(
        "UPDATE reminder SET state = 'claimed', owner = ?, claimed_at = ?, first_try_at = COALESCE(first_try_at, ?),"
        " channel_id = COALESCE(channel_id, ?), floor_id = COALESCE(floor_id, ?), tries = tries + 1, next_try_at = ?"
        " WHERE key = ? AND state IN ('pending', 'claimed') AND message_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM held_reminder WHERE held_reminder.key = reminder.key)"
        " AND EXISTS (SELECT 1 FROM session WHERE session.id = reminder.session_id AND session.status = 'scheduled'"
        "  AND (reminder.user_id IS NOT NULL OR reminder.kind = 'announce'"
        "   OR session.generation = reminder.generation)"
        "  OR session.id = reminder.session_id AND reminder.kind = 'changed')"
        " RETURNING *",
        (owner, to_unix(now), to_unix(now), channel_id, floor_id, _rounded_up(now + LEASE), key),
    )
    return next(iter(_reminders(rows)), None)


@vital
def sent(conn: sqlite3.Connection, key: str, channel_id: int, message_id: int | None, note: str | None = None) -> bool:
    """Record that the post exists; the announcement becomes the session's card in the same transaction.

    False when the session was changed or deleted meanwhile: then the post says something wrong and is to be taken
    back, which stays on record until `skip`. `message_id` is None when the post existed and was deleted again.
    """
    reminder = by_key(conn, key)
    session = None if reminder is None else sessions.by_id(conn, reminder.session_id)
    if reminder is None or session is None:
        return False
    # A card is kept up to date by itself, and what is gone needs no taking back.
    stands = reminder.stands_for(session) or reminder.kind == ANNOUNCE or message_id is None
    conn.execute(
        "UPDATE reminder SET state = ?, channel_id = ?, message_id = ?, reason = ? WHERE key = ?",
        ("sent" if stands else "claimed", channel_id, message_id, note, key),
    )
    if talk_of(reminder.kind) is not None and reminder.user_id is not None:
        talk_reminders.delivered(conn, session.guild_id, reminder.user_id)
    if reminder.kind == ANNOUNCE and message_id is not None:
        sessions.set_card(conn, session.id, MessageRef(channel_id, message_id))
    return stands


@vital
def again_at(conn: sqlite3.Connection, key: str, next_try: datetime, reason: str | None = None) -> None:
    """Try again at `next_try`; what was begun stays in doubt."""
    conn.execute(
        "UPDATE reminder SET next_try_at = ?, reason = COALESCE(?, reason)"
        " WHERE key = ? AND state IN ('pending', 'claimed')",
        (_rounded_up(next_try), reason, key),
    )


@vital
def refused(conn: sqlite3.Connection, key: str, next_try: datetime, reason: str) -> None:
    """Try again at `next_try`, perhaps elsewhere: no try has left a post behind."""
    conn.execute(
        "UPDATE reminder SET state = 'pending', next_try_at = ?, reason = ?, first_try_at = NULL, channel_id = NULL,"
        " floor_id = NULL"
        " WHERE key = ? AND state IN ('pending', 'claimed')",
        (_rounded_up(next_try), reason, key),
    )


def waits_longer(conn: sqlite3.Connection, guild_id: int, now: datetime) -> bool:
    """Whether `retry_now` would change anything."""
    bounds = {"guild": guild_id, "now": to_unix(now)}
    return conn.execute(f"SELECT 1 FROM reminder WHERE {_WAITS_LONGER} LIMIT 1", bounds).fetchone() is not None  # noqa: S608 - a text of our own


def retry_now(conn: sqlite3.Connection, guild_id: int, now: datetime) -> None:
    """Let what waits in this guild be tried at once: its channels or permissions have changed."""
    bounds = {"guild": guild_id, "now": to_unix(now)}
    conn.execute(f"UPDATE reminder SET next_try_at = :now WHERE {_WAITS_LONGER}", bounds)  # noqa: S608 - a text of our own


@vital
def skip(conn: sqlite3.Connection, key: str, reason: str) -> None:
    """Settle it without a post."""
    _settle(conn, key, State.SKIPPED, reason)


@vital
def fail(conn: sqlite3.Connection, key: str, reason: str) -> None:
    """Settle it as impossible."""
    _settle(conn, key, State.FAILED, reason)


def any_stale_claim(conn: sqlite3.Connection, owner: str) -> bool:
    """Whether `stale_claims` may change anything."""
    row = conn.execute("SELECT 1 FROM reminder WHERE state = 'claimed' AND owner <> ? LIMIT 1", (owner,)).fetchone()
    return row is not None


@vital
def stale_claims(conn: sqlite3.Connection, owner: str, now: datetime) -> int:
    """Let claims of processes other than `owner` be taken up at once; returns how many there were.

    Only one process may hold the database, so every other owner is gone.
    """
    return conn.execute(
        "UPDATE reminder SET next_try_at = ? WHERE state = 'claimed' AND owner <> ? AND next_try_at > ?",
        (to_unix(now), owner, to_unix(now)),
    ).rowcount


def overtaken_by(conn: sqlite3.Connection, reminder: Reminder, now: datetime) -> str | None:
    """The kind of a newer reminder of the same session that is posted, or about to be: this one would be noise."""
    row = conn.execute(
        "SELECT kind FROM reminder WHERE session_id = ? AND generation = ? AND (kind = ? OR kind LIKE ?)"
        " AND due_at > ? AND due_at <= ? AND (state = 'sent' OR (state IN ('pending', 'claimed') AND deadline_at > ?))"
        " ORDER BY due_at DESC LIMIT 1",
        (
            *(reminder.session_id, reminder.generation, START, f"{BEFORE}%"),
            *(to_unix(reminder.due_at), to_unix(now), to_unix(now)),
        ),
    ).fetchone()
    return None if row is None else str(row[0])


def last_announced(conn: sqlite3.Connection, session_id: SessionId, edition: int) -> int:
    """The message id of the card's latest post before `edition`; 0 if there is none."""
    row = conn.execute(
        "SELECT max(message_id) FROM reminder WHERE session_id = ? AND kind = ? AND generation < ?",
        (session_id, ANNOUNCE, edition),
    ).fetchone()
    return int(row[0] or 0)


def history(conn: sqlite3.Connection, guild_id: int, limit: int, session_id: SessionId | None = None) -> list[Reminder]:
    """What was and will be posted in a guild, or about one of its sessions: latest moment first."""
    rows = conn.execute(
        "SELECT reminder.* FROM reminder JOIN session ON session.id = reminder.session_id"
        " WHERE session.guild_id = ? AND reminder.session_id = COALESCE(?, reminder.session_id)"
        " ORDER BY reminder.due_at DESC, reminder.key LIMIT ?",
        (guild_id, session_id, limit),
    )
    return _reminders(rows)


def _drop_unwanted(conn: sqlite3.Connection, session: Session, wanted: list[str], now: datetime) -> None:
    rows = conn.execute(
        "SELECT key, kind, user_id, tries FROM reminder WHERE session_id = ? AND state IN ('pending', 'claimed')",
        (session.id,),
    ).fetchall()
    for key, kind, user_id, tries in rows:
        keeps = session.status is not Status.CANCELLED and (kind == ANNOUNCE or user_id is not None)
        if keeps or key in wanted or kind == CHANGED:
            continue
        if tries:  # a post may stand: the courier looks
            conn.execute("UPDATE reminder SET next_try_at = ? WHERE key = ?", (to_unix(now), key))
        else:
            conn.execute("DELETE FROM reminder WHERE key = ?", (key,))


def _rearm_announcement(conn: sqlite3.Connection, session: Session, now: datetime) -> None:
    conn.execute(
        "UPDATE reminder SET deadline_at = ? WHERE session_id = ? AND state IN ('pending', 'claimed')"
        " AND (kind = ? OR user_id IS NOT NULL) AND kind NOT LIKE ? AND kind NOT IN (?, ?)",
        (to_unix(session.ends_at), session.id, ANNOUNCE, f"{TALK}%", CHANGED, RECORDING),
    )
    posted = conn.execute(
        "SELECT 1 FROM reminder WHERE session_id = ? AND kind = ? AND state IN ('pending', 'claimed', 'sent')",
        (session.id, ANNOUNCE),
    ).fetchone()
    if posted or session.card is not None or session.status is Status.CANCELLED:
        return
    editions = _editions(conn, session.id)
    if editions == 0 or session.ends_at > now:
        planned = announcement(session, now, editions + 1)
        if editions == 0 and planned.state is State.PENDING:
            planned = replace(planned, due_at=series.announced_at(conn, session, now))
        _put(conn, planned)


def _editions(conn: sqlite3.Connection, session_id: SessionId) -> int:
    row = conn.execute(
        "SELECT max(generation) FROM reminder WHERE session_id = ? AND kind = ?", (session_id, ANNOUNCE)
    ).fetchone()
    return int(row[0] or 0)


def _put(conn: sqlite3.Connection, reminder: Reminder) -> None:
    # A row that is there stays, only its times follow; one that was put off before its moment comes back to life
    # (a session that was cancelled and is on again).
    conn.execute(
        """
        INSERT INTO reminder
        (key, session_id, kind, generation, user_id, due_at, deadline_at, state, next_try_at, reason, guild_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT guild_id FROM session WHERE id = ?))
        ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, deadline_at = excluded.deadline_at,
        next_try_at = excluded.next_try_at, state = 'pending', reason = NULL
        WHERE excluded.state = 'pending' AND excluded.user_id IS NULL
        AND (reminder.state = 'pending' OR (reminder.state = 'skipped' AND reminder.tries = 0))
        """,
        (
            *(reminder.key, reminder.session_id, reminder.kind, reminder.generation, reminder.user_id),
            *(to_unix(reminder.due_at), to_unix(reminder.deadline_at), reminder.state.value),
            *(to_unix(reminder.due_at), reminder.reason, reminder.session_id),
        ),
    )


def _settle(conn: sqlite3.Connection, key: str, state: State, reason: str) -> None:
    conn.execute(
        "UPDATE reminder SET state = ?, reason = ? WHERE key = ? AND state IN ('pending', 'claimed')",
        (state.value, reason, key),
    )


def _rounded_up(moment: datetime) -> int:
    return to_unix(moment + timedelta(microseconds=999_999))


def _reminders(cursor: sqlite3.Cursor) -> list[Reminder]:
    names = [column[0] for column in cursor.description]
    return [_reminder(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _reminder(row: dict[str, Any]) -> Reminder:
    return Reminder(
        key=row["key"],
        session_id=SessionId(row["session_id"]),
        kind=row["kind"],
        generation=row["generation"],
        due_at=from_unix(row["due_at"]),
        deadline_at=from_unix(row["deadline_at"]),
        user_id=row["user_id"],
        state=State(row["state"]),
        reason=row["reason"],
        channel_id=row["channel_id"],
        owner=row["owner"],
        first_try_at=from_unix(row["first_try_at"]),
        floor_id=row["floor_id"],
        tries=row["tries"],
        message_id=row["message_id"],
    )
