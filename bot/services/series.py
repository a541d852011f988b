"""Sessions that repeat, and sessions made after the pattern of an earlier one."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from bot.clock import Clock
from bot.domain import limits
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.moves import cancelled, moved
from bot.domain.plans import MOST_OPEN
from bot.domain.repeats import Along, Change, Effect, Member, Series, SeriesId, Step, Wish, change, copy_of, digest
from bot.domain.series import Occurrence, Rule, occurrences
from bot.domain.sessions import Phase, Session, SessionId
from bot.domain.zones import find_zone
from bot.services.changes import Changes
from bot.services.known import known
from bot.services.series_rules import local_start, read_rule
from bot.services.times import in_turn, read_moment
from bot.store import along, audit, edits, plans, reminders, series, sessions
from bot.store.database import Database

IN_SERIES = "This session belongs to a series already; `/session series` changes it."
NO_SERIES = "This session belongs to no series. `/session repeat` makes one of it."
PASSED = "That time has passed meanwhile. Please use the command again with a time to come."
OUTDATED = "The session was changed since you were shown this. Please use the command again to see what would happen."


@dataclass(frozen=True, slots=True)
class Repetition:
    """What would be made of `session`, its own place in it included."""

    session: Session
    rule: Rule
    occurrences: tuple[Occurrence, ...]


class SeriesService:
    """Each question is one read, each change one write."""

    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def rule(self, session: Session, every: str, times: int | None, until: str | None) -> Rule:
        """The rule that was asked for; see `read_rule`.

        Raises:
            Refusal: it does not fit the session, or the day cannot be read.
        """
        return await in_turn(read_rule, session, every, times, until, self._clock.now())

    async def preview(self, guild_id: int, session_id: SessionId, rule: Rule) -> Repetition:
        """What `repeat` would make.

        Raises:
            Refusal: as `repeat`.
        """
        return await self._db.read(_repetition, guild_id, session_id, rule, self._clock.now())

    async def along(self, session: Session) -> Along:
        """What would come along to sessions that are made like it."""
        return await self._db.read(along.get, session.id)

    async def repeat(
        self,
        guild_id: int,
        actor: Actor,
        session_id: SessionId,
        rule: Rule,
        *,
        seen: datetime,
        quiet: bool,
        may_lend: int | None = None,
    ) -> Repetition:
        """Make a series of a session: it is the first, the others are made like it, without its talks.

        `seen` is the start that whoever decided was shown; `quiet` ones ping nobody. How it takes answers, and its own
        reminders, come along; the role that it lends does if that is `may_lend`.

        Raises:
            Refusal: the guild has no such session, it has begun or was changed, there would be too many sessions.
        """
        made = await self._db.write(
            _repeat, guild_id, actor, session_id, rule, seen=seen, quiet=quiet, may_lend=may_lend, now=self._clock.now()
        )
        self._changes.reminders()
        return made

    async def of_session(self, guild_id: int, session_id: SessionId) -> Series:
        """The series of a session.

        Raises:
            Refusal: it has none.
        """
        found = await self._db.read(series.of_session, guild_id, session_id)
        if found is None:
            raise Refusal(NO_SERIES)
        return found

    async def moment(self, session: Session, text: str) -> datetime:
        """A new start for a session, as people type it.

        Raises:
            Refusal: it cannot be read, or is no time to come.
        """
        return (await in_turn(read_moment, text, session.zone, self._clock.now())).at

    async def change(self, guild_id: int, wish: Wish) -> Change:
        """What `apply` would do.

        Raises:
            Refusal: as `apply`.
        """
        return change(await self.of_session(guild_id, wish.session_id), wish, self._clock.now())

    async def apply(self, guild_id: int, actor: Actor, wish: Wish, *, seen: str, quiet: bool) -> Change:
        """Move, skip or cancel one session of a series or all that follow; `seen` is the `digest` of what was shown.

        Raises:
            Refusal: it cannot be done, or something else would happen by now.
        """
        done = await self._db.write(_apply, guild_id, actor, wish, seen=seen, quiet=quiet, now=self._clock.now())
        self._changes.reminders()
        for step in done.steps:
            self._changes.card(step.session.id)
        return done

    async def copy(
        self,
        guild_id: int,
        actor: Actor,
        session_id: SessionId,
        starts_at: datetime,
        *,
        talks: bool,
        quiet: bool,
        may_lend: int | None = None,
    ) -> Session:
        """Make a session like an earlier one at another time; what comes along is as for `repeat`.

        Raises:
            Refusal: the guild has no such session, or too many; there is one of that title at that time; it is past.
        """
        now = self._clock.now()
        made = await self._db.write(
            _copy, guild_id, actor, session_id, starts_at, talks=talks, quiet=quiet, may_lend=may_lend, now=now
        )
        self._changes.reminders()
        return made


def _repetition(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, rule: Rule, now: datetime
) -> Repetition:
    session = known(conn, guild_id, session_id)
    if series.of_session(conn, guild_id, session_id) is not None:
        raise Refusal(IN_SERIES)
    if session.phase(now) is not Phase.UPCOMING:
        raise Refusal(
            "A series begins with a session that is still to come, and this one is not. `/session copy` makes a new"
            " session from it, which you can then repeat."
        )
    planned = occurrences(rule, local_start(session), session.zone)
    if len(planned) == 1:
        raise Refusal("That would be one session, which is there already: let the series end later.")
    _check_room(conn, guild_id, len(planned) - 1, now)
    # The first is the session itself, also where its clocks show that time twice.
    return Repetition(session, rule, (replace(planned[0], starts_at=session.starts_at, note=None), *planned[1:]))


def _check_room(conn: sqlite3.Connection, guild_id: int, more: int, now: datetime) -> None:
    there = series.open_sessions(conn, guild_id, now)
    if there + more > MOST_OPEN:
        raise Refusal(
            f"A server has at most {MOST_OPEN} sessions to come. Here are {there}, so {max(0, MOST_OPEN - there)} more"
            f" fit and this would add {more}. Let the series end earlier, or delete sessions that are not needed."
        )


def _repeat(
    conn: sqlite3.Connection,
    guild_id: int,
    actor: Actor,
    session_id: SessionId,
    rule: Rule,
    *,
    seen: datetime,
    quiet: bool,
    may_lend: int | None,
    now: datetime,
) -> Repetition:
    plan = _repetition(conn, guild_id, session_id, rule, now)
    if plan.session.starts_at != seen:
        raise Refusal(OUTDATED)
    made, taken = [plan.session], along.get(conn, session_id)
    for occurrence in plan.occurrences[1:]:
        slug = _free_slug(conn, plan.session, occurrence.local.date())
        made.append(copy_of(plan.session, slug, occurrence.starts_at, _new_id, quiet=quiet))
        sessions.save(conn, made[-1])
        along.give(conn, made[-1].id, taken, may_lend)
    plans.note_creation(conn, guild_id, actor.id, made[1].id, now)  # once: it was one decision
    members = tuple(Member(*pair) for pair in zip(plan.occurrences, made, strict=True))
    first_day = plan.occurrences[0].local.date()
    series.save(conn, Series(SeriesId(_new_id()), guild_id, plan.session.zone, rule, first_day, members))
    for session in made:
        reminders.rearm(conn, session, now)
    what = f"made a series of {len(made)} sessions of"
    audit.record(conn, guild_id, actor, what, now=now, session_id=plan.session.id)
    return plan


def _apply(
    conn: sqlite3.Connection, guild_id: int, actor: Actor, wish: Wish, *, seen: str, quiet: bool, now: datetime
) -> Change:
    found = series.of_session(conn, guild_id, known(conn, guild_id, wish.session_id).id)
    if found is None:
        raise Refusal(NO_SERIES)
    if wish.to is not None and wish.to <= now:
        raise Refusal(PASSED)
    wanted = change(found, wish, now)
    if digest(wanted) != seen:
        raise Refusal(OUTDATED)
    series.plan_anew(conn, found.id, wanted.planned)
    for step in wanted.steps:
        _take(conn, actor, step, known(conn, guild_id, step.session.id), now, quiet=quiet)
    series.announce_waiting(conn, found.id, now)
    return wanted


def _take(conn: sqlite3.Connection, actor: Actor, step: Step, old: Session, now: datetime, *, quiet: bool) -> None:
    if step.effect is Effect.REMOVED:
        before = {"title": old.title, "starts_at": int(old.starts_at.timestamp())}
        audit.record(conn, old.guild_id, actor, "skipped the session", now=now, session_id=old.id, before=before)
        series.leave_out(conn, old.id)
        plans.delete(conn, old)
        return
    if step.effect is Effect.MOVED:
        wanted = replace(moved(old, step.starts_at, step.starts_at + (old.ends_at - old.starts_at)), quiet=quiet)
    else:
        wanted = cancelled(old, None, now)
    new = edits.save(conn, old, wanted, now)
    audit.record_session(conn, actor, "changed the session", old, new, now=now)


def _copy(
    conn: sqlite3.Connection,
    guild_id: int,
    actor: Actor,
    session_id: SessionId,
    starts_at: datetime,
    *,
    talks: bool,
    quiet: bool,
    may_lend: int | None,
    now: datetime,
) -> Session:
    template = known(conn, guild_id, session_id)
    if starts_at <= now:
        raise Refusal(PASSED)
    if series.same_session(conn, guild_id, template.title, starts_at):
        raise Refusal("There is a session of that title at that time already, so nothing was made.")
    plans.check_room(conn, guild_id, now)
    day = starts_at.astimezone(find_zone(template.zone)).date()
    slug = _free_slug(conn, template, day)
    made = copy_of(template, slug, starts_at, _new_id, quiet=quiet, talks=talks)
    plans.note_creation(conn, guild_id, actor.id, made.id, now)
    sessions.save(conn, made)
    along.give(conn, made.id, along.get(conn, template.id), may_lend)
    reminders.rearm(conn, made, now)
    after = {"title": made.title, "starts_at": int(starts_at.timestamp())}
    audit.record(conn, guild_id, actor, "made the session", now=now, session_id=made.id, after=after)
    return made


def _free_slug(conn: sqlite3.Connection, template: Session, day: date) -> str:
    """That of the template with the day behind it."""
    base = template.slug[: limits.SLUG - 11].rstrip("-")
    return plans.free_slug(conn, template.guild_id, f"{base}-{day.isoformat()}")


def _new_id() -> str:
    return uuid4().hex
