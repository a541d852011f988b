"""Finds the sessions of talks and speakers, for those who change them."""

import sqlite3

from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, TalkId
from bot.store import session_rows as rows
from bot.store import sessions


def session_of(conn: sqlite3.Connection, guild_id: int, talk_id: TalkId) -> Session | None:
    """The session of the guild in which the talk is held."""
    row = conn.execute(
        "SELECT session_id FROM talk JOIN session ON session.id = session_id WHERE guild_id = ? AND talk.id = ?",
        (guild_id, talk_id),
    ).fetchone()
    return None if row is None else sessions.get(conn, guild_id, SessionId(row[0]))


def sessions_of_speaker(conn: sqlite3.Connection, guild_id: int, speaker_id: SpeakerId) -> list[SessionId]:
    """All sessions of the guild in which the speaker gives a talk."""
    found = conn.execute(
        "SELECT DISTINCT session.id FROM talk_speaker JOIN talk ON talk.id = talk_id"
        " JOIN session ON session.id = session_id WHERE guild_id = ? AND speaker_id = ?",
        (guild_id, speaker_id),
    )
    return [SessionId(row[0]) for row in found]


def talks_of_speaker(conn: sqlite3.Connection, guild_id: int, speaker_id: SpeakerId) -> list[TalkId]:
    found = conn.execute(
        "SELECT talk_id FROM talk_speaker JOIN talk ON talk.id = talk_id JOIN session ON session.id = session_id"
        " WHERE guild_id = ? AND speaker_id = ? ORDER BY session.starts_at, talk.position",
        (guild_id, speaker_id),
    )
    return [TalkId(row[0]) for row in found]


def speaker(conn: sqlite3.Connection, guild_id: int, speaker_id: SpeakerId) -> Speaker | None:
    row = conn.execute(
        "SELECT id, slug, name, affiliation, biography, links FROM speaker WHERE guild_id = ? AND id = ?",
        (guild_id, speaker_id),
    ).fetchone()
    return None if row is None else rows.speaker(row)


def speaker_slugs(conn: sqlite3.Connection, guild_id: int) -> set[str]:
    return {row[0] for row in conn.execute("SELECT slug FROM speaker WHERE guild_id = ?", (guild_id,))}


def namesake(conn: sqlite3.Connection, guild_id: int, folded: str) -> Speaker | None:
    """A speaker of the guild whose name and affiliation fold to this; see domain/search.py."""
    row = conn.execute(
        "SELECT id, slug, name, affiliation, biography, links FROM speaker WHERE guild_id = ? AND folded = ?",
        (guild_id, folded),
    ).fetchone()
    return None if row is None else rows.speaker(row)
