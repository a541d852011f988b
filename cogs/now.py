"""What is on at this moment, and what comes after it: /now and /next."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.now import coming_next, on_now
from cogs.answers import answer
from cogs.rights import guild_of

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "The programme"}


class NowCog(commands.Cog):
    """Answers that are right at the minute of the question; the times in them keep counting."""

    def __init__(self, bot: "CommunityBot") -> None:
        self._app = bot.app

    @app_commands.command(description="What is on right now: session and talk", extras=GROUP)
    async def now(self, interaction: discord.Interaction) -> None:
        around = await self._app.agenda.around(guild_of(interaction))
        reply = on_now(around, self._app.clock.now())
        await answer(interaction, reply)

    @app_commands.command(description="What comes next: the next talk and the next session", extras=GROUP)
    async def next(self, interaction: discord.Interaction) -> None:
        around = await self._app.agenda.around(guild_of(interaction))
        reply = coming_next(around, self._app.clock.now())
        await answer(interaction, reply)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(NowCog(bot))
