"""What moderators do with the people of a session, and how people watch it: each change is one write."""

import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.domain.admission import Admission, check_offer_minutes
from bot.domain.attendance import (
    PAGE,
    Attendance,
    Door,
    Settled,
    Wish,
    check_asked_for,
    check_people_open,
    counts_as_there,
)
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.limits import CAPACITY
from bot.domain.rsvps import MAX_ANSWERS, Answer, Change, Outcome, Press, Rsvp
from bot.domain.sessions import Phase, Session, SessionId, Status
from bot.services.changes import Changes
from bot.services.known import GONE, known
from bot.services.settling import settled
from bot.services.times import Moment, in_turn, read_moment
from bot.store import admission, attendance, audit, edits, recordings, reminders, rsvps, sessions
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Order:
    """What a moderator does about one person: `press_id` is the id of the interaction.

    `seat` gives a seat, whether one is free or not, or (False) the last place on the waiting list.
    """

    by: Actor
    person: Actor
    press_id: int
    what: str
    answer: Answer | None
    seat: bool | None = None


class AttendanceService:
    """Everything is bounded by the guild; a session that is not of it is refused as one that is not there."""

    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def page(self, guild_id: int, session_id: SessionId, number: int) -> Attendance:
        """A page of the list; the last one, where there are not so many."""
        found = await self._listing(guild_id, session_id, number * PAGE, PAGE)
        if found.people or not found.total:
            return found
        return await self._listing(guild_id, session_id, (found.total - 1) // PAGE * PAGE, PAGE)

    async def everybody(self, guild_id: int, session_id: SessionId) -> Attendance:
        """The whole list."""
        return await self._listing(guild_id, session_id, 0, 4 * MAX_ANSWERS)

    async def place(self, guild_id: int, session_id: SessionId, order: Order) -> tuple[Settled, Outcome]:
        """Set somebody's answer; who moves up because of it is told.

        Raises:
            Refusal: the session is over or cancelled, does not ask for this answer, or the place cannot be given.
        """
        settled, outcome = await self._db.write(_place, guild_id, session_id, order, self._clock.now())
        return self._tell(settled), outcome

    async def check_in(self, guild_id: int, session_id: SessionId, by: Actor, person: Actor) -> tuple[Session, bool]:
        """Note that somebody is there; False when that stood already.

        Raises:
            Refusal: the session was cancelled.
        """
        return await self._db.write(_check_in, guild_id, session_id, by, person, now=self._clock.now())

    async def undo_check_in(
        self, guild_id: int, session_id: SessionId, by: Actor, person: Actor
    ) -> tuple[Session, bool]:
        """Take a check-in back; False when there was none."""
        return await self._db.write(_undo_check_in, guild_id, session_id, by, person, now=self._clock.now())

    async def set_capacity(self, guild_id: int, session_id: SessionId, by: Actor, capacity: int | None) -> Settled:
        """Change how many can sit (None: no limit). Who moves up is told; nobody loses a seat.

        Raises:
            Refusal: the number is out of bounds, or the session is over or cancelled.
        """
        if capacity is not None and not 1 <= capacity <= CAPACITY:
            raise Refusal(f"The number of seats goes from 1 to {CAPACITY:,}; `none` takes the limit away.")
        now = self._clock.now()
        return self._tell(await self._db.write(_set_capacity, guild_id, session_id, by, capacity, now=now))

    async def close(self, guild_id: int, session_id: SessionId, by: Actor, *, closed: bool) -> Settled:
        """Take no new answers, or take them again."""
        what = "closed the answers" if closed else "opened the answers again"

        def change(chosen: Admission, now: datetime) -> Admission:
            past = chosen.deadline_at is not None and now >= chosen.deadline_at
            # Whoever opens the answers means it: a deadline that has passed would keep them shut.
            return replace(chosen, closed=closed, deadline_at=None if past and not closed else chosen.deadline_at)

        return await self._choose(guild_id, session_id, by, what, change)

    async def read_deadline(self, session: Session, text: str) -> Moment:
        """The moment that somebody typed, as it is read in the zone of the session.

        Raises:
            Refusal: it cannot be read, is not before the end of the session, or the session is over or cancelled.
        """
        check_people_open(session, self._clock.now())
        moment = await in_turn(read_moment, text, session.zone, self._clock.now())
        _check_deadline(session, moment.at, self._clock.now())
        return moment

    async def set_deadline(
        self, guild_id: int, session_id: SessionId, by: Actor, deadline_at: datetime | None
    ) -> Settled:
        """Take answers until then (None: until the session is over)."""
        what = "set a deadline for answers" if deadline_at else "took the deadline for answers away"
        return await self._choose(guild_id, session_id, by, what, lambda a, _: replace(a, deadline_at=deadline_at))

    async def set_only(self, guild_id: int, session_id: SessionId, by: Actor, role_id: int | None) -> Settled:
        """Take answers of people with this role alone (None: of everybody). Answers that are given stay."""
        what = "took answers from one role alone" if role_id else "took answers from everybody again"
        return await self._choose(guild_id, session_id, by, what, lambda a, _: replace(a, only_role_id=role_id))

    async def set_offers(self, guild_id: int, session_id: SessionId, by: Actor, minutes: int | None) -> Settled:
        """Offer seats that become free for so many minutes (None: give them to the next person at once)."""
        kept = None if minutes is None else check_offer_minutes(minutes)
        what = "had free seats offered" if kept else "had free seats given at once"
        return await self._choose(guild_id, session_id, by, what, lambda a, _: replace(a, offer_minutes=kept))

    async def lend(
        self, guild_id: int, session_id: SessionId, by: Actor, role_id: int | None, minutes: int | None = None
    ) -> Settled:
        """Lend a role to those who come, from `minutes` before the start (None: from now) to the end; None: stop."""
        what = "had a role lent to attendees" if role_id else "stopped lending a role"

        def change(chosen: Admission, _: datetime) -> Admission:
            return replace(chosen, lend_role_id=role_id, lend_minutes=minutes if role_id else None)

        return await self._choose(guild_id, session_id, by, what, change)

    async def chosen(self, guild_id: int, session_id: SessionId) -> Attendance:
        """The session and what was chosen for it, without its people."""
        return await self._listing(guild_id, session_id, 0, 0)

    async def watch(self, guild_id: int, session_id: SessionId, person: Actor) -> tuple[Session, bool]:
        """The session whose stream somebody opens; True when this was noted as being there, which is done once."""
        return await self._db.write(_watch, guild_id, session_id, person, self._clock.now())

    async def wish(self, guild_id: int, session_id: SessionId, user_id: int, *, on: bool) -> tuple[Session, Wish]:
        """Note that somebody wants one message when the recording is up, or wants none."""
        return await self._db.write(_wish, guild_id, session_id, user_id, on=on, now=self._clock.now())

    async def session_of_notice(self, key: str, user_id: int, session_id: SessionId) -> Session:
        """The session that our direct message `key` to this person was about.

        Raises:
            Refusal: there is no such message.
        """
        session = await self._db.read(_of_notice, key, user_id, session_id)
        if session is None:
            raise Refusal("I do not know this message any more. Please use `/stream` in the server.")
        return session

    def now(self) -> datetime:
        """The moment for which answers are rendered."""
        return self._clock.now()

    async def _listing(self, guild_id: int, session_id: SessionId, first: int, limit: int) -> Attendance:
        found = await self._db.read(attendance.listing, guild_id, session_id, first, limit)
        if found is None:
            raise Refusal(GONE)
        return found

    async def _choose(
        self,
        guild_id: int,
        session_id: SessionId,
        by: Actor,
        what: str,
        change: Callable[[Admission, datetime], Admission],
    ) -> Settled:
        now = self._clock.now()
        return self._tell(await self._db.write(_choose, guild_id, session_id, by, what, change=change, now=now))

    def _tell(self, settled: Settled) -> Settled:
        self._changes.reminders()
        self._changes.card(settled.session.id)
        return settled


def _open(conn: sqlite3.Connection, guild_id: int, session_id: SessionId, now: datetime) -> Session:
    """A session whose people can still be changed."""
    session = known(conn, guild_id, session_id)
    check_people_open(session, now)
    return session


def _settle(
    conn: sqlite3.Connection, session: Session, presses: list[Press], now: datetime
) -> tuple[Settled, tuple[Outcome | Refusal, ...]]:
    batch = rsvps.apply(conn, session.guild_id, session.id, presses, now)
    return settled(conn, session, batch), batch.outcomes


def _place(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, order: Order, now: datetime
) -> tuple[Settled, Outcome]:
    session = _open(conn, guild_id, session_id, now)
    check_asked_for(session, order.answer)
    if order.seat is not None and session.capacity is None:
        raise Refusal(
            "This session has no limit of seats, so everybody who comes in person has one and nobody waits. "
            "`/attendee capacity` sets a limit."
        )
    before = rsvps.of_user(conn, guild_id, session_id, order.person.id)
    press = Press(order.press_id, order.person.id, order.person.name, order.answer, by_moderator=True, seat=order.seat)
    settled, (outcome,) = _settle(conn, session, [press], now)
    if isinstance(outcome, Refusal):
        raise outcome
    if outcome.shows:
        after = rsvps.of_user(conn, guild_id, session_id, order.person.id)
        audit.record(
            conn,
            guild_id,
            order.by,
            order.what,
            now=now,
            session_id=session_id,
            before={"answer": _said(before)},
            after={"answer": _said(after)},
            person=order.person,
        )
    if outcome.change is Change.SEATED:  # it is this person who has moved up, and is not one of the others
        settled = replace(settled, moved=settled.moved - 1)
    return settled, outcome


def _said(rsvp: Rsvp | None) -> str | None:
    if rsvp is None or rsvp.answer is None:
        return None
    return "waiting" if rsvp.waiting is not None else rsvp.answer.value


def _check_in(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, by: Actor, person: Actor, *, now: datetime
) -> tuple[Session, bool]:
    session = known(conn, guild_id, session_id)
    if session.status is Status.CANCELLED:
        raise Refusal("This session was cancelled, so nobody can be checked in.")
    new = attendance.check_in(conn, session, person, Door.MODERATOR, now)
    if new:
        audit.record(conn, guild_id, by, "checked somebody in", now=now, session_id=session_id, person=person)
    return session, new


def _undo_check_in(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, by: Actor, person: Actor, *, now: datetime
) -> tuple[Session, bool]:
    session = known(conn, guild_id, session_id)
    there = attendance.undo_check_in(conn, session, person.id)
    if there:
        audit.record(conn, guild_id, by, "took a check-in back", now=now, session_id=session_id, person=person)
    return session, there


def _set_capacity(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, by: Actor, capacity: int | None, *, now: datetime
) -> Settled:
    session = _open(conn, guild_id, session_id, now)
    new, batch = edits.save_and_seat(conn, session, replace(session, capacity=capacity), now)
    audit.record_session(conn, by, "changed the number of seats", session, new, now=now)
    return settled(conn, new, batch)


def _choose(
    conn: sqlite3.Connection,
    guild_id: int,
    session_id: SessionId,
    by: Actor,
    what: str,
    *,
    change: Callable[[Admission, datetime], Admission],
    now: datetime,
) -> Settled:
    session = _open(conn, guild_id, session_id, now)
    before = admission.get(conn, session_id)
    after = change(before, now)
    if after.deadline_at is not None and after.deadline_at != before.deadline_at:
        _check_deadline(session, after.deadline_at, now)
    admission.save(conn, session_id, after)
    settled, _ = _settle(conn, session, [], now)
    old, new = _fields(before), _fields(after)
    changed = [name for name in old if old[name] != new[name]]
    audit.record(
        conn,
        guild_id,
        by,
        what,
        now=now,
        session_id=session_id,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
    )
    return settled


def _fields(chosen: Admission) -> dict[str, Any]:
    """As they can be noted: moments in seconds since 1970."""
    found = asdict(chosen)
    return found | {"deadline_at": chosen.deadline_at and int(chosen.deadline_at.timestamp())}


def _check_deadline(session: Session, deadline_at: datetime, now: datetime) -> None:
    if not now < deadline_at < session.ends_at:
        raise Refusal(
            f"That is <t:{int(deadline_at.timestamp())}:F>. A deadline lies ahead, and before the end of the session, "
            f"<t:{int(session.ends_at.timestamp())}:F>: please give an earlier time, like `in 2 hours`."
        )


def _watch(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, person: Actor, now: datetime
) -> tuple[Session, bool]:
    session = known(conn, guild_id, session_id)
    if not counts_as_there(session, now):
        return session, False
    return session, attendance.check_in(conn, session, person, Door.STREAM, now)


def _wish(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, user_id: int, *, on: bool, now: datetime
) -> tuple[Session, Wish]:
    session = known(conn, guild_id, session_id)
    if not on:
        recordings.forget(conn, session_id, user_id)
        return session, Wish.OFF
    phase = session.phase(now)
    if phase is Phase.OVER and session.recording_url:
        return session, Wish.UP
    if phase is Phase.CANCELLED or not (session.recorded or session.recording_url):
        return session, Wish.NONE
    recordings.wish(conn, session_id, user_id, now)
    if session.recording_url is not None:  # set already, to be shown when the session is over
        reminders.rearm(conn, session, now)
    return session, Wish.ON


def _of_notice(conn: sqlite3.Connection, key: str, user_id: int, session_id: SessionId) -> Session | None:
    guild_id = reminders.guild_of_notice(conn, key, user_id)
    return None if guild_id is None else sessions.get(conn, guild_id, session_id)
