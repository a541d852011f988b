"""Programmes as files: what an imported one would change, and the change itself; exports; calendars."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.guilds import Community
from bot.domain.plans import MOST_OPEN
from bot.domain.sessions import Session, SessionId, Status
from bot.formats.diff import Difference, differences
from bot.services.changes import Changes
from bot.services.known import known
from bot.services.merging import community_differences, merged
from bot.store import audit, edits, guilds, plans, reminders, sessions
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.domain.programme import Programme

P = ParamSpec("P")
T = TypeVar("T")

READING_TIMEOUT = 20.0  # real seconds; a file of 1 MiB takes less than one
_SLOW = "Reading the file takes too long, so nothing was changed. Please try again, or import a smaller part of it."


class Format(StrEnum):
    """What a session can be written as."""

    TOML = "toml"
    C3VOC = "c3voc"
    ICAL = "ical"


_ENDINGS = {Format.TOML: "toml", Format.C3VOC: "json", Format.ICAL: "ics"}


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was sent, with the options beside it; `session_id` is the session it is to become part of."""

    data: bytes
    name: str
    session_id: SessionId | None = None
    title: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file would make of a session: `before` is None where it would be a new one.

    `seen` is eight characters that are others as soon as something else would change.
    """

    before: Session | None
    after: Session
    differences: tuple[Difference, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The proposal was carried out."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Written:
    """A file to hand out."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Task:
    """An import to carry out, if what it changes is what was `seen`.

    Posts about a `quiet` one, where whoever imports it decides its time, ping nobody.
    """

    guild_id: int
    actor: Actor
    programme: "Programme"
    session_id: SessionId | None
    seen: str
    quiet: bool


class ExchangeService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes
        # Threads of our own: a file that keeps one busy for long does not keep the rest of the house from theirs.
        self._readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="import")

    async def propose(self, guild_id: int, source: Source) -> Proposal:
        """What importing `source` would change; nothing is written.

        Raises:
            ProgrammeError: the file cannot be used, with everything that is wrong with it.
            Refusal: the session it is to go into is gone, there are too many, or reading takes too long.
        """
        programme = await self._read(guild_id, source)
        return await self._db.read(_propose, guild_id, programme, source.session_id, self._clock.now())

    async def apply(self, guild_id: int, actor: Actor, source: Source, *, seen: str, quiet: bool) -> Applied | Proposal:
        """Carry out what `propose` said, in one write; where something else would change by now, say that instead.

        Raises:
            ProgrammeError, Refusal: as `propose`.
        """
        programme = await self._read(guild_id, source)
        task = _Task(guild_id, actor, programme, source.session_id, seen, quiet)
        done = await self._db.write(_apply, task, self._clock.now())
        if isinstance(done, Applied):
            self._changes.reminders()
            self._changes.card(done.proposal.after.id)
        return done

    async def export(self, guild_id: int, session_id: SessionId, kind: Format) -> Written:
        """A session of the guild as a file; with TOML and c3voc, the community stands in it, too.

        Raises:
            Refusal: the guild has no such session.
        """
        session, community = await self._db.read(_session_and_community, guild_id, session_id)
        data = await self._in_thread(_write, session, community, kind, self._clock.now())
        return Written(f"{session.slug}.{_ENDINGS[kind]}", data)

    async def calendar(self, session: Session) -> Written:
        """A session for somebody's own calendar, with an alarm."""
        data = await self._in_thread(_calendar, [session], self._clock.now())
        return Written(f"{session.slug}.ics", data)

    async def calendar_of_all(self, guild_id: int) -> tuple[Written, int]:
        """All sessions that run or are to come, and how many they are.

        Raises:
            Refusal: there is none.
        """
        now = self._clock.now()
        coming = await self._db.read(_coming, guild_id, now)
        if not coming:
            raise Refusal("No session is planned at the moment. When one is announced, `/schedule` shows it.")
        return Written("sessions.ics", await self._in_thread(_calendar, coming, now)), len(coming)

    async def coming(self, guild_id: int) -> int:
        """How many sessions run or are to come."""
        return len(await self._db.read(_coming, guild_id, self._clock.now()))

    async def _read(self, guild_id: int, source: Source) -> "Programme":
        """The programme; read a second time with what is stored, which keeps what other formats have no place for."""
        into = None
        if source.session_id is not None:
            into = await self._db.read(known, guild_id, source.session_id)
        programme = await self._parse(source, into)
        if into is None:
            into = await self._db.read(sessions.by_slug, guild_id, programme.slug)
            programme = programme if into is None else await self._parse(source, into)
        return programme

    async def _parse(self, source: Source, into: Session | None) -> "Programme":
        return await self._in_thread(_parsed, source, into)

    async def _in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        work = asyncio.get_running_loop().run_in_executor(self._readers, partial(function, *args, **kwargs))
        try:
            return await asyncio.wait_for(work, READING_TIMEOUT)
        except TimeoutError:
            raise Refusal(_SLOW) from None


