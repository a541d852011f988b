"""Makes new sessions: reads what was typed, shows what was understood, and saves it only then."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.clock import Clock
from bot.domain.audit import Actor, difference
from bot.domain.drafts import DraftKey
from bot.domain.errors import Refusal
from bot.domain.plans import Plan, Typed
from bot.domain.programme_fields import slug_of
from bot.domain.session_fields import check, optional
from bot.domain.sessions import Mode, Session, SessionId
from bot.domain.zones import Choice, WrongTimeError, find_zone
from bot.services.changes import Changes
from bot.services.drafts import GONE
from bot.services.times import TimeRefusal, in_turn, read_end, read_moment
from bot.store import audit, drafts, guilds, plans, reminders, sessions
from bot.store.database import Database
from bot.store.values import from_unix

KIND = "plan"
NO_ZONE = "UTC"  # where nobody has chosen one yet
PASSED = "The start is past by now. Press “Edit again” and choose another time."
NOT_READ = "The times are not read yet. Press “Edit again” and send the form."


class PlanRefusal(Refusal):
    """What is wrong with a form, all at once; `choices` are times that could be meant, by the name of their field."""

    def __init__(self, words: str, choices: tuple[tuple[str, Choice], ...] = ()) -> None:
        super().__init__(words)
        self.choices = choices


class PlanService:
    """A plan is a draft of its author's until it is created; its id becomes the session's."""

    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def begin(self, guild_id: int, user_id: int, plan: Plan) -> tuple[str, Plan]:
        """Keep a new plan, in the zone of the guild where it names none; returns its id.

        Raises:
            Refusal: the zone cannot be used.
        """
        if plan.typed.zone:
            plan = replace(plan, typed=replace(plan.typed, zone=_zone(plan.typed.zone)))
        else:
            zone = await self._db.read(_usual_zone, guild_id)
            plan = replace(plan, typed=replace(plan.typed, zone=zone))
        draft_id = uuid4().hex
        await self._keep(guild_id, user_id, draft_id, plan)
        return draft_id, plan

    async def get(self, guild_id: int, user_id: int, draft_id: str) -> Plan:
        """The plan as it stands.

        Raises:
            Refusal: it is gone, or somebody else's.
        """
        plan = await self.find(guild_id, user_id, draft_id)
        if plan is None:
            raise Refusal(GONE)
        return plan

    async def find(self, guild_id: int, user_id: int, draft_id: str) -> Plan | None:
        """The plan as it stands; None when it was made, or given up."""
        body = await self._db.read(drafts.get, DraftKey(draft_id, guild_id, user_id, KIND), self._clock.now())
        return None if body is None else _plan(body)

    async def fill_in(self, guild_id: int, user_id: int, draft_id: str, typed: Typed) -> Plan:
        """Take over what was typed; it is kept also where it is refused.

        Raises:
            PlanRefusal: something of it cannot be taken.
        """
        plan = replace(await self.get(guild_id, user_id, draft_id), typed=typed).without_times()
        await self._keep(guild_id, user_id, draft_id, plan)
        read = await in_turn(read_plan, plan, self._clock.now())
        await self._keep(guild_id, user_id, draft_id, read)
        return read

    async def change(self, guild_id: int, user_id: int, draft_id: str, **chosen: Any) -> Plan:
        """Set mode, capacity or channel (`Plan`'s fields, checked by the caller)."""
        plan = replace(await self.get(guild_id, user_id, draft_id), **chosen)
        await self._keep(guild_id, user_id, draft_id, plan)
        return plan

    async def create(self, guild_id: int, actor: Actor, draft_id: str, *, quiet: bool) -> Session:
        """Make the session; a second press of the same button finds it made.

        Raises:
            Refusal: the plan is gone, its start has passed, or there are too many sessions.
        """
        key = DraftKey(draft_id, guild_id, actor.id, KIND)
        session = await self._db.write(_create, key, actor, self._clock.now(), quiet=quiet)
        self._changes.reminders()
        return session

    async def _keep(self, guild_id: int, user_id: int, draft_id: str, plan: Plan) -> None:
        key = DraftKey(draft_id, guild_id, user_id, KIND)
        await self._db.write(drafts.keep, key, plan.to_json(), self._clock.now())


def read_plan(plan: Plan, now: datetime) -> Plan:
    """The plan with its texts checked and its times read; takes a few milliseconds, at first a third of a second.

    Raises:
        PlanRefusal: with everything that is wrong.
    """
    problems: list[str] = []
    choices: list[tuple[str, Choice]] = []

    def attempt(name: str, read: Callable[[], Any], field: str = "") -> Any:
        try:
            return read()
        except TimeRefusal as refusal:
            choices.extend((field, choice) for choice in refusal.choices)
            problems.append(f"**{name}:** {refusal}")
        except Refusal as refusal:
            problems.append(f"**{name}:** {refusal}")
        except ValueError as error:
            problems.append(f"**{name}** {error}.")
        return None

    typed = plan.typed
    title = attempt("Title", lambda: check("title", typed.title))
    place = attempt("Place", lambda: optional("place", typed.place)) or ""
    zone = attempt("Time zone", lambda: _zone(typed.zone))
    start = attempt("Start", lambda: read_moment(typed.start, zone or NO_ZONE, now), "start")
    end = None
    if start is not None:
        end = attempt("End", lambda: read_end(typed.end, zone or NO_ZONE, start.at), "end")
    if problems:
        raise PlanRefusal("\n".join(problems), tuple(choices))
    return replace(
        plan,
        typed=replace(typed, title=title, place=place, zone=zone),
        starts_at=start.at,
        ends_at=end.at if end else None,
    )


def _zone(text: str) -> str:
    try:
        return find_zone(text.strip()).key
    except WrongTimeError as error:
        raise Refusal(str(error)) from None


def _usual_zone(conn: sqlite3.Connection, guild_id: int) -> str:
    return guilds.config(conn, guild_id).zone or plans.last_zone(conn, guild_id) or NO_ZONE


def _plan(body: dict[str, Any]) -> Plan:
    return Plan(
        typed=Typed(**body["typed"]),
        mode=Mode(body["mode"]),
        capacity=body["capacity"],
        channel_id=body["channel_id"],
        starts_at=from_unix(body["starts_at"]),
        ends_at=from_unix(body["ends_at"]),
    )


def _create(conn: sqlite3.Connection, key: DraftKey, actor: Actor, now: datetime, *, quiet: bool) -> Session:
    made = sessions.get(conn, key.guild_id, SessionId(key.id))
    if made is not None:
        return made
    body = drafts.get(conn, key, now)
    if body is None:
        raise Refusal(GONE)
    plan = _plan(body)
    if plan.starts_at is None or plan.ends_at is None:
        raise Refusal(NOT_READ)
    if plan.starts_at <= now:
        raise Refusal(PASSED)
    plans.check_room(conn, key.guild_id, now)
    plans.note_creation(conn, key.guild_id, key.user_id, SessionId(key.id), now)
    slug = plans.free_slug(conn, key.guild_id, slug_of(plan.typed.title) or "session")
    session = replace(plan.session(SessionId(key.id), key.guild_id, slug), quiet=quiet)
    sessions.save(conn, session)
    reminders.rearm(conn, session, now)
    _, after = difference(replace(session, title=""), session)
    audit.record(conn, key.guild_id, actor, "made the session", now=now, session_id=session.id, after=after)
    drafts.drop(conn, key.id, key.guild_id, key.user_id)
    return session
