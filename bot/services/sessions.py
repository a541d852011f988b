"""Changes to a session, whichever door they come through."""

import sqlite3
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.links import check_url
from bot.domain.sessions import Session, SessionId
from bot.services.changes import Changes
from bot.store import reminders, sessions
from bot.store.database import Database

GONE = "That session is not here any more. `/schedule` shows those that are."


class SessionService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def set_stream(self, guild_id: int, session_id: SessionId, url: str | None) -> Session:
        """Set the address of the stream (None: take it away) and return the session as it is now.

        Raises:
            Refusal: the address cannot be shown as a link, or the guild has no such session.
        """
        checked = _checked(url)
        session = await self._db.write(_set_stream, guild_id, session_id, checked, self._clock.now())
        return self._announce(session)

    async def set_recording(self, guild_id: int, session_id: SessionId, url: str | None) -> Session:
        """Set the address of the recording, see `set_stream`."""
        checked = _checked(url)
        session = await self._db.write(_set_recording, guild_id, session_id, checked, self._clock.now())
        return self._announce(session)

    def _announce(self, session: Session) -> Session:
        self._changes.reminders()
        self._changes.card(session.id)
        return session


def _checked(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        return check_url(url)
    except ValueError as error:
        raise Refusal(f"Nothing was changed: {error}.") from None


def _set_stream(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, url: str | None, now: datetime
) -> Session:
    session = _known(conn, guild_id, session_id)
    return _save_links(conn, replace(session, stream_url=url), now)


def _set_recording(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, url: str | None, now: datetime
) -> Session:
    session = _known(conn, guild_id, session_id)
    return _save_links(conn, replace(session, recording_url=url), now)


def _known(conn: sqlite3.Connection, guild_id: int, session_id: SessionId) -> Session:
    session = sessions.get(conn, guild_id, session_id)
    if session is None:
        raise Refusal(GONE)
    return session


def _save_links(conn: sqlite3.Connection, session: Session, now: datetime) -> Session:
    sessions.set_links(conn, session.guild_id, session.id, session.stream_url, session.recording_url)
    reminders.rearm(conn, session, now)
    return session
