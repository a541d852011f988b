"""Changes to talks and speakers, as moderators make them: each is one write, and everything follows it."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain import meanwhile
from bot.domain import talks as rules
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.search import fold
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.domain.talks import SpeakerText, TalkText
from bot.services import clashes, talk_records
from bot.services.changes import Changes
from bot.services.known import known
from bot.services.times import in_turn, read_moment
from bot.store import agenda, audit, edits, sessions, talks
from bot.store.database import Database

# Words that count from the present moment and not from the day of the session.
_FROM_NOW = re.compile(r"\s*(?:in|today|tomorrow|tonight)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A talk in its session, and how many people have starred it."""

    session: Session
    talk: Talk
    stars: int = 0


@dataclass(frozen=True, slots=True)
class _Author:
    """Who changes something, where and when; `what` goes on after the name in the record of changes."""

    guild_id: int
    actor: Actor
    what: str
    now: datetime


class TalkService:
    """Ids and slugs stay through every change but a removal, so stars and programme files still find their talks."""

    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def talk(self, guild_id: int, talk_id: TalkId) -> Found:
        """One talk of the guild.

        Raises:
            Refusal: there is none with this id.
        """
        return await self._db.read(_found, guild_id, talk_id)

    async def speaker(self, guild_id: int, speaker_id: SpeakerId) -> Speaker:
        """One speaker of the guild.

        Raises:
            Refusal: there is none with this id.
        """
        return await self._db.read(_speaker, guild_id, speaker_id)

    async def talks_of_speaker(self, guild_id: int, speaker_id: SpeakerId) -> list[TalkId]:
        return await self._db.read(talks.talks_of_speaker, guild_id, speaker_id)

    async def add(
        self, guild_id: int, actor: Actor, session_id: SessionId, text: TalkText, position: int | None = None
    ) -> Found:
        """Add a talk at `position` (from 1; None: at the end).

        Raises:
            Refusal: the session is full, or not of this guild; as for all methods here, nothing was changed then.
        """
        author = self._author(guild_id, actor, "added a talk")
        return self._announce(await self._db.write(_add, author, session_id, text, position))

    async def edit(self, guild_id: int, actor: Actor, talk_id: TalkId, text: TalkText, seen: str) -> Found:
        """Give a talk another title and abstract; `seen` are the marks of those that the form showed.

        Raises:
            OverwriteRefusal: somebody else has written another text since, where this one writes anew.
        """
        author = self._author(guild_id, actor, "changed a talk")
        return self._announce(await self._db.write(_edit, author, talk_id, text, seen))

    async def move(self, guild_id: int, actor: Actor, talk_id: TalkId, position: int) -> Found:
        """Put a talk at another place in its session (from 1)."""
        author = self._author(guild_id, actor, "moved a talk")
        return await self._change(author, talk_id, lambda session: rules.moved(session, talk_id, position))

    async def read_start(self, guild_id: int, talk_id: TalkId, typed: str) -> tuple[Found, datetime]:
        """The moment that `typed` names as the start of a talk; nothing is changed. A time alone is in the session.

        Raises:
            Refusal: it cannot be read, or lies outside the session.
        """
        found = await self.talk(guild_id, talk_id)
        session = found.session
        # "10:30" is the first 10:30 of the session, its very beginning included.
        since = self._clock.now() if _FROM_NOW.match(typed) else session.starts_at - timedelta(minutes=1)
        moment = await in_turn(read_moment, typed, session.zone, since)
        rules.check_start(session, moment.at)
        return found, moment.at

    async def set_start(self, guild_id: int, actor: Actor, talk_id: TalkId, starts_at: datetime | None) -> Found:
        """Fix when a talk begins (None: it is not fixed any more).

        Raises:
            Refusal: it lies outside the session.
        """
        what = "set the start of a talk" if starts_at else "took the start of a talk away"
        author = self._author(guild_id, actor, what)
        return await self._change(author, talk_id, lambda session: rules.started(session, talk_id, starts_at))

    async def set_links(self, guild_id: int, actor: Actor, talk_id: TalkId, urls: Mapping[str, str | None]) -> Found:
        """Set the addresses `slides_url` and `recording_url`, as far as `urls` has them (None: none).

        Raises:
            Refusal: an address cannot be shown as a link.
        """
        checked = {
            name: None if url is None else rules.read_url(name.removesuffix("_url"), url) for name, url in urls.items()
        }
        author = self._author(guild_id, actor, "changed the links of a talk")
        return await self._change(author, talk_id, lambda session: rules.changed(session, talk_id, **checked))

    async def remove(self, guild_id: int, actor: Actor, talk_id: TalkId) -> Found:
        """Remove a talk with its stars, and speakers who have no other one; returns what is gone, and its session."""
        author = self._author(guild_id, actor, "removed a talk")
        return self._announce(await self._db.write(_remove, author, talk_id))

    async def add_speaker(self, guild_id: int, actor: Actor, talk_id: TalkId, speaker_id: SpeakerId) -> Found:
        """Have a speaker whom the guild knows give a talk, too."""
        author = self._author(guild_id, actor, "added a speaker to a talk")
        return self._announce(await self._db.write(_add_speaker, author, talk_id, speaker_id))

    async def new_speaker(self, guild_id: int, actor: Actor, talk_id: TalkId, text: SpeakerText) -> Found:
        """Have somebody new give a talk.

        Raises:
            Refusal: the guild has a speaker of this name and affiliation.
        """
        author = self._author(guild_id, actor, "added a new speaker")
        return self._announce(await self._db.write(_new_speaker, author, talk_id, text))

    async def edit_speaker(
        self, guild_id: int, actor: Actor, speaker_id: SpeakerId, text: SpeakerText, seen: str
    ) -> Speaker:
        """Change the words about a speaker, in all sessions at once; `seen` as for `edit`.

        Raises:
            OverwriteRefusal: as `edit`.
        """
        author = self._author(guild_id, actor, "changed a speaker")
        speaker, touched = await self._db.write(_edit_speaker, author, speaker_id, text, seen)
        for session_id in touched:
            self._changes.card(session_id)
        return speaker

    async def take_speaker(self, guild_id: int, actor: Actor, talk_id: TalkId, speaker_id: SpeakerId) -> Found:
        """Take a speaker from a talk; one without any other talk leaves the programme."""
        author = self._author(guild_id, actor, "took a speaker from a talk")
        return await self._change(author, talk_id, lambda session: rules.without_speaker(session, talk_id, speaker_id))

    def _author(self, guild_id: int, actor: Actor, what: str) -> _Author:
        return _Author(guild_id, actor, what, self._clock.now())

    async def _change(self, author: _Author, talk_id: TalkId, change: Callable[[Session], Session]) -> Found:
        return self._announce(await self._db.write(_change, author, talk_id, change))

    def _announce(self, found: Found) -> Found:
        self._changes.reminders()
        self._changes.card(found.session.id)
        return found


