"""Changes to a session, whichever door they come through."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.domain import meanwhile
from bot.domain.attendance import Settled
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.links import check_url
from bot.domain.moves import cancelled, deadline_along, delayed, moved, reopened
from bot.domain.plans import Listing
from bot.domain.sessions import Phase, Session, SessionId, Status
from bot.services.changes import Changes
from bot.services.clashes import guard_session
from bot.services.edits import read_texts
from bot.services.known import known
from bot.services.settling import settled
from bot.services.times import in_turn, read_end, read_moment
from bot.store import admission, audit, edits, plans, reminders
from bot.store.database import Database

MOVED_MEANWHILE = "The session was moved by somebody else meanwhile, so nothing was changed. Please look again."
REMOVED_SINCE = timedelta(days=2)  # reminders posted longer ago stay when their session is deleted

Edit = Callable[[Session, datetime], Session]


@dataclass(frozen=True, slots=True)
class Edited:
    """A session before and after a change; `told` counts the people who are told of it.

    `deadline` is the one for answers, before and after; `seats`: what came of another number of seats.
    """

    before: Session
    after: Session
    told: int = 0
    deadline: tuple[datetime | None, datetime | None] = (None, None)
    seats: Settled | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """A session that is gone, and the posts about it that still stand: channel and message id."""

    session: Session
    posts: tuple[tuple[int, int], ...]


class SessionService:
    """Each change is one write with all that follows from it, and stands in the record of changes.

    All of them raise Refusal where the guild has no such session, or the change cannot be made.
    """

    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def set_stream(
        self, guild_id: int, session_id: SessionId, url: str | None, actor: Actor | None = None
    ) -> Session:
        """Set the address of the stream (None: take it away) and return the session as it is now.

        Raises:
            Refusal: the address cannot be shown as a link, or the guild has no such session.
        """
        checked = _checked(url)
        edited = await self._edit(guild_id, session_id, actor, lambda old, _: replace(old, stream_url=checked))
        return edited.after

    async def set_recording(
        self, guild_id: int, session_id: SessionId, url: str | None, actor: Actor | None = None
    ) -> Session:
        """Set the address of the recording, see `set_stream`."""
        checked = _checked(url)
        edited = await self._edit(guild_id, session_id, actor, lambda old, _: replace(old, recording_url=checked))
        return edited.after

    async def change(self, guild_id: int, session_id: SessionId, actor: Actor, **fields: Any) -> Edited:
        """Set fields of a `Session`, checked by the caller; not its times and status, which have rules of their own."""
        return await self._edit(guild_id, session_id, actor, lambda old, _: replace(old, **fields))

    async def rewrite(
        self, guild_id: int, session_id: SessionId, actor: Actor, typed: Mapping[str, str], seen: str
    ) -> Edited:
        """Set what was typed into the form for editing; `seen` are the marks of what it showed.

        Raises:
            OverwriteRefusal: somebody else has written another text since, where this one writes anew.
        """

        def write(conn: sqlite3.Connection, now: datetime) -> Edited:
            def edit(old: Session, _: datetime) -> Session:
                guard_session(conn, old, typed, seen)
                return replace(old, **read_texts(old, meanwhile.own(typed, seen)))

            return _apply(conn, _Task(guild_id, session_id, actor, edit), now)

        return self._follow(await self._db.write(write, self._clock.now()))

    async def read_times(self, session: Session, start: str, end: str) -> tuple[datetime, datetime]:
        """When the session would begin and end, as typed; without a start it stays, without an end its length does.

        Raises:
            Refusal: what was typed cannot be read, is past, or does not fit the talks.
        """
        starts_at, ends_at = await in_turn(_read_times, session, start, end, self._clock.now())
        moved(session, starts_at, ends_at)
        return starts_at, ends_at

    async def move(
        self,
        guild_id: int,
        session_id: SessionId,
        actor: Actor,
        times: tuple[datetime, datetime],
        *,
        seen: tuple[datetime, datetime],
        quiet: bool,
    ) -> Edited:
        """Let it take place at other times; `seen` are those that the person saw, which must still hold."""

        def edit(old: Session, now: datetime) -> Session:
            if (old.starts_at, old.ends_at) == times:
                return old  # the same press twice
            if (old.starts_at, old.ends_at) != seen:
                raise Refusal(MOVED_MEANWHILE)
            _check_movable(old, times, now)
            return replace(moved(old, *times), quiet=quiet)

        return await self._edit(guild_id, session_id, actor, edit)

    async def delay(self, guild_id: int, session_id: SessionId, actor: Actor, by: timedelta) -> Edited:
        """It runs late: all that is still to come of it happens `by` later."""
        return await self._edit(guild_id, session_id, actor, lambda old, now: delayed(old, by, now))

    async def cancel(self, guild_id: int, session_id: SessionId, actor: Actor, reason: str | None) -> Edited:
        return await self._edit(guild_id, session_id, actor, lambda old, now: cancelled(old, reason, now))

    async def reopen(self, guild_id: int, session_id: SessionId, actor: Actor) -> Edited:
        """A cancelled session takes place after all."""
        return await self._edit(guild_id, session_id, actor, reopened, opens=True)

    async def announce(
        self, guild_id: int, session_id: SessionId, actor: Actor, *, channel_id: int | None, quiet: bool
    ) -> Edited:
        """Post the card anew, in `channel_id` from now on (None: in the guild's own channel)."""

        def edit(old: Session, now: datetime) -> Session:
            if old.phase(now) is Phase.CANCELLED:
                raise Refusal("This session was cancelled. `/session reopen` brings it back; then announce it.")
            if old.phase(now) is Phase.OVER:
                raise Refusal("This session is over, so there is nothing to announce any more.")
            return replace(old, channel_id=channel_id, quiet=quiet)

        return await self._edit(guild_id, session_id, actor, edit, announces=True)

    async def delete(self, guild_id: int, session_id: SessionId, actor: Actor) -> Deleted:
        """Forget a session with its talks, answers and reminders."""
        deleted = await self._db.write(_delete, guild_id, session_id, actor, self._clock.now())
        self._changes.reminders()
        return deleted

    async def answers(self, session_id: SessionId) -> tuple[int, int]:
        """How many people answered, and how many of them are told of a change: who comes, or waits for a seat."""
        return await self._db.read(plans.answers, session_id)

    async def deadline_then(
        self, session: Session, times: tuple[datetime, datetime]
    ) -> tuple[datetime | None, datetime | None]:
        """The deadline for answers, as it is and as it would be at other times."""
        was = (await self._db.read(admission.get, session.id)).deadline_at
        after = replace(session, starts_at=times[0], ends_at=times[1])
        return was, None if was is None else deadline_along(was, session, after, self._clock.now())

    async def listing(self, guild_id: int, page: int) -> Listing:
        """A page of all sessions of the guild; the nearest page for a number that is none."""
        return await self._db.read(plans.listing, guild_id, page, self._clock.now())

    async def _edit(
        self,
        guild_id: int,
        session_id: SessionId,
        actor: Actor | None,
        edit: Edit,
        *,
        announces: bool = False,
        opens: bool = False,
    ) -> Edited:
        task = _Task(guild_id, session_id, actor, edit, announces=announces, opens=opens)
        return self._follow(await self._db.write(_apply, task, self._clock.now()))

    def _follow(self, edited: Edited) -> Edited:
        self._changes.reminders()
        self._changes.card(edited.after.id)
        return edited


@dataclass(frozen=True, slots=True)
class _Task:
    """A change to one session; `announces` it anew, or `opens` one that counts against the limit."""

    guild_id: int
    session_id: SessionId
    actor: Actor | None
    edit: Edit
    announces: bool = False
    opens: bool = False


def _checked(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        return check_url(url)
    except ValueError as error:
        raise Refusal(f"Nothing was changed: {error}.") from None


def _read_times(session: Session, start: str, end: str, now: datetime) -> tuple[datetime, datetime]:
    starts_at = read_moment(start, session.zone, now).at if start.strip() else session.starts_at
    if end.strip():
        return starts_at, read_end(end, session.zone, starts_at).at
    return starts_at, starts_at + (session.ends_at - session.starts_at)


def _check_movable(session: Session, times: tuple[datetime, datetime], now: datetime) -> None:
    starts_at, ends_at = times
    if session.status is Status.CANCELLED:
        raise Refusal("This session was cancelled. `/session reopen` brings it back; then move it.")
    if starts_at != session.starts_at and starts_at <= now:
        raise Refusal("The new start is past by now: choose another time.")
    if ends_at <= now:
        raise Refusal("The new end is past by now: choose another time.")


def _apply(conn: sqlite3.Connection, task: _Task, now: datetime) -> Edited:
    old = known(conn, task.guild_id, task.session_id)
    wanted = task.edit(old, now)
    if task.opens:
        plans.check_room(conn, task.guild_id, now)
    deadline_at = admission.get(conn, old.id).deadline_at
    new, batch = edits.save_and_seat(conn, old, wanted, now)
    if task.announces:
        reminders.announce_again(conn, new, now)
    if task.actor is not None and task.announces:
        audit.record(conn, task.guild_id, task.actor, "announced the session", now=now, session_id=new.id)
    elif task.actor is not None:
        audit.record_session(conn, task.actor, "changed the session", old, new, now=now)
    deadline = (deadline_at, admission.get(conn, new.id).deadline_at)
    seats = None if old.capacity == new.capacity else settled(conn, new, batch)
    return Edited(old, new, edits.told(conn, old, new, now), deadline, seats)


def _delete(conn: sqlite3.Connection, guild_id: int, session_id: SessionId, actor: Actor, now: datetime) -> Deleted:
    session = known(conn, guild_id, session_id)
    posts = edits.posts(conn, session.id, now - REMOVED_SINCE)
    before = {"title": session.title, "starts_at": int(session.starts_at.timestamp())}
    audit.record(
        conn, guild_id, actor, "deleted the session", now=now, session_id=session.id, before=before, after=None
    )
    plans.delete(conn, session)
    return Deleted(session, tuple(posts))
