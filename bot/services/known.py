"""The one look-up of a session by its id, bounded by its guild, and what is said when there is none."""

import sqlite3

from bot.domain.errors import Refusal
from bot.domain.sessions import Session, SessionId
from bot.store import sessions

GONE = "That session is not here any more. `/schedule` shows those that are."


def known(conn: sqlite3.Connection, guild_id: int, session_id: SessionId) -> Session:
    """The session.

    Raises:
        Refusal: the guild has no such session.
    """
    session = sessions.get(conn, guild_id, session_id)
    if session is None:
        raise Refusal(GONE)
    return session
