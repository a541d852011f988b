"""The command `/session`, to which several files add their subcommands."""

from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.app import App
    from bot.presses import Handler

# Name of a press or modal, to who handles it and how many arguments its custom id has.
Routes: TypeAlias = "dict[str, tuple[Handler, int]]"

# No default permissions on purpose: Discord would then hide it from people who have the moderator role but not Manage
# Server. So everybody sees it, and whoever may not use it is told so; admins can narrow it down under Server Settings,
# Integrations.
SESSION = app_commands.Group(
    name="session",
    description="For moderators: look after the sessions",
    extras={"group": "For moderators", "moderators": True},
)


class SessionCommands(commands.Cog):
    """What all files of subcommands build on; every command, press and submit asks for the right anew."""

    _app: "App"

    def routes(self) -> Routes:
        """Presses and modals; a class adds its own to those of `super()`."""
        return {}

    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        """Suggestions for an option that names a session."""
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))
