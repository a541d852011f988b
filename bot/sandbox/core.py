"""The sandbox as one object: what it consists of and how the parts reach each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox import payloads
from bot.sandbox.acts import Acts
from bot.sandbox.clock import SandboxClock
from bot.sandbox.events import Events
from bot.sandbox.faults import Faults
from bot.sandbox.follow import Followers
from bot.sandbox.gateway import Gateway
from bot.sandbox.interactions import Interactions
from bot.sandbox.journal import Ring, Violations, rest_entry
from bot.sandbox.posts import Posts
from bot.sandbox.ratelimits import RateLimits
from bot.sandbox.seed import starting_world
from bot.sandbox.snowflakes import Snowflakes
from bot.sandbox.timetable import Timetable
from bot.sandbox.uploads import Files
from bot.sandbox.world import DM, THREADS, Channel

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.wire import Json
    from bot.sandbox.world import Guild, Member, User


@dataclass(frozen=True, slots=True)
class Settings:
    """How a sandbox is started. Seconds named here are real ones: they do not follow the sandbox's clock."""

    host: str = "127.0.0.1"
    port: int = 8017
    token: str = "sandbox"  # noqa: S105  # known to everyone on purpose: it opens nothing but this sandbox
    clock_start: datetime | None = None
    clock_speed: float = 1.0
    moments: tuple[tuple[str, datetime], ...] = ()
    nonce_window: float = 180.0
    answer_seconds: float = 3.0
    token_seconds: float = 900.0
    rate_limits: bool = True
    privileged: int = 0  # privileged intents that the bot may use


@dataclass
class Sandbox:
    """One running sandbox."""

    settings: Settings = field(default_factory=Settings)
    base_url: str = ""

    def __post_init__(self) -> None:
        self.clock = SandboxClock(self.settings.clock_start, self.settings.clock_speed)
        self.ids = Snowflakes(self.clock)
        self.world = starting_world()
        self.events = Events(self.world)
        self.violations = Violations(self.events.publish)
        self.journal = Ring(rest_entry)
        self.faults = Faults()
        self.limits = RateLimits(enabled=self.settings.rate_limits)
        self.files = Files()
        self.followers = Followers(self)
        self.gateway = Gateway(self)
        self.posts = Posts(self)
        self.interactions = Interactions(self)
        self.acts = Acts(self)
        self.timetable = Timetable(self)

    @property
    def gateway_url(self) -> str:
        return self.base_url.replace("http", "ws", 1) + "/gateway"

    def dm_channel(self, user: User) -> Channel:
        """The direct message of a user with the bot, opened when there is none."""
        channel = self.world.channels.get(user.dm_channel)
        if channel is None:
            channel = self.world.add_channel(Channel(self.ids.new(), DM, "", recipient=user.id))
            user.dm_channel = channel.id
        return channel

    # -- changes of the world that bot and page are told of ------------------------------------------------------------

    def tell_channel(self, event: str, channel: Channel, **more: object) -> None:
        """Dispatch CHANNEL_CREATE and its like, and let pages read the world anew."""
        self.gateway.dispatch(event, payloads.channel(self.world, channel) | more, guild_id=channel.guild_id)
        self.world.rights.clear()
        self.events.publish({"type": "world"})

    def tell_member(self, guild: Guild, member: Member) -> None:
        payload = {**payloads.member(member), "guild_id": str(guild.id)}
        self.gateway.dispatch("GUILD_MEMBER_UPDATE", payload, guild_id=guild.id)
        self.world.rights.clear()
        self.events.publish({"type": "world"})

    def tell_event(self, what: str, guild: Guild, event: Json) -> None:
        """Dispatch that a native event came (CREATE), changed (UPDATE) or went (DELETE)."""
        self.gateway.dispatch(f"GUILD_SCHEDULED_EVENT_{what}", event, guild_id=guild.id)
        self.events.publish({"type": "world"})

    def delete_channel(self, channel: Channel) -> None:
        self.tell_channel("CHANNEL_DELETE" if channel.type not in THREADS else "THREAD_DELETE", channel)
        self.world.drop_channel(channel)
        self.events.publish({"type": "world"})
