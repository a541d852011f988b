"""The tables of a programme file as models: what may stand in each, and how much of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationInfo, field_validator

from bot.domain import limits
from bot.domain.programme_fields import Affiliation, Name, PathwayText, Place, Slug, Text, Theme, Title, Url, slug_of
from bot.domain.programme_times import read_time
from bot.domain.sessions import LONGEST, Mode
from bot.domain.zones import find_zone, resolve

# Stands where a time could not be worked out; a programme with such a problem is never returned.
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Frame:
    """What the session says, for its talks to be checked against."""

    zone: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LinkTable(Table):
    label: Name
    url: Url


class PathwayTable(Table):
    label: Name
    url: Url
    text: PathwayText


class CommunityTable(Table):
    name: Name
    about: Text
    website: Url | None = None
    pathways: Annotated[tuple[PathwayTable, ...], Field(max_length=limits.PATHWAYS)] = ()
    thanks: Annotated[tuple[LinkTable, ...], Field(max_length=limits.LINKS)] = ()


class OrganizerTable(Table):
    name: Name
    affiliation: Affiliation | None = None


class SessionTable(Table):
    """`starts_at` and `ends_at` are aware and in UTC, whatever was written."""

    title: Title
    slug: Annotated[Slug | None, Field(validate_default=True)] = None
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    mode: Mode = Mode.HYBRID
    venue: Place | None = None
    city: Place | None = None
    capacity: Annotated[StrictInt, Field(ge=1, le=limits.CAPACITY)] | None = None
    streamed: StrictBool = False
    recorded: StrictBool = False
    stream_url: Url | None = None
    recording_url: Url | None = None
    theme: Theme | None = None
    foreword: Text | None = None
    organizers: Annotated[tuple[OrganizerTable, ...], Field(max_length=limits.ORGANIZER_COUNT)] = ()
    links: Annotated[tuple[LinkTable, ...], Field(max_length=limits.LINKS)] = ()

    @field_validator("slug", mode="after")
    @classmethod
    def _slug(cls, slug: str | None, info: ValidationInfo) -> str | None:
        return slug or _made_slug(info, "title")

    @field_validator("time_zone", mode="after")
    @classmethod
    def _zone(cls, name: str, info: ValidationInfo) -> str:
        frame = _frame(info)
        frame.zone = find_zone(name).key
        return frame.zone

    @field_validator("starts_at", mode="plain")
    @classmethod
    def _start(cls, value: object, info: ValidationInfo) -> datetime:
        frame = _frame(info)
        frame.starts_at = _moment(value, frame)
        return frame.starts_at or _NEVER

    @field_validator("ends_at", mode="plain")
    @classmethod
    def _end(cls, value: object, info: ValidationInfo) -> datetime:
        frame = _frame(info)
        start, end = frame.starts_at, _moment(value, frame)
        if start and end and end <= start:
            raise ValueError("is not after starts_at: correct the date or the time of one of them")
        if start and end and end - start > LONGEST:
            raise ValueError(f"is more than {LONGEST.days} days after starts_at: make several sessions of it")
        frame.ends_at = end
        return end or _NEVER

    @field_validator("city", mode="after")
    @classmethod
    def _place(cls, city: str | None, info: ValidationInfo) -> str | None:
        together = ", ".join(filter(None, (info.data.get("venue"), city)))
        if len(together) > limits.PLACE:
            raise ValueError(
                f"and venue have {len(together)} characters together and {limits.PLACE} fit"
                " (the location of a Discord event): shorten one"
            )
        return city

    @field_validator("organizers", mode="after")
    @classmethod
    def _organizers(cls, organizers: tuple[OrganizerTable, ...]) -> tuple[OrganizerTable, ...]:
        length = sum(len(each.name) + len(each.affiliation or "") + len(" (), ") for each in organizers)
        if length > limits.ORGANIZERS:
            raise ValueError(
                f"have {length} characters together and {limits.ORGANIZERS} fit (a field in Discord): shorten some"
            )
        return organizers


class SpeakerTable(Table):
    name: Name
    slug: Annotated[Slug | None, Field(validate_default=True)] = None
    affiliation: Affiliation | None = None
    biography: Text | None = None
    links: Annotated[tuple[LinkTable, ...], Field(max_length=limits.LINKS)] = ()

    @field_validator("slug", mode="after")
    @classmethod
    def _slug(cls, slug: str | None, info: ValidationInfo) -> str | None:
        return slug or _made_slug(info, "name")


class TalkTable(Table):
    """`speakers` are the slugs of speakers."""

    title: Title
    slug: Annotated[Slug | None, Field(validate_default=True)] = None
    speakers: Annotated[tuple[str, ...], Field(max_length=limits.SPEAKERS_OF_TALK)] = ()
    abstract: Text | None = None
    starts_at: datetime | None = None
    slides_url: Url | None = None
    recording_url: Url | None = None

    @field_validator("slug", mode="after")
    @classmethod
    def _slug(cls, slug: str | None, info: ValidationInfo) -> str | None:
        return slug or _made_slug(info, "title")

    @field_validator("starts_at", mode="plain")
    @classmethod
    def _start(cls, value: object, info: ValidationInfo) -> datetime | None:
        frame = _frame(info)
        moment = _moment(value, frame)
        if moment and frame.starts_at and frame.ends_at and not frame.starts_at <= moment < frame.ends_at:
            raise ValueError("is not within the session: correct it, or starts_at and ends_at of the session")
        return moment


def _frame(info: ValidationInfo) -> Frame:
    assert isinstance(info.context, Frame)
    return info.context


def _moment(value: object, frame: Frame) -> datetime | None:
    """None where the zone is wrong or missing, which is a problem of its own."""
    local, label = read_time(value)
    return None if frame.zone is None else resolve(local, frame.zone, label)


def _made_slug(info: ValidationInfo, source: str) -> str | None:
    """None where there is no name or title to make it from, which is a problem of its own."""
    text = info.data.get(source)
    slug = None if text is None else slug_of(text)
    if slug == "":
        raise ValueError(f'cannot be made from the {source}: add a line like slug = "short-name"')
    return slug
