"""A server as its moderators have set it up, and as Discord has it now."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.guilds import GuildConfig
from bot.domain.places import Badge, Place


@dataclass(frozen=True, slots=True)
class Server:
    """What was chosen, with the channels and roles behind it; None where nothing was chosen."""

    config: GuildConfig
    announce: Place | None = None
    log: Place | None = None
    moderators: Badge | None = None
    ping: Badge | None = None
    paused_since: datetime | None = None
