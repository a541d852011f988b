"""A session with its talks and speakers, as values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

SessionId = NewType("SessionId", str)
TalkId = NewType("TalkId", str)
SpeakerId = NewType("SpeakerId", str)

# No session lasts longer: so the running one is found among those that began lately, however many are stored.
LONGEST = timedelta(days=14)


class Mode(StrEnum):
    """How people can take part."""

    HYBRID = "hybrid"
    IN_PERSON = "in_person"
    ONLINE = "online"


class Status(StrEnum):
    """What the moderators decided; whether it is running is a matter of the time, see `Phase`."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """Where a session stands at a given moment."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Link:
    """A named https address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Organizer:
    name: str
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """`slug` names the speaker in programme files and is unique in its guild."""

    id: SpeakerId
    slug: str
    name: str
    affiliation: str | None = None
    biography: str | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """One item of a session; `position` counts from 1, `starts_at` is None while nobody has fixed it."""

    id: TalkId
    slug: str
    position: int
    title: str
    abstract: str | None = None
    speakers: tuple[Speaker, ...] = ()
    starts_at: datetime | None = None
    slides_url: str | None = None
    recording_url: str | None = None


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message in Discord."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list shows of a session. Datetimes are aware and in UTC."""

    id: SessionId
    guild_id: int
    slug: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    mode: Mode = Mode.HYBRID
    status: Status = Status.SCHEDULED

    def phase(self, now: datetime) -> Phase:
        """Where the session stands at `now`; it is over from `ends_at` on."""
        if self.status is Status.CANCELLED:
            return Phase.CANCELLED
        if now < self.starts_at:
            return Phase.UPCOMING
        return Phase.RUNNING if now < self.ends_at else Phase.OVER


@dataclass(frozen=True, slots=True)
class Session(Headline):
    """One gathering. Datetimes are aware and in UTC; `zone` is the IANA zone its organizers think in.

    `slug` names the session in programme files and is unique in its guild. `capacity` limits the seats
    in person (None: no limit). `generation` rises when time or channel change, so that reminders of an
    older plan can be told from those of the present one. `theme` is Markdown written by the organizers.
    `channel_id` is its own channel for card and reminders (None: the guild's); a `quiet` session pings nobody.
    """

    theme: str | None = None
    foreword: str | None = None
    venue: str | None = None
    city: str | None = None
    organizers: tuple[Organizer, ...] = ()
    links: tuple[Link, ...] = ()
    streamed: bool = False
    recorded: bool = False
    stream_url: str | None = None
    recording_url: str | None = None
    capacity: int | None = None
    generation: int = 1
    card: MessageRef | None = None
    talks: tuple[Talk, ...] = ()
    channel_id: int | None = None
    cancel_reason: str | None = None
    quiet: bool = False

    @property
    def seats(self) -> int | None:
        """How many can sit (None: no limit); whoever comes online needs no seat."""
        return None if self.mode is Mode.ONLINE else self.capacity

    def speakers(self) -> Iterator[Speaker]:
        """Each speaker once, in the order of the talks."""
        seen: set[SpeakerId] = set()
        for talk in self.talks:
            for speaker in talk.speakers:
                if speaker.id not in seen:
                    seen.add(speaker.id)
                    yield speaker
