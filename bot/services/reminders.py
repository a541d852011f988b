"""What moderators decide about reminders: when they come, and whether they come at all."""

import re
import sqlite3
from datetime import datetime

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.lookup import quoted
from bot.domain.reminder_rules import LONGEST, MOST, PAUSED, SHORTEST, Page, in_order, minutes_words
from bot.domain.sessions import Phase, Session, SessionId
from bot.services.changes import Changes
from bot.services.durations import MOST_CHARACTERS, parse_duration
from bot.services.known import known
from bot.store import audit, reminder_pages, reminder_rules, reminders
from bot.store.database import Database

DEFAULT, NONE = "default", "none"
EXAMPLE = "`24h, 1h, 10m`"
_SEPARATOR = re.compile(r"[,;/]|\band\b", re.IGNORECASE)


class ReminderService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def page(self, guild_id: int, session_id: SessionId | None, number: int = 0) -> Page:
        """What was and will be posted in the guild, or about one of its sessions."""
        return await self._db.read(reminder_pages.page, guild_id, session_id, number)

    async def set_offsets(self, guild_id: int, session_id: SessionId, text: str, actor: Actor) -> Page:
        """Set how long before its start a session is reminded of, as a person types it; returns the new plan.

        Raises:
            Refusal: it cannot be read, is out of bounds, or the session is over, cancelled or gone.
        """
        minutes = None if text.strip().lower() == DEFAULT else read_offsets(text)
        page = await self._db.write(_set_offsets, guild_id, session_id, minutes, actor=actor, now=self._clock.now())
        self._changes.reminders()
        return page

    async def pause(self, guild_id: int, actor: Actor) -> Page:
        """Post nothing in the guild's channels until `resume`."""
        return await self._db.write(_pause, guild_id, actor, self._clock.now())

    async def resume(self, guild_id: int, actor: Actor) -> tuple[int, Page]:
        """Post again; returns how many posts were let go because their time had passed meanwhile, and the new plan.

        Raises:
            Refusal: nothing was paused.
        """
        resumed = await self._db.write(_resume, guild_id, actor, self._clock.now())
        self._changes.reminders()
        return resumed

    async def paused_since(self, guild_id: int) -> datetime | None:
        return await self._db.read(reminder_rules.paused_since, guild_id)


def read_offsets(text: str) -> tuple[int, ...]:
    """Minutes before the start, from "24h, 1h, 10m"; "none" is none.

    Raises:
        Refusal: a part cannot be read or is out of bounds, or there are too many.
    """
    if text.strip().lower() == NONE:
        return ()
    if len(text) > MOST_CHARACTERS * 2:
        raise Refusal(f"That is too long: write up to {MOST} times, like {EXAMPLE}.")
    parts = [part.strip() for part in _SEPARATOR.split(text)]
    minutes = in_order(_minutes(part) for part in parts if part)
    if not minutes:
        raise Refusal(f"Write how long before the start, like {EXAMPLE}, or `{NONE}`, or `{DEFAULT}`.")
    if len(minutes) > MOST:
        raise Refusal(f"A session has at most {MOST} reminders, and these are {len(minutes)}. Leave some out.")
    return minutes


def _minutes(part: str) -> int:
    duration = parse_duration(part)
    if duration is None:
        raise Refusal(f"I cannot read {quoted(part)} as a length of time. Write it like {EXAMPLE}.")
    minutes = int(duration.total_seconds() // 60)
    if not SHORTEST <= minutes <= LONGEST:
        bounds = f"{minutes_words(SHORTEST)} to {minutes_words(LONGEST)}"
        raise Refusal(f"A reminder comes {bounds} before the start; {quoted(part)} is out of that.")
    return minutes


def _set_offsets(
    conn: sqlite3.Connection,
    guild_id: int,
    session_id: SessionId,
    minutes: tuple[int, ...] | None,
    *,
    actor: Actor,
    now: datetime,
) -> Page:
    session = known(conn, guild_id, session_id)
    check_ahead(session, now)
    before = reminder_rules.own(conn, session_id)
    reminder_rules.choose(conn, session_id, minutes)
    reminders.rearm(conn, session, now)
    audit.record(
        conn,
        guild_id,
        actor,
        "changed the reminders",
        now=now,
        session_id=session_id,
        before={"reminders": _noted(before)},
        after={"reminders": _noted(minutes)},
    )
    return reminder_pages.page(conn, guild_id, session_id, 0)


def check_ahead(session: Session, now: datetime) -> None:
    """Raise a Refusal when there is nothing left that people could be reminded of."""
    phase = session.phase(now)
    if phase is Phase.CANCELLED:
        raise Refusal("That session is cancelled, so nobody is reminded of it.")
    if phase is Phase.OVER:
        raise Refusal("That session is over, so nobody is reminded of it any more.")


def _noted(minutes: tuple[int, ...] | None) -> str:
    return DEFAULT if minutes is None else ", ".join(map(minutes_words, minutes)) or NONE


def _pause(conn: sqlite3.Connection, guild_id: int, actor: Actor, now: datetime) -> Page:
    if reminder_rules.paused_since(conn, guild_id) is None:
        reminder_rules.pause(conn, guild_id, now)
        audit.record(conn, guild_id, actor, "paused the reminders", now=now)
    return reminder_pages.page(conn, guild_id, None, 0)


def _resume(conn: sqlite3.Connection, guild_id: int, actor: Actor, now: datetime) -> tuple[int, Page]:
    if reminder_rules.paused_since(conn, guild_id) is None:
        raise Refusal("Reminders are not paused here: what is due is posted.")
    reminder_rules.resume(conn, guild_id)
    audit.record(conn, guild_id, actor, "resumed the reminders", now=now)
    skipped = reminder_rules.skip_overdue(conn, guild_id, now, PAUSED, direct=False)
    return skipped, reminder_pages.page(conn, guild_id, None, 0)
