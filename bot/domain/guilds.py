"""What a guild has chosen, and who the community behind it is."""

from dataclasses import dataclass

from bot.domain.sessions import Link


@dataclass(frozen=True, slots=True)
class GuildConfig:
    """Channels and roles by id; None where the moderators have not chosen yet.

    `zone` is the IANA zone that new sessions begin with, `reminder_minutes` how long before a session it is reminded
    of where the session has no times of its own.
    """

    guild_id: int
    announce_channel_id: int | None = None
    log_channel_id: int | None = None
    moderator_role_id: int | None = None
    ping_role_id: int | None = None
    zone: str | None = None
    reminder_minutes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pathway:
    """A way to go on in the community: grants, freelance work, documentation."""

    label: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Community:
    """Who stands behind the sessions: what `/about` answers."""

    name: str
    about: str
    website: str | None = None
    pathways: tuple[Pathway, ...] = ()
    thanks: tuple[Link, ...] = ()
