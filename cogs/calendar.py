"""`/calendar`: sessions for everybody's own calendar."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.sessions import Phase
from bot.formats.calendar_link import google_link
from bot.ui import calendar
from cogs.answers import answer
from cogs.rights import guild_of
from cogs.routed import RoutedCog, Routes
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "The programme"}


class CalendarCog(RoutedCog):
    """Answers for the person who asked alone."""

    def __init__(self, bot: "CommunityBot") -> None:
        super().__init__(bot)
        self._lookup = self._app.lookup
        self._exchange = self._app.exchange

    def routes(self) -> Routes:
        return {calendar.ALL: (self.all_pressed, 0)}

    @app_commands.command(description="A session for your own calendar, with a reminder", extras=GROUP)
    @app_commands.describe(session="Leave it out for the session that is on, or the next one")
    async def calendar(self, interaction: discord.Interaction, session: str | None = None) -> None:
        guild_id = guild_of(interaction)
        found = await self._lookup.session(guild_id, session)
        phase = found.phase(self._lookup.now())
        if phase is Phase.CANCELLED:
            raise Refusal("That session was cancelled. `/schedule` shows what takes place.")
        file = await self._exchange.calendar(found)
        others = await self._exchange.coming(guild_id) - (phase is not Phase.OVER)
        reply = calendar.calendar(found, file.name, file.data, google_link(found), others=others)
        await answer(interaction, reply)

    @calendar.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._lookup.session_choices(interaction.guild_id or 0, text))

    async def all_pressed(self, interaction: discord.Interaction) -> None:
        file, number = await self._exchange.calendar_of_all(guild_of(interaction))
        reply = calendar.all_upcoming(number, file.name, file.data)
        await answer(interaction, reply)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(CalendarCog(bot))
