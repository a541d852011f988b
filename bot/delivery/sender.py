"""What the courier needs of Discord, and how discord.py does it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import aiohttp
import discord

from bot.ui.reply import Reply

# Discord's codes: topics/opcodes-and-status-codes.
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_USER = 10013
MISSING_ACCESS = 50001
CLOSED_DM = 50007
MISSING_PERMISSIONS = 50013
NO_MUTUAL_GUILD = 50278
OVERLOADED = 130000
UNREACHABLE_PERSON = frozenset({UNKNOWN_USER, CLOSED_DM, NO_MUTUAL_GUILD})

PAGE = 100  # messages of one history page (Discord: resources/message, "Get Channel Messages")
_UNAUTHORIZED, _NOT_FOUND, _TIMEOUT, _TOO_MANY, _SERVER_ERROR = 401, 404, 408, 429, 500
_CLOUDFLARE_PAUSE = 60.0  # a 429 that is not the API's own names no time; less than a minute makes it worse

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
    """Not done; Discord wants `seconds` (real ones) of patience first."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Discord asked for a pause of {seconds:.0f} seconds")
        self.seconds = seconds


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
        with _translated():
            channel = self._client.get_partial_messageable(channel_id)
            message: discord.Message = await channel.send(**options, allowed_mentions=mentions)
        self.note(message.id)
        if marker is not None and not self._seen(message).carries(marker):
            raise Foreign("Discord answered with another message than the one that was posted")
        return message.id

    async def open_direct(self, user_id: int) -> int:
        with _translated():
            channel = await self._client.create_dm(discord.Object(user_id))
        return channel.id

    async def page(self, channel_id: int, *, before: int | None = None, after: int | None = None) -> list[Seen]:
        with _translated():
            history = self._client.get_partial_messageable(channel_id).history(
                limit=PAGE,
                before=discord.Object(before) if before is not None else None,
                after=discord.Object(after) if after is not None else None,
            )
            return [self._seen(message) async for message in history]

    async def can_read_history(self, channel_id: int) -> bool:
        channel = self._client.get_channel(channel_id)
        with _translated():
            if isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
                allowed = channel.permissions_for(channel.guild.me)
            else:
                allowed = await self._uncached_permissions(channel_id)
        return allowed.view_channel and allowed.read_message_history

    async def take_back(self, channel_id: int, message_id: int) -> None:
        with contextlib.suppress(Deleted), _translated():
            await self._client.get_partial_messageable(channel_id).get_partial_message(message_id).delete()

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
def _translated() -> Iterator[None]:
    try:
        yield
    except discord.RateLimited as error:
        raise Limited(error.retry_after) from error
    except discord.HTTPException as error:
        raise _meaning(error) from error
    except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
        raise Unsure(f"Discord could not be reached ({type(error).__name__})") from error


def _meaning(error: discord.HTTPException) -> NotSent:
    if error.status == _TOO_MANY:
        return Limited(_pause(error))
    if error.status >= _SERVER_ERROR or error.status in (_UNAUTHORIZED, _TIMEOUT) or error.code == OVERLOADED:
        return Unsure(f"Discord answered with error {error.status}")
    if error.status == _NOT_FOUND and error.code == UNKNOWN_MESSAGE:
        return Deleted("the post was deleted")
    return Refused(error.code, _WORDS.get(error.code, f"Discord refused it: {error.text[:200]} (code {error.code})"))


def _pause(error: discord.HTTPException) -> float:
    try:
        return max(float(error.response.headers["Retry-After"]), 1.0)
    except (KeyError, ValueError):
        return _CLOUDFLARE_PAUSE
