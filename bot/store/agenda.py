"""Stars and wishes of people, and what is near a moment: rows in, values out."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.agenda import MOST_FAILURES, Agenda, Around, Entry, Reminding, Starred, Starring
from bot.domain.sessions import LONGEST, Headline, Session, SessionId, TalkId
from bot.store import reminders, rsvps, sessions, talk_reminders
from bot.store import session_rows as rows
from bot.store.room import vital
from bot.store.values import to_unix

COMING, PAST = 10, 3  # sessions on an agenda
TOGETHER = 4  # sessions that are on, or begin, at one time

_LONGEST = int(LONGEST.total_seconds())
# Asked of each session to come: they are few, whatever a person has answered in all the years.
_COMING = """
SELECT id FROM session WHERE guild_id = :guild AND ends_at > :now AND (
    EXISTS (SELECT 1 FROM rsvp WHERE session_id = session.id AND user_id = :user AND answer IS NOT NULL)
    OR EXISTS (
        SELECT 1 FROM talk JOIN star ON star.talk_id = talk.id
        WHERE talk.session_id = session.id AND user_id = :user AND starred = 1
    )
) ORDER BY starts_at, id LIMIT :limit
"""
# CROSS JOIN: SQLite keeps to the order, and so begins with what this person has starred.
_PAST = """
SELECT id FROM (
    SELECT DISTINCT talk.session_id FROM star JOIN talk ON talk.id = star.talk_id WHERE user_id = :user AND starred = 1
) AS starred CROSS JOIN session
WHERE session.id = session_id AND guild_id = :guild AND ends_at <= :now AND status = 'scheduled'
ORDER BY starts_at DESC, id LIMIT :limit
"""
_HEADLINES_NOW = """
SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
WHERE guild_id = :guild AND starts_at > :now - :longest AND starts_at <= :now AND ends_at > :now AND status = :status
ORDER BY starts_at DESC, id LIMIT :limit
"""
# Up to the first one that takes place, and all that begin together with it.
_HEADLINES_NEXT = """
SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
WHERE guild_id = :guild AND starts_at > :now AND status = :status AND starts_at <= COALESCE((
    SELECT min(starts_at) FROM session WHERE guild_id = :guild AND starts_at > :now AND status = 'scheduled'
), 32503680000) ORDER BY starts_at DESC, id LIMIT :limit
"""
_LAST = """
SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
WHERE guild_id = ? AND ends_at <= ? AND status = 'scheduled' ORDER BY ends_at DESC, id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class StarPress:
    """A person sets a star or takes it away. `press_id` is the id of the interaction, which only rises."""

    press_id: int
    user_id: int
    talk_id: TalkId
    starred: bool


def set_star(conn: sqlite3.Connection, guild_id: int, press: StarPress, now: datetime) -> Starring | None:
    """Set or take away a star, with the reminder it brings; None when the guild has no such talk."""
    row = conn.execute(
        "SELECT session_id FROM talk JOIN session ON session.id = session_id WHERE guild_id = ? AND talk.id = ?",
        (guild_id, press.talk_id),
    ).fetchone()
    session = sessions.get(conn, guild_id, SessionId(row[0])) if row else None
    if session is None:
        return None
    outcome = _set(conn, press, now)
    state = reminding(conn, guild_id, press.user_id)
    if outcome is Starred.SET:  # from now on the person has been asked
        conn.execute(
            "INSERT INTO agenda (guild_id, user_id) VALUES (?, ?) ON CONFLICT (guild_id, user_id) DO NOTHING",
            (guild_id, press.user_id),
        )
    if outcome in (Starred.SET, Starred.TAKEN):
        talk_reminders.rearm(conn, session.id, now, press.user_id)
    return Starring(
        outcome=outcome,
        session=session,
        talk=next(talk for talk in session.talks if talk.id == press.talk_id),
        stars=stars(conn, guild_id, press.user_id),
        reminding=state,
    )


def stars(conn: sqlite3.Connection, guild_id: int, user_id: int) -> frozenset[TalkId]:
    """All talks of the guild that a person has starred."""
    found = conn.execute(
        "SELECT talk.id FROM star JOIN talk ON talk.id = star.talk_id JOIN session ON session.id = talk.session_id"
        " WHERE user_id = ? AND starred = 1 AND guild_id = ?",
        (user_id, guild_id),
    )
    return frozenset(TalkId(row[0]) for row in found)


def star_count(conn: sqlite3.Connection, guild_id: int, talk_id: TalkId) -> int:
    """How many people have starred a talk of the guild."""
    row = conn.execute(
        "SELECT count(*) FROM star JOIN talk ON talk.id = star.talk_id JOIN session ON session.id = talk.session_id"
        " WHERE talk_id = ? AND starred = 1 AND guild_id = ?",
        (talk_id, guild_id),
    ).fetchone()
    return int(row[0])


def reminding(conn: sqlite3.Connection, guild_id: int, user_id: int) -> Reminding:
    row = conn.execute(
        "SELECT reminded, failures FROM agenda WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
    ).fetchone()
    if row is None:
        return Reminding.NEVER_ASKED
    reminded, failures = row
    if reminded:
        return Reminding.ON
    return Reminding.CLOSED if failures >= MOST_FAILURES else Reminding.OFF