def _propose(
    conn: sqlite3.Connection, guild_id: int, programme: "Programme", session_id: SessionId | None, now: datetime
) -> Proposal:
    if session_id is None:
        before = sessions.by_slug(conn, guild_id, programme.slug)
    else:
        before = known(conn, guild_id, session_id)
    speakers = sessions.speakers_by_slug(conn, guild_id, [each.slug or "" for each in programme.speakers])
    after = merged(guild_id, programme, before, speakers)
    if before is None and after.ends_at > now:
        plans.check_room(conn, guild_id, now)
    found = (
        *differences(before, after),
        *community_differences(guilds.community(conn, guild_id), programme.community()),
    )
    words = f"{before and before.id} {[(each.what, str(each.old), str(each.new)) for each in found]}"
    return Proposal(before, after, found, hashlib.blake2b(words.encode(), digest_size=4).hexdigest())


def _apply(conn: sqlite3.Connection, task: _Task, now: datetime) -> Applied | Proposal:
    proposal = _propose(conn, task.guild_id, task.programme, task.session_id, now)
    if proposal.seen != task.seen:
        return proposal
    community = task.programme.community()
    if community is not None and community != guilds.community(conn, task.guild_id):
        guilds.save_community(conn, task.guild_id, community)
        audit.record(conn, task.guild_id, task.actor, "changed what is said about the community", now=now)
    before, after = proposal.before, proposal.after
    if before is None or before.starts_at != after.starts_at:
        after = replace(after, quiet=task.quiet)
    if before is not None:
        after = edits.save(conn, before, after, now)
        audit.record_session(conn, task.actor, "imported a programme into", before, after, now=now)
        return Applied(replace(proposal, after=after))
    if after.ends_at > now:
        plans.note_creation(conn, task.guild_id, task.actor.id, after.id, now)
    sessions.save(conn, after)
    reminders.rearm(conn, after, now)
    values = {"title": after.title, "starts_at": int(after.starts_at.timestamp())}
    audit.record(conn, task.guild_id, task.actor, "imported the session", now=now, session_id=after.id, after=values)
    return Applied(replace(proposal, after=after))


def _session_and_community(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId
) -> tuple[Session, Community | None]:
    return known(conn, guild_id, session_id), guilds.community(conn, guild_id)


def _coming(conn: sqlite3.Connection, guild_id: int, now: datetime) -> list[Session]:
    _, coming = sessions.past_and_upcoming(conn, guild_id, now, 2 * MOST_OPEN)
    scheduled = [headline for headline in coming if headline.status is Status.SCHEDULED][:MOST_OPEN]
    return [session for headline in scheduled if (session := sessions.get(conn, guild_id, headline.id)) is not None]


# The formats' libraries are loaded with the first file, in its thread: a tenth of the bot's start otherwise.


def _parsed(source: Source, into: Session | None) -> "Programme":
    from bot.formats.reading import Options, read_programme_file  # noqa: PLC0415

    return read_programme_file(source.data, source.name, Options(source.title, source.zone, into))


def _calendar(sessions: Sequence[Session], now: datetime) -> bytes:
    from bot.formats.calendar import to_ical  # noqa: PLC0415

    return to_ical(sessions, now)


def _write(session: Session, community: Community | None, kind: Format, now: datetime) -> bytes:
    from bot.formats.c3voc_out import to_c3voc  # noqa: PLC0415
    from bot.formats.calendar import to_ical  # noqa: PLC0415
    from bot.formats.toml_out import to_toml  # noqa: PLC0415

    if kind is Format.TOML:
        return to_toml(session, community).encode()
    return to_c3voc(session, community) if kind is Format.C3VOC else to_ical([session], now, talks=True)
