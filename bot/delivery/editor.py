"""What the keeper of cards needs of Discord, how discord.py does it, and what its errors mean."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import aiohttp
import discord

from bot.domain.sessions import MessageRef
from bot.ui.reply import Reply

_TOO_MANY, _FORBIDDEN, _NOT_FOUND, _SERVER_ERROR = 429, 403, 404, 500


class CardPress(Protocol):
    """A press on a card, to be answered once."""

    @property
    def message_id(self) -> int:
        """The message that was pressed."""

    async def show(self, reply: Reply) -> None:
        """Answer by changing the pressed message; its buttons stay."""

    async def acknowledge(self) -> None:
        """Answer without a sign."""


class Editor(Protocol):
    """Changes messages of ours."""

    async def edit(self, card: MessageRef, reply: Reply) -> None:
        """Replace embeds and buttons of a message."""


class DiscordEditor:
    """The Editor that talks through a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def edit(self, card: MessageRef, reply: Reply) -> None:
        message = self._client.get_partial_messageable(card.channel_id).get_partial_message(card.message_id)
        # The content, which may mention a role, stays as it was posted.
        await message.edit(embeds=list(reply.embeds), view=reply.view, allowed_mentions=discord.AllowedMentions.none())


class Kind(Enum):
    """What an error asks for."""

    GONE = auto()  # the message or its channel: nothing is left to edit
    FORBIDDEN = auto()  # until a moderator changes something
    LIMITED = auto()  # patience
    PASSING = auto()  # another try: Discord or the network was at fault
    UNEXPECTED = auto()


@dataclass(frozen=True, slots=True)
class Trouble:
    """`seconds` is the patience Discord asked for, 0 where it named none."""

    kind: Kind
    seconds: float = 0.0


def trouble(error: Exception) -> Trouble:
    """What an error of discord.py means for a message we keep."""
    if isinstance(error, discord.RateLimited):
        return Trouble(Kind.LIMITED, error.retry_after)
    if isinstance(error, discord.HTTPException):
        return _http_trouble(error)
    if isinstance(error, aiohttp.ClientError | OSError):  # TimeoutError is an OSError
        return Trouble(Kind.PASSING)
    return Trouble(Kind.UNEXPECTED)


def _http_trouble(error: discord.HTTPException) -> Trouble:
    if error.status == _TOO_MANY:  # also 30046: edits of messages older than an hour have a limit of their own
        return Trouble(Kind.LIMITED, _asked_for(error))
    if error.status == _NOT_FOUND:
        return Trouble(Kind.GONE)
    if error.status == _FORBIDDEN:
        return Trouble(Kind.FORBIDDEN)
    return Trouble(Kind.PASSING if error.status >= _SERVER_ERROR else Kind.UNEXPECTED)


def _asked_for(error: discord.HTTPException) -> float:
    try:
        return float(error.response.headers.get("Retry-After", 0))
    except ValueError:
        return 0.0
