"""The programme file: read from TOML with every problem at once, and made into the values of a session."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field, ValidationError

from bot.domain import limits
from bot.domain.guilds import Community, Pathway
from bot.domain.programme_problems import LARGEST, Problem, ProgrammeError, from_pydantic, key_words
from bot.domain.programme_references import check_references
from bot.domain.programme_tables import (
    CommunityTable,
    Frame,
    LinkTable,
    OrganizerTable,
    PathwayTable,
    SessionTable,
    SpeakerTable,
    Table,
    TalkTable,
)
from bot.domain.programme_toml import TomlError, line_of, parse
from bot.domain.sessions import Link, Organizer, Session, SessionId, Speaker, SpeakerId, Status, Talk, TalkId

__all__ = ["Problem", "Programme", "ProgrammeError", "parse_programme", "read_programme"]


class Programme(Table):
    """A whole file that was found in order; session, speakers and talks all have a slug, if only by their names."""

    community_table: Annotated[CommunityTable | None, Field(alias="community")] = None
    session_table: Annotated[SessionTable, Field(alias="session")]
    speakers: Annotated[tuple[SpeakerTable, ...], Field(max_length=limits.SPEAKERS)] = ()
    talks: Annotated[tuple[TalkTable, ...], Field(max_length=limits.TALKS)] = ()

    @property
    def slug(self) -> str:
        return self.session_table.slug or ""

    def community(self) -> Community | None:
        written = self.community_table
        if written is None:
            return None
        return Community(
            name=written.name,
            about=written.about,
            website=written.website,
            pathways=tuple(Pathway(way.label, way.url, way.text) for way in written.pathways),
            thanks=_links(written.thanks),
        )

    def session(
        self,
        guild_id: int,
        stored: Session | None = None,
        known: Mapping[str, Speaker] | None = None,
        *,
        overwrite: bool = False,
    ) -> Session:
        """The session as the file has it.

        `stored` is the same session as it is kept already: its id, those of its talks by their slugs, status, card,
        and the links that the file leaves out stay. `known` are the guild's speakers by slug: the file fills what is
        missing of them, and replaces what is there with `overwrite`.
        """
        written = self.session_table
        kept = known or {}
        people = {
            each.slug or "": _speaker(each, kept.get(each.slug or ""), overwrite=overwrite) for each in self.speakers
        }
        talks = {talk.slug: talk for talk in stored.talks} if stored else {}
        moved = stored is not None and (stored.starts_at, stored.ends_at) != (written.starts_at, written.ends_at)
        return Session(
            id=stored.id if stored else SessionId(uuid4().hex),
            guild_id=guild_id,
            slug=self.slug,
            title=written.title,
            starts_at=written.starts_at,
            ends_at=written.ends_at,
            zone=written.time_zone,
            mode=written.mode,
            status=stored.status if stored else Status.SCHEDULED,
            theme=written.theme,
            foreword=written.foreword,
            venue=written.venue,
            city=written.city,
            organizers=tuple(Organizer(each.name, each.affiliation) for each in written.organizers),
            links=_links(written.links),
            streamed=written.streamed,
            recorded=written.recorded,
            stream_url=written.stream_url or (stored.stream_url if stored else None),
            recording_url=written.recording_url or (stored.recording_url if stored else None),
            capacity=written.capacity,
            generation=stored.generation + moved if stored else 1,
            card=stored.card if stored else None,
            channel_id=stored.channel_id if stored else None,
            cancel_reason=stored.cancel_reason if stored else None,
            quiet=stored is not None and stored.quiet,
            talks=tuple(
                _talk(position, talk, people, talks.get(talk.slug or "")) for position, talk in enumerate(self.talks, 1)
            ),
        )


def read_programme(path: Path) -> Programme:
    """Read a programme file (TOML, at most 1 MiB).

    Raises:
        ProgrammeError: it cannot be read, is no TOML, or has mistakes: all of them at once.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _refuse(str(path), "there is no such file: correct the path") from None
    except IsADirectoryError:
        raise _refuse(str(path), "this is a folder: name one file in it") from None
    except (OSError, ValueError) as error:
        raise _refuse(str(path), f"the file cannot be opened: {error}") from None
    return parse_programme(data, str(path))


def parse_programme(data: bytes, file: str) -> Programme:
    """The programme in `data`; `file` is what problems call it.

    Raises:
        ProgrammeError: see `read_programme`.
    """
    if len(data) > LARGEST:
        raise _refuse(file, f"the file is larger than {LARGEST // 1024} KiB: this is no programme")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refuse(file, "the text is not in UTF-8: save the file with that encoding", line) from None
    try:
        tables, lines = parse(text)
    except TomlError as error:
        raise _refuse(file, str(error), error.line) from None
    return _validated(tables, lines, file)


def _validated(tables: dict[str, Any], lines: dict[tuple[str | int, ...], int], file: str) -> Programme:
    problems = [
        Problem(file, line_of(lines, place), key_words(place), words) for place, words in check_references(tables)
    ]
    try:
        programme = Programme.model_validate(tables, context=Frame())
    except ValidationError as error:
        found = from_pydantic(file, error.errors(include_url=False, include_input=False), lines, _KEYS)
        raise ProgrammeError(problems + found) from None
    if problems:
        raise ProgrammeError(problems)
    return programme


def _refuse(file: str, words: str, line: int | None = None) -> ProgrammeError:
    return ProgrammeError([Problem(file, line, "", words)])


def _links(tables: tuple[LinkTable, ...]) -> tuple[Link, ...]:
    return tuple(Link(table.label, table.url) for table in tables)


def _speaker(written: SpeakerTable, known: Speaker | None, *, overwrite: bool) -> Speaker:
    fresh = Speaker(
        id=known.id if known else SpeakerId(uuid4().hex),
        slug=written.slug or "",
        name=written.name,
        affiliation=written.affiliation,
        biography=written.biography,
        links=_links(written.links),
    )
    if known is None or overwrite:
        return fresh
    return replace(
        known,
        affiliation=known.affiliation or fresh.affiliation,
        biography=known.biography or fresh.biography,
        links=known.links or fresh.links,
    )


def _talk(position: int, written: TalkTable, people: Mapping[str, Speaker], stored: Talk | None) -> Talk:
    return Talk(
        id=stored.id if stored else TalkId(uuid4().hex),
        slug=written.slug or "",
        position=position,
        title=written.title,
        abstract=written.abstract,
        speakers=tuple(people[slug] for slug in written.speakers),
        starts_at=written.starts_at,
        slides_url=written.slides_url or (stored.slides_url if stored else None),
        recording_url=written.recording_url or (stored.recording_url if stored else None),
    )


_TABLES: dict[str, type[Table]] = {
    "": Programme,
    "community": CommunityTable,
    "community.pathways": PathwayTable,
    "community.thanks": LinkTable,
    "session": SessionTable,
    "session.organizers": OrganizerTable,
    "session.links": LinkTable,
    "speakers": SpeakerTable,
    "speakers.links": LinkTable,
    "talks": TalkTable,
}
_KEYS = {name: [field.alias or key for key, field in table.model_fields.items()] for name, table in _TABLES.items()}