def _found(conn: sqlite3.Connection, guild_id: int, talk_id: TalkId) -> Found:
    session = _session_of(conn, guild_id, talk_id)
    return Found(session, rules.talk_in(session, talk_id), agenda.star_count(conn, guild_id, talk_id))


def _session_of(conn: sqlite3.Connection, guild_id: int, talk_id: TalkId) -> Session:
    session = talks.session_of(conn, guild_id, talk_id)
    if session is None:
        raise Refusal(rules.GONE)
    return session


def _speaker(conn: sqlite3.Connection, guild_id: int, speaker_id: SpeakerId) -> Speaker:
    speaker = talks.speaker(conn, guild_id, speaker_id)
    if speaker is None:
        raise Refusal(rules.NO_SPEAKER)
    return speaker


def _change(conn: sqlite3.Connection, author: _Author, talk_id: TalkId, change: Callable[[Session], Session]) -> Found:
    before = _session_of(conn, author.guild_id, talk_id)
    return _save(conn, author, before, change(before), talk_id)


def _edit(conn: sqlite3.Connection, author: _Author, talk_id: TalkId, text: TalkText, seen: str) -> Found:
    session = _session_of(conn, author.guild_id, talk_id)
    talk = rules.talk_in(session, talk_id)
    typed = rules.texts_of(text)
    clashes.guard_talk(conn, session, talk, typed, seen)
    wanted = meanwhile.own(typed, seen)
    fields = {field: value for field, value in (("title", text.title), ("abstract", text.abstract)) if field in wanted}
    return _save(conn, author, session, rules.changed(session, talk_id, **fields), talk_id)


