"""What is stored about people, in plain words: /privacy."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.help import mention
from bot.ui.privacy import privacy
from cogs.answers import answer

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "This community and this bot"}


class PrivacyCog(commands.Cog):
    def __init__(self, bot: "CommunityBot") -> None:
        self._bot = bot

    @app_commands.command(description="What I store about you, for how long, and how to get or erase it", extras=GROUP)
    async def privacy(self, interaction: discord.Interaction) -> None:
        ids = self._bot.command_ids
        reply = privacy(mention("my data", ids), mention("my erase", ids), self._bot.app.settings.backups_kept)
        await answer(interaction, reply)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(PrivacyCog(bot))
