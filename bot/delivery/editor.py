"""What the keeper of cards needs of Discord, and how discord.py does it."""

from typing import Protocol

import discord

from bot.domain.sessions import MessageRef
from bot.ui.reply import Reply


class CardPress(Protocol):
    """A press on a card, to be answered once."""

    @property
    def message_id(self) -> int:
        """The message that was pressed."""

    @property
    def left(self) -> float:
        """Real seconds in which the answer is to be on its way."""

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
