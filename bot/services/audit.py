"""What moderators changed, and taking the last change back."""

import sqlite3
from datetime import datetime

from bot.clock import Clock
from bot.domain.audit import PAGE, Actor, Change, Page
from bot.domain.errors import Refusal
from bot.domain.rsvps import Answer
from bot.domain.sessions import Session, SessionId
from bot.domain.undo import Effects, may_be_undone, undone
from bot.services.changes import Changes
from bot.store import audit, edits, rsvps, sessions
from bot.store.database import Database

GONE = "The session of this change is not here any more, so nothing can be taken back."
NOT_LAST = "Only the last change can be taken back, and something was changed since. `/audit` shows what."


class AuditService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def page(self, guild_id: int, number: int = 0, session_id: SessionId | None = None) -> Page:
        """A page of the record, the nearest there is; 0 has the newest changes."""
        return await self._db.read(_page, guild_id, number, session_id)

    async def undo(self, guild_id: int, number: int, actor: Actor) -> Change:
        """Take back the change `number`, if it is the last one of the guild; returns the change that this is.

        Raises:
            Refusal: it is not the last one, or taking it back is not safe.
        """
        change = await self._db.write(_undo, guild_id, number, actor, self._clock.now())
        self._changes.reminders()
        if change.session_id is not None:
            self._changes.card(change.session_id)
        return change


def _page(conn: sqlite3.Connection, guild_id: int, number: int, session_id: SessionId | None) -> Page:
    count = audit.count(conn, guild_id, session_id)
    pages = max((count + PAGE - 1) // PAGE, 1)
    shown = min(max(number, 0), pages - 1)
    newest = audit.last(conn, guild_id)
    return Page(
        changes=tuple(audit.page(conn, guild_id, shown * PAGE, session_id)),
        number=shown,
        pages=pages,
        session_id=session_id,
        undoable=newest.number if newest is not None and _would_pass(conn, guild_id, newest) else None,
    )


def _would_pass(conn: sqlite3.Connection, guild_id: int, change: Change) -> bool:
    """Whether the change could be taken back at this moment."""
    session = None if change.session_id is None else sessions.get(conn, guild_id, change.session_id)
    if session is None or not may_be_undone(change):
        return False
    try:
        undone(session, change, _effects(conn, session))
    except Refusal:
        return False
    return True


def _undo(conn: sqlite3.Connection, guild_id: int, number: int, actor: Actor, now: datetime) -> Change:
    change = audit.last(conn, guild_id)
    if change is None or change.number != number:
        raise Refusal(NOT_LAST)
    session = None if change.session_id is None else sessions.get(conn, guild_id, change.session_id)
    if session is None:
        raise Refusal(GONE)
    former = edits.save(conn, session, undone(session, change, _effects(conn, session)), now)
    by = audit.record_session(conn, actor, f"took back #{number} in", session, former, now=now)
    audit.mark_undone(conn, guild_id, number, by)
    done = audit.get(conn, guild_id, by)
    assert done is not None
    return done


def _effects(conn: sqlite3.Connection, session: Session) -> Effects:
    roster = rsvps.roster(conn, session.id)
    return Effects(
        announced=session.card is not None or audit.was_announced(conn, session.id),
        seated=roster.counts.get(Answer.IN_PERSON, 0),
    )
