"""Everything that exists in the sandbox: people, guilds, channels, roles, messages, native events."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.wire import Json

APPLICATION_ID = 900000000000000001
MESSAGES_PER_CHANNEL = 5_000

TEXT, DM, VOICE, ANNOUNCEMENT, PUBLIC_THREAD, PRIVATE_THREAD, STAGE = 0, 1, 2, 5, 11, 12, 13
THREADS = (10, PUBLIC_THREAD, PRIVATE_THREAD)


@dataclass(slots=True)
class User:
    id: int
    name: str
    bot: bool = False
    avatar: str | None = None
    dms_closed: bool = False
    dm_channel: int = 0
    payload: Json = field(default_factory=dict)  # made once: names never change, and every message carries it


@dataclass(slots=True)
class Member:
    user: User
    joined_at: str
    roles: list[int] = field(default_factory=list)
    nick: str | None = None


@dataclass(slots=True)
class Role:
    id: int
    name: str
    permissions: int
    position: int
    color: int = 0
    mentionable: bool = False
    managed_by: int = 0


@dataclass(slots=True)
class Message:
    """A stored message: the Discord object, and what only the sandbox knows about it."""

    data: Json
    channel_id: int
    author_id: int
    viewer: int = 0  # the one user who sees an ephemeral message; 0 = everyone
    interaction_id: int = 0
    pinged: Json = field(default_factory=dict)
    nonce: Any = None
    deleted: bool = False

    @property
    def id(self) -> int:
        return int(self.data["id"])

    @property
    def shown(self) -> Json:
        """For the page and the tests: with who was pinged."""
        return {**self.data, "_pinged": self.pinged}


@dataclass(slots=True)
class Channel:
    id: int
    type: int
    name: str
    guild_id: int = 0
    topic: str | None = None
    position: int = 0
    overwrites: dict[int, Json] = field(default_factory=dict)
    recipient: int = 0
    messages: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    whispers: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    last_message_id: int = 0
    pins: list[int] = field(default_factory=list)
    # threads only
    parent_id: int = 0
    owner_id: int = 0
    thread: Json = field(default_factory=dict)
    message_count: int = 0
    rate_limit_per_user: int = 0


@dataclass(slots=True)
class Guild:
    id: int
    name: str
    owner_id: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    scheduled_events: dict[int, Json] = field(default_factory=dict)
    interested: dict[int, set[int]] = field(default_factory=dict)
    available: bool = True


class World:
    """All state that Discord would keep; look-ups by id, no rules."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.commands: dict[int, dict[int, Json]] = {0: {}}  # by guild, 0 = global; then by command id
        self.rights: dict[tuple[int, int], int] = {}  # permissions by user and channel; emptied by every change

    @property
    def bot(self) -> User:
        return self.users[APPLICATION_ID]

    def bot_guilds(self) -> list[Guild]:
        return [guild for guild in self.guilds.values() if APPLICATION_ID in guild.members]

    def guild_of(self, channel: Channel) -> Guild | None:
        return self.guilds.get(channel.guild_id)

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if guild := self.guild_of(channel):
            guild.channels[channel.id] = channel
        return channel

    def drop_channel(self, channel: Channel) -> None:
        """Remove a channel with its messages and threads."""
        for thread in [each for each in self.channels.values() if each.parent_id == channel.id]:
            self.drop_channel(thread)
        self.channels.pop(channel.id, None)
        if guild := self.guild_of(channel):
            guild.channels.pop(channel.id, None)
        for message_id in (*channel.messages, *channel.whispers):
            if message := self.messages.pop(message_id, None):
                message.deleted = True

    def add_message(self, channel: Channel, message: Message) -> None:
        """Keep a message; the oldest of its kind in the channel goes when there are too many."""
        shelf = channel.whispers if message.viewer else channel.messages
        shelf[message.id] = self.messages[message.id] = message
        if not message.viewer:
            channel.last_message_id = message.id
            channel.message_count += 1
        while len(shelf) > MESSAGES_PER_CHANNEL:
            oldest, _ = shelf.popitem(last=False)
            self.messages.pop(oldest, None)

    def drop_message(self, message: Message) -> None:
        message.deleted = True
        self.messages.pop(message.id, None)
        if channel := self.channels.get(message.channel_id):
            (channel.whispers if message.viewer else channel.messages).pop(message.id, None)
            if message.id in channel.pins:
                channel.pins.remove(message.id)
