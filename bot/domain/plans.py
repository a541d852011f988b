"""A session that is being made: what was typed, what was understood, and how many there may be."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.sessions import Headline, Mode, Session, SessionId

# Ours, so that one guild cannot fill the bot, nor one person a guild.
MOST_OPEN = 50  # sessions to come of one guild
MOST_CREATED = 20  # sessions made by one person in 24 hours, in one guild


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as it was typed."""

    title: str = ""
    start: str = ""
    end: str = ""
    zone: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A session to be. `channel_id` None: the channel of the guild's announcements; `capacity` None: no limit."""

    typed: Typed
    mode: Mode = Mode.HYBRID
    capacity: int | None = None
    channel_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "typed": {name: getattr(self.typed, name) for name in Typed.__slots__},
            "mode": self.mode.value,
            "capacity": self.capacity,
            "channel_id": self.channel_id,
            "starts_at": self.starts_at and int(self.starts_at.timestamp()),
            "ends_at": self.ends_at and int(self.ends_at.timestamp()),
        }

    @property
    def place(self) -> tuple[str | None, str | None]:
        """Venue and city: "House of Science, Berlin"; without a comma it is a venue alone."""
        return venue_and_city(self.typed.place)

    def session(self, key: SessionId, guild_id: int, slug: str) -> Session:
        """The session, once its times are known."""
        assert self.starts_at is not None
        assert self.ends_at is not None
        venue, city = self.place
        return Session(
            id=key,
            guild_id=guild_id,
            slug=slug,
            title=self.typed.title,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            zone=self.typed.zone,
            mode=self.mode,
            venue=venue,
            city=city,
            capacity=self.capacity,
            channel_id=self.channel_id,
        )

    def without_times(self) -> "Plan":
        return replace(self, starts_at=None, ends_at=None)


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as a line of a list; `coming` counts those in person with a seat, and online."""

    session: Headline
    coming: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list; `page` counts from 0."""

    sessions: tuple[Listed, ...]
    page: int
    pages: int
    total: int


def venue_and_city(place: str) -> tuple[str | None, str | None]:
    venue, comma, city = place.rpartition(",")
    first, last = (venue.strip(), city.strip()) if comma else (city.strip(), "")
    return first or last or None, (last or None) if first else None
