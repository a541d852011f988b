"""Sessions with their talks and speakers: rows in, values out."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from bot.domain.search import fold
from bot.domain.sessions import (
    LONGEST,
    Headline,
    Link,
    MessageRef,
    Organizer,
    Session,
    SessionId,
    Speaker,
    Talk,
)
from bot.store import session_rows as rows
from bot.store.values import to_unix

_LONGEST = int(LONGEST.total_seconds())

# Each is one step along the index (guild_id, starts_at): :longest keeps the first from looking at old sessions.
_RUNNING = """
SELECT * FROM session WHERE guild_id = :guild AND status = 'scheduled'
AND starts_at > :now - :longest AND starts_at <= :now AND ends_at > :now ORDER BY starts_at DESC, id LIMIT 1
"""
_NEXT = """
SELECT * FROM session WHERE guild_id = :guild AND status = 'scheduled' AND starts_at > :now
ORDER BY starts_at, id LIMIT 1
"""
_LAST = """
SELECT * FROM session WHERE guild_id = :guild AND status = 'scheduled' AND starts_at <= :now
ORDER BY starts_at DESC, id LIMIT 1
"""
_NEXT_CANCELLED = """
SELECT * FROM session WHERE guild_id = :guild AND starts_at > :now ORDER BY starts_at, id LIMIT 1
"""
_LAST_CANCELLED = """
SELECT * FROM session WHERE guild_id = :guild AND starts_at <= :now ORDER BY starts_at DESC, id LIMIT 1
"""


def get(conn: sqlite3.Connection, guild_id: int, session_id: SessionId) -> Session | None:
    return _one(conn.execute("SELECT * FROM session WHERE guild_id = ? AND id = ?", (guild_id, session_id)))


def by_slug(conn: sqlite3.Connection, guild_id: int, slug: str) -> Session | None:
    return _one(conn.execute("SELECT * FROM session WHERE guild_id = ? AND slug = ?", (guild_id, slug)))


def by_id(conn: sqlite3.Connection, session_id: SessionId) -> Session | None:
    """For delivery alone, whose rows name the session: whatever a person asks for is bounded by a guild, see `get`."""
    return _one(conn.execute("SELECT * FROM session WHERE id = ?", (session_id,)))


def relevant(conn: sqlite3.Connection, guild_id: int, now: datetime) -> Session | None:
    """The session people mean without naming one: running (begun last), else next, else the last one over.

    Cancelled sessions come in only where there is no other.
    """
    bounds = {"guild": guild_id, "now": to_unix(now), "longest": _LONGEST}
    for statement in (_RUNNING, _NEXT, _LAST, _NEXT_CANCELLED, _LAST_CANCELLED):
        session = _one(conn.execute(statement, bounds))
        if session is not None:
            return session
    return None


def past_and_upcoming(
    conn: sqlite3.Connection, guild_id: int, now: datetime, limit: int
) -> tuple[tuple[Headline, ...], tuple[Headline, ...]]:
    """At most `limit` sessions that are over (newest first), and at most `limit` that run or come (soonest first)."""
    bounds = {"guild": guild_id, "now": to_unix(now), "longest": _LONGEST, "limit": limit}
    past = conn.execute(
        """
        SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
        WHERE guild_id = :guild AND starts_at < :now AND ends_at <= :now
        ORDER BY starts_at DESC, id LIMIT :limit
        """,
        bounds,
    )
    upcoming = conn.execute(
        """
        SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
        WHERE guild_id = :guild AND starts_at > :now - :longest AND ends_at > :now
        ORDER BY starts_at, id LIMIT :limit
        """,
        bounds,
    )
    return tuple(map(rows.headline, past)), tuple(map(rows.headline, upcoming))


def speakers_by_slug(conn: sqlite3.Connection, guild_id: int, slugs: Iterable[str]) -> dict[str, Speaker]:
    """The speakers of a guild that exist under these slugs."""
    found: dict[str, Speaker] = {}
    for slug in slugs:
        row = conn.execute(
            "SELECT id, slug, name, affiliation, biography, links FROM speaker WHERE guild_id = ? AND slug = ?",
            (guild_id, slug),
        ).fetchone()
        if row is not None:
            found[slug] = rows.speaker(row)
    return found


def save(conn: sqlite3.Connection, session: Session) -> None:
    """Insert or update a session with its talks and speakers, all by id, as they stand in `session`.

    Talks no longer in it go, and so do its former speakers who are left without any talk; answers (RSVPs) stay.

    Raises:
        sqlite3.IntegrityError: another session (speaker, talk) has the slug, or the id belongs to another guild.
    """
    former = _speaker_ids(conn, session.id)
    _save_session(conn, session)
    for speaker in session.speakers():
        _save_speaker(conn, session.guild_id, speaker)
    _save_talks(conn, session)
    conn.executemany(
        "DELETE FROM speaker WHERE id = ? AND NOT EXISTS (SELECT 1 FROM talk_speaker WHERE speaker_id = speaker.id)",
        former,
    )


def set_links(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, stream_url: str | None, recording_url: str | None
) -> None:
    conn.execute(
        "UPDATE session SET stream_url = ?, recording_url = ? WHERE guild_id = ? AND id = ?",
        (stream_url, recording_url, guild_id, session_id),
    )


def set_card(conn: sqlite3.Connection, session_id: SessionId, card: MessageRef | None) -> None:
    """Remember where the card of a session stands (None: nowhere)."""
    where = (card.channel_id, card.message_id) if card else (None, None)
    conn.execute("UPDATE session SET card_channel_id = ?, card_message_id = ? WHERE id = ?", (*where, session_id))


def _one(cursor: sqlite3.Cursor) -> Session | None:
    values = cursor.fetchone()
    if values is None:
        return None
    row = {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
    return rows.session(row, _talks(cursor.connection, row["id"]))


def _talks(conn: sqlite3.Connection, session_id: SessionId) -> tuple[Talk, ...]:
    talks = conn.execute(
        """
        SELECT id, slug, position, title, abstract, starts_at, slides_url, recording_url FROM talk
        WHERE session_id = ? ORDER BY position, id
        """,
        (session_id,),
    )
    speakers = conn.execute(
        """
        SELECT talk_id, speaker.id, speaker.slug, name, affiliation, biography, links
        FROM talk JOIN talk_speaker ON talk_id = talk.id JOIN speaker ON speaker.id = speaker_id
        WHERE session_id = ? ORDER BY talk.position, talk_speaker.position
        """,
        (session_id,),
    )
    known: dict[str, Speaker] = {}
    by_talk: dict[str, list[Speaker]] = {}
    for talk_id, *row in speakers:
        speaker = known.get(row[0]) or known.setdefault(row[0], rows.speaker(row))
        by_talk.setdefault(talk_id, []).append(speaker)
    return tuple(rows.talk(row, tuple(by_talk.get(row[0], ()))) for row in talks)


def _save_session(conn: sqlite3.Connection, session: Session) -> None:
    columns: dict[str, object] = {
        "id": session.id,
        "guild_id": session.guild_id,
        "slug": session.slug,
        "title": session.title,
        "folded": fold(" ".join(filter(None, (session.title, session.venue, session.city)))),
        "theme": session.theme,
        "foreword": session.foreword,
        "starts_at": to_unix(session.starts_at),
        "ends_at": to_unix(session.ends_at),
        "zone": session.zone,
        "mode": session.mode.value,
        "status": session.status.value,
        "venue": session.venue,
        "city": session.city,
        "organizers": _json(session.organizers),
        "links": _json(session.links),
        "streamed": int(session.streamed),
        "recorded": int(session.recorded),
        "stream_url": session.stream_url,
        "recording_url": session.recording_url,
        "capacity": session.capacity,
        "generation": session.generation,
        "card_channel_id": session.card.channel_id if session.card else None,
        "card_message_id": session.card.message_id if session.card else None,
        "channel_id": session.channel_id,
        "cancel_reason": session.cancel_reason,
        "quiet": int(session.quiet),
    }
    _upsert(conn, "session", columns, owner="guild_id")


def _save_speaker(conn: sqlite3.Connection, guild_id: int, speaker: Speaker) -> None:
    columns: dict[str, object] = {
        "id": speaker.id,
        "guild_id": guild_id,
        "slug": speaker.slug,
        "name": speaker.name,
        "folded": fold(f"{speaker.name} {speaker.affiliation or ''}"),
        "affiliation": speaker.affiliation,
        "biography": speaker.biography,
        "links": _json(speaker.links),
    }
    _upsert(conn, "speaker", columns, owner="guild_id")


def _save_talks(conn: sqlite3.Connection, session: Session) -> None:
    kept = {talk.id for talk in session.talks}
    stored = conn.execute("SELECT id FROM talk WHERE session_id = ?", (session.id,)).fetchall()
    conn.executemany("DELETE FROM talk WHERE id = ?", [row for row in stored if row[0] not in kept])
    for talk in session.talks:
        _save_talk(conn, session.id, talk)


def _save_talk(conn: sqlite3.Connection, session_id: SessionId, talk: Talk) -> None:
    columns: dict[str, object] = {
        "id": talk.id,
        "session_id": session_id,
        "slug": talk.slug,
        "position": talk.position,
        "title": talk.title,
        "folded": fold(talk.title),
        "abstract": talk.abstract,
        "starts_at": to_unix(talk.starts_at),
        "slides_url": talk.slides_url,
        "recording_url": talk.recording_url,
    }
    _upsert(conn, "talk", columns, owner="session_id")
    conn.execute("DELETE FROM talk_speaker WHERE talk_id = ?", (talk.id,))
    conn.executemany(
        "INSERT INTO talk_speaker (talk_id, speaker_id, position) VALUES (?, ?, ?)",
        [(talk.id, speaker.id, position) for position, speaker in enumerate(talk.speakers, 1)],
    )


def _upsert(conn: sqlite3.Connection, table: str, columns: dict[str, object], owner: str) -> None:
    """Write one row by its id, unless a row with that id has another owner (a guild, a session)."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in {"id", owner})
    marks = ", ".join("?" for _ in columns)
    written = conn.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own; values are bound
        f" ON CONFLICT (id) DO UPDATE SET {changes} WHERE {table}.{owner} = excluded.{owner}",
        tuple(columns.values()),
    )
    if written.rowcount != 1:
        raise sqlite3.IntegrityError(f"{table}.id belongs to another {owner.removesuffix('_id')}")


def _speaker_ids(conn: sqlite3.Connection, session_id: SessionId) -> list[tuple[str]]:
    return conn.execute(
        "SELECT DISTINCT speaker_id FROM talk_speaker JOIN talk ON talk.id = talk_id WHERE session_id = ?",
        (session_id,),
    ).fetchall()


def _json(items: Iterable[Organizer | Link]) -> str:
    return json.dumps([asdict(item) for item in items], ensure_ascii=False)
