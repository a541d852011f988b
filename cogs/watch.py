"""Buttons about watching: "Watch live", "Tell me when the recording is up", and the link in the message about it."""

from typing import TYPE_CHECKING

import discord

from bot.domain.errors import Refusal
from bot.domain.reminders import RECORDING
from bot.domain.sessions import SessionId
from bot.ui.watch import OFF, ON, TELL, WATCH, watching, wished
from cogs.answers import answer
from cogs.rights import actor, guild_of
from cogs.routed import RoutedCog, Routes

if TYPE_CHECKING:
    from bot.client import CommunityBot


class WatchCog(RoutedCog):
    """All answers are for the person alone."""

    def __init__(self, bot: "CommunityBot") -> None:
        super().__init__(bot)
        self._people = self._app.attendance

    def routes(self) -> Routes:
        return {WATCH: (self.watched, 1), TELL: (self.told, 2), RECORDING: (self.asked_for_recording, 2)}

    async def watched(self, interaction: discord.Interaction, session_id: str) -> None:
        """The link as it is now; the first time it counts as being there."""
        guild_id = guild_of(interaction)
        session, new = await self._people.watch(guild_id, SessionId(session_id), actor(interaction))
        await answer(interaction, watching(session, self._people.now(), checked_in=new))

    async def told(self, interaction: discord.Interaction, session_id: str, choice: str) -> None:
        guild_id = guild_of(interaction)
        if choice not in (ON, OFF):
            raise Refusal("This button is from an older version of the bot. Please use `/stream`.")
        session, wish = await self._people.wish(guild_id, SessionId(session_id), interaction.user.id, on=choice == ON)
        await answer(interaction, wished(session, wish))

    async def asked_for_recording(self, interaction: discord.Interaction, key: str, session_id: str) -> None:
        """A button of the direct message about a recording, which knows its guild by its key."""
        session = await self._people.session_of_notice(key, interaction.user.id, SessionId(session_id))
        await answer(interaction, watching(session, self._people.now(), checked_in=False))


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(WatchCog(bot))
