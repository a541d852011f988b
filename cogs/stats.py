"""How answers came in, for moderators: /stats."""

import io
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.stats import Figures
from bot.ui.stats import PICTURE, alt_text, picture_data, stats
from cogs.rights import require_moderator
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "For moderators", "moderators": True}


class StatsCog(commands.Cog):
    def __init__(self, bot: "CommunityBot") -> None:
        self._app = bot.app

    @app_commands.command(description="Answers over time, seats, check-ins and who showed up, in numbers", extras=GROUP)
    @app_commands.describe(session="Leave it out for the session that is on, the next, or else the last one")
    async def stats(self, interaction: discord.Interaction, session: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        await interaction.response.defer(ephemeral=True)  # a picture takes longer than a second
        figures, now = await self._app.stats.figures(guild_id, found.id), self._app.clock.now()
        reply = stats(figures, await self._picture(figures), now)
        await interaction.followup.send(**reply.kwargs(), ephemeral=True)

    @stats.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))

    async def _picture(self, figures: Figures) -> discord.File | None:
        data = picture_data(figures, self._app.clock.now())
        painted = None if data is None else await self._app.painter.answers_over_time(data)
        if painted is None:
            return None
        return discord.File(io.BytesIO(painted), PICTURE, description=alt_text(figures))


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(StatsCog(bot))
