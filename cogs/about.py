"""Who the community is, and what the bot can do: /about and /help."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.about import about
from bot.ui.help import Entry, help_page
from cogs.answers import answer
from cogs.rights import guild_of, is_moderator

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "This community and this bot"}
OTHER_GROUP = "More"


class AboutCog(commands.Cog):
    def __init__(self, bot: "CommunityBot") -> None:
        self._bot = bot
        self._lookup = bot.app.lookup

    @app_commands.command(description="Who this community is and where to go on", extras=GROUP)
    async def about(self, interaction: discord.Interaction) -> None:
        reply = about(await self._lookup.community(guild_of(interaction)))
        await answer(interaction, reply)

    @app_commands.command(description="What you can ask me for", extras=GROUP)
    async def help(self, interaction: discord.Interaction) -> None:
        config = await self._lookup.config(guild_of(interaction))
        moderator = is_moderator(interaction, config)
        reply = help_page(self._entries(), self._bot.command_ids, moderator=moderator)
        await answer(interaction, reply)

    def _entries(self) -> list[Entry]:
        """All commands as the tree has them: the `extras` of a command, or of its group, say where it stands."""
        found = [command for command in self._bot.tree.walk_commands() if isinstance(command, app_commands.Command)]
        return [_entry(command) for command in found]


def _entry(command: app_commands.Command[commands.Cog, ..., None]) -> Entry:
    extras = (command.root_parent or command).extras | command.extras
    return Entry(
        name=command.qualified_name,
        description=command.description,
        group=str(extras.get("group", OTHER_GROUP)),
        moderators=bool(extras.get("moderators", False)),
    )


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(AboutCog(bot))
