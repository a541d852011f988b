"""The command `/session`, to which several files add their subcommands."""

import discord
from discord import app_commands

from cogs.routed import RoutedCog
from cogs.suggestions import suggest

# No default permissions on purpose: Discord would then hide it from people who have the moderator role but not Manage
# Server. So everybody sees it, and whoever may not use it is told so; admins can narrow it down under Server Settings,
# Integrations.
SESSION = app_commands.Group(
    name="session",
    description="For moderators: look after the sessions",
    extras={"group": "For moderators", "moderators": True},
)


class SessionCommands(RoutedCog):
    """What all files of subcommands build on; every command, press and submit asks for the right anew."""

    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        """Suggestions for an option that names a session."""
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))