def set_reminding(
    conn: sqlite3.Connection, guild_id: int, user_id: int, press_id: int, now: datetime, *, wanted: bool
) -> Reminding:
    """Turn the messages before starred talks on or off; an old press that comes again changes nothing."""
    conn.execute(
        "INSERT INTO agenda (guild_id, user_id, reminded, press_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (guild_id, user_id) DO UPDATE SET reminded = excluded.reminded, failures = 0,"
        " press_id = excluded.press_id WHERE agenda.press_id < excluded.press_id",
        (guild_id, user_id, int(wanted), press_id),
    )
    talk_reminders.rearm_person(conn, guild_id, user_id, now)
    return reminding(conn, guild_id, user_id)


@vital
def undeliverable(conn: sqlite3.Connection, key: str, reason: str, now: datetime) -> None:
    """Settle a message before a talk that its person does not take; after several in a row, none are sent any more."""
    row = conn.execute(
        "SELECT session.guild_id, reminder.user_id FROM reminder JOIN session ON session.id = reminder.session_id"
        " WHERE key = ? AND state IN ('pending', 'claimed')",
        (key,),
    ).fetchone()
    if row is None:  # settled already, and counted
        return
    reminders.fail(conn, key, reason)
    conn.execute(
        "UPDATE agenda SET failures = failures + 1, reminded = CASE WHEN failures + 1 >= ? THEN 0 ELSE reminded END"
        " WHERE guild_id = ? AND user_id = ?",
        (MOST_FAILURES, *row),
    )
    guild_id, user_id = row
    talk_reminders.rearm_person(conn, guild_id, user_id, now)


def of_user(conn: sqlite3.Connection, guild_id: int, user_id: int, now: datetime) -> Agenda:
    """What a person has starred and answered, for what is not over yet, and what was starred of the last sessions."""
    bounds = {"guild": guild_id, "user": user_id, "now": to_unix(now), "limit": COMING + 1}
    coming = [row[0] for row in conn.execute(_COMING, bounds).fetchall()]
    past = [row[0] for row in conn.execute(_PAST, bounds | {"limit": PAST}).fetchall()]
    starred = stars(conn, guild_id, user_id)
    return Agenda(
        coming=_entries(conn, guild_id, user_id, coming[:COMING], starred),
        past=_entries(conn, guild_id, user_id, past, starred),
        reminding=reminding(conn, guild_id, user_id),
        more_coming=len(coming) > COMING,
    )


def around(conn: sqlite3.Connection, guild_id: int, now: datetime) -> Around:
    """The sessions near `now`: those begun last come first among those that run; at most a few of each."""
    bounds = {"guild": guild_id, "now": to_unix(now), "longest": _LONGEST, "limit": TOGETHER}
    on, off = bounds | {"status": "scheduled"}, bounds | {"status": "cancelled"}
    last = conn.execute(_LAST, (guild_id, to_unix(now))).fetchone()
    coming = _headlines(conn, _HEADLINES_NEXT, on)
    return Around(
        running=_whole(conn, _headlines(conn, _HEADLINES_NOW, on)),
        next=_whole(conn, coming),
        last=rows.headline(last) if last else None,
        cancelled_now=_headlines(conn, _HEADLINES_NOW, off),
        cancelled_next=_headlines(conn, _HEADLINES_NEXT, off),
    )


def _set(conn: sqlite3.Connection, press: StarPress, now: datetime) -> Starred:
    row = conn.execute(
        "SELECT starred, press_id FROM star WHERE talk_id = ? AND user_id = ?", (press.talk_id, press.user_id)
    ).fetchone()
    before, newest = (bool(row[0]), int(row[1])) if row else (False, 0)
    if newest >= press.press_id:
        return Starred.REPEATED
    conn.execute(
        "INSERT INTO star (talk_id, user_id, starred, press_id, starred_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (talk_id, user_id) DO UPDATE SET starred = excluded.starred, press_id = excluded.press_id,"
        " starred_at = excluded.starred_at",
        (press.talk_id, press.user_id, int(press.starred), press.press_id, to_unix(now)),
    )
    if before == press.starred:
        return Starred.SAME
    return Starred.SET if press.starred else Starred.TAKEN


def _entries(
    conn: sqlite3.Connection, guild_id: int, user_id: int, ids: Iterable[SessionId], starred: frozenset[TalkId]
) -> tuple[Entry, ...]:
    found = [session for key in ids if (session := sessions.get(conn, guild_id, key)) is not None]
    return tuple(
        Entry(
            session,
            rsvps.of_user(conn, guild_id, session.id, user_id),
            tuple(talk for talk in session.talks if talk.id in starred),
        )
        for session in found
    )


def _headlines(conn: sqlite3.Connection, statement: str, bounds: Mapping[str, object]) -> tuple[Headline, ...]:
    return tuple(map(rows.headline, conn.execute(statement, bounds).fetchall()))


def _whole(conn: sqlite3.Connection, headlines: Iterable[Headline]) -> tuple[Session, ...]:
    found = (sessions.get(conn, headline.guild_id, headline.id) for headline in headlines)
    return tuple(session for session in found if session is not None)