def _save(conn: sqlite3.Connection, author: _Author, before: Session, after: Session, talk_id: TalkId) -> Found:
    after = edits.save(conn, before, after, author.now)
    old = next((talk for talk in before.talks if talk.id == talk_id), None)
    new = rules.talk_in(after, talk_id)
    _record(conn, author, after, old, new)
    return Found(after, new, agenda.star_count(conn, author.guild_id, talk_id))


def _add(
    conn: sqlite3.Connection, author: _Author, session_id: SessionId, text: TalkText, position: int | None
) -> Found:
    before = known(conn, author.guild_id, session_id)
    after, talk_id = rules.added(before, text, position)
    return _save(conn, author, before, after, talk_id)


def _remove(conn: sqlite3.Connection, author: _Author, talk_id: TalkId) -> Found:
    gone = _found(conn, author.guild_id, talk_id)
    left = edits.save(conn, gone.session, rules.removed(gone.session, talk_id), author.now)
    _record(conn, author, left, gone.talk, None)
    return Found(left, gone.talk, gone.stars)


def _add_speaker(conn: sqlite3.Connection, author: _Author, talk_id: TalkId, speaker_id: SpeakerId) -> Found:
    speaker = _speaker(conn, author.guild_id, speaker_id)
    return _change(conn, author, talk_id, lambda session: rules.with_speaker(session, talk_id, speaker))


def _new_speaker(conn: sqlite3.Connection, author: _Author, talk_id: TalkId, text: SpeakerText) -> Found:
    folded = fold(f"{text.name} {text.affiliation or ''}")
    if talks.namesake(conn, author.guild_id, folded) is not None:
        raise Refusal(
            f"{rules.NOTHING_SAVED} There is a speaker of this name here: choose her or him in the option `speaker` "
            "of `/programme speaker add`, or write another affiliation."
        )
    speaker = rules.new_speaker(text, talks.speaker_slugs(conn, author.guild_id))
    return _change(conn, author, talk_id, lambda session: rules.with_speaker(session, talk_id, speaker))


def _edit_speaker(
    conn: sqlite3.Connection, author: _Author, speaker_id: SpeakerId, text: SpeakerText, seen: str
) -> tuple[Speaker, list[SessionId]]:
    known = _speaker(conn, author.guild_id, speaker_id)
    typed = rules.texts_of_speaker(text)
    clashes.guard_speaker(conn, author.guild_id, known, typed, seen)
    wanted = meanwhile.own(typed, seen)
    text = replace(
        SpeakerText(known.name, known.affiliation, known.biography, known.links),
        **{field: getattr(text, field) for field in wanted},
    )
    touched = talks.sessions_of_speaker(conn, author.guild_id, speaker_id)
    session = sessions.get(conn, author.guild_id, touched[0]) if touched else None
    if session is None:
        raise Refusal(rules.NO_SPEAKER)
    sessions.save(conn, rules.with_text(session, speaker_id, text))  # the speaker's row is that of all sessions
    edited = _speaker(conn, author.guild_id, speaker_id)
    before, after = talk_records.of_speaker(known), talk_records.of_speaker(edited)
    audit.record(conn, author.guild_id, author.actor, author.what, now=author.now, before=before, after=after)
    return edited, touched


def _record(conn: sqlite3.Connection, author: _Author, session: Session, old: Talk | None, new: Talk | None) -> None:
    before, after = talk_records.differing(old, new)
    audit.record(
        conn,
        author.guild_id,
        author.actor,
        author.what,
        now=author.now,
        session_id=session.id,
        before=before,
        after=after,
    )
