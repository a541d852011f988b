"""What the courier needs of Discord, and how discord.py does it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import discord

from bot.delivery.trouble import (
    CLOSED_DM,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NO_MUTUAL_GUILD,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    UNKNOWN_USER,
    Kind,
    Trouble,
    trouble,
)
from bot.ui.reply import Reply

UNREACHABLE_PERSON = frozenset({UNKNOWN_USER, CLOSED_DM, NO_MUTUAL_GUILD})

PAGE = 100  # messages of one history page (Discord: resources/message, "Get Channel Messages")
_SILENCE = 60.0  # seconds, where Discord asks for a pause and names none

_WORDS = {
    UNKNOWN_CHANNEL: "the channel no longer exists",
    MISSING_ACCESS: "I cannot see the channel (permission: View Channel)",
    MISSING_PERMISSIONS: "I may not post in the channel (permissions: View Channel, Send Messages, Embed Links)",
    CLOSED_DM: "the person does not take direct messages",
    NO_MUTUAL_GUILD: "the person is in no server with me any more",
    UNKNOWN_USER: "the person's account no longer exists",
}


class NotSent(Exception):
    """A call that brought no message; `str()` says why, for a moderator."""


class Unsure(NotSent):
    """Nobody knows whether it was done: no answer, or a server's error."""


class Limited(NotSent):
    """Not done; Discord wants `seconds` (real ones) of patience first, `everywhere` with all calls."""

    def __init__(self, seconds: float, *, everywhere: bool = False) -> None:
        super().__init__(f"Discord asked for a pause of {seconds:.0f} seconds")
        self.seconds = seconds
        self.everywhere = everywhere


class Refused(NotSent):
    """Not done, and it will not be while nobody changes something; `code` is Discord's."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class Deleted(NotSent):
    """The message had been posted under this nonce, and somebody has deleted it."""


class Foreign(NotSent):
    """Discord answered with a message that is not ours."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message in a channel's history: by whom it is, and the ids of its buttons."""

    id: int
    own: bool
    custom_ids: tuple[str, ...]

    def carries(self, marker: str) -> bool:
        return self.own and any(custom_id.startswith(marker) for custom_id in self.custom_ids)


class Sender(Protocol):
    """Calls to Discord, each one request. They raise `NotSent` in one of its forms, and nothing else is expected."""

    async def send(
        self, channel_id: int, reply: Reply, *, nonce: str | None, marker: str | None, ping_role_id: int | None
    ) -> int:
        """Post and return the message's id; only `ping_role_id` is pinged.

        Raises:
            Foreign: the message that Discord returned has no button whose id begins with `marker`.
            Deleted: the message of this nonce was deleted.
        """

    async def open_direct(self, user_id: int) -> int:
        """The id of the channel for direct messages with a person."""

    async def page(self, channel_id: int, *, before: int | None = None, after: int | None = None) -> list[Seen]:
        """Up to `PAGE` messages: the newest, the newest older than `before`, or the oldest newer than `after`."""

    async def can_read_history(self, channel_id: int) -> bool:
        """Whether the history can be trusted: without the permission Discord shows an empty one, and no error."""

    async def take_back(self, channel_id: int, message_id: int) -> None:
        """Delete a message of ours; one that is gone already is fine."""

    async def correct(self, channel_id: int, message_id: int, reply: Reply) -> None:
        """Replace what a message of ours says, without pinging anybody; one that is gone is fine."""

    def newest_id(self, channel_id: int | None) -> int:
        """The newest id that the server has shown us: its time, whatever our clock says. 0 when it has shown none."""


class DiscordSender:
    """The Sender that talks through a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._newest = 0

    def note(self, snowflake: int) -> None:
        """Remember an id that the server has just made (of an interaction, of a message)."""
        self._newest = max(self._newest, snowflake)

    def newest_id(self, channel_id: int | None) -> int:
        channel = self._client.get_channel(channel_id) if channel_id is not None else None
        last = channel.last_message_id if isinstance(channel, discord.TextChannel) else None
        return max(self._newest, last or 0)

    async def send(
        self, channel_id: int, reply: Reply, *, nonce: str | None, marker: str | None, ping_role_id: int | None
    ) -> int:
        roles = [discord.Object(ping_role_id)] if ping_role_id is not None else []
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)
        options = reply.kwargs()
        if nonce is not None:  # discord.py makes one up where there is none
            options["nonce"] = nonce
        with translated():
            channel = self._client.get_partial_messageable(channel_id)
            message: discord.Message = await channel.send(**options, allowed_mentions=mentions)
        self.note(message.id)
        if marker is not None and not self._seen(message).carries(marker):
            raise Foreign("Discord answered with another message than the one that was posted")
        return message.id

    async def open_direct(self, user_id: int) -> int:
        with translated():
            channel = await self._client.create_dm(discord.Object(user_id))
        return channel.id

    async def page(self, channel_id: int, *, before: int | None = None, after: int | None = None) -> list[Seen]:
        with translated():
            history = self._client.get_partial_messageable(channel_id).history(
                limit=PAGE,
                before=discord.Object(before) if before is not None else None,
                after=discord.Object(after) if after is not None else None,
            )
            return [self._seen(message) async for message in history]

    async def can_read_history(self, channel_id: int) -> bool:
        channel = self._client.get_channel(channel_id)
        with translated():
            if isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
                allowed = channel.permissions_for(channel.guild.me)
            else:
                allowed = await self._uncached_permissions(channel_id)
        return allowed.view_channel and allowed.read_message_history

    async def take_back(self, channel_id: int, message_id: int) -> None:
        with contextlib.suppress(Deleted), translated():
            await self._client.get_partial_messageable(channel_id).get_partial_message(message_id).delete()

    async def correct(self, channel_id: int, message_id: int, reply: Reply) -> None:
        nobody = discord.AllowedMentions.none()
        with contextlib.suppress(Deleted), translated():
            message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
            await message.edit(**reply.edit_kwargs(), allowed_mentions=nobody)

    async def _uncached_permissions(self, channel_id: int) -> discord.Permissions:
        # The gateway has not told us about the channel (yet): ask over HTTP.
        found = await self._client.fetch_channel(channel_id)
        if isinstance(found, discord.abc.PrivateChannel):
            return discord.Permissions.all()
        guild = await self._client.fetch_guild(found.guild.id, with_counts=False)
        me = await guild.fetch_member(self._own_id())
        return (await guild.fetch_channel(channel_id)).permissions_for(me)

    def _own_id(self) -> int:
        if self._client.user is None:
            raise Unsure("not logged in")
        return self._client.user.id

    def _seen(self, message: discord.Message) -> Seen:
        ids = tuple(
            child.custom_id
            for row in message.components
            if isinstance(row, discord.ActionRow)
            for child in row.children
            if child.custom_id is not None
        )
        return Seen(message.id, message.author.id == self._own_id(), ids)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what discord.py raises as `NotSent` in one of its forms."""
    try:
        yield
    except Exception as error:
        found = trouble(error)
        if found.kind is Kind.UNEXPECTED:
            raise
        raise _meaning(found) from error


def _meaning(found: Trouble) -> NotSent:
    if found.kind is Kind.LIMITED:
        return Limited(max(found.seconds or _SILENCE, 1.0), everywhere=found.everywhere)
    if found.kind is Kind.PASSING:
        return Unsure(f"Discord failed: {found.words}")
    if found.kind is Kind.GONE and found.code == UNKNOWN_MESSAGE:
        return Deleted("the post was deleted")
    return Refused(found.code, _WORDS.get(found.code, f"Discord refused it: {found.words}"))
