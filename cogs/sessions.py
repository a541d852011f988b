"""What moderators do with sessions: `/session stream` and `/session recording` set the two links."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.errors import Refusal
from bot.domain.sessions import SessionId
from bot.ui import links
from cogs.rights import require_moderator
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

CLEAR = "link-clear"


class SessionsCog(commands.Cog):
    """Every command and press asks for the right anew.

    The group has no default permissions on purpose: Discord would then hide it from people who have the moderator role
    but not Manage Server. So everybody sees it, and whoever may not use it is told so; admins can narrow it down under
    Server Settings, Integrations.
    """

    session = app_commands.Group(
        name="session",
        description="For moderators: look after the sessions",
        extras={"group": "For moderators", "moderators": True},
    )

    def __init__(self, bot: "CommunityBot") -> None:
        self._app = bot.app
        self._router = bot.router

    async def cog_load(self) -> None:
        self._router.on(CLEAR, self.clear_pressed, arguments=2)

    async def cog_unload(self) -> None:
        self._router.off(CLEAR)

    @session.command(description="Set the link of the stream, or see and remove it")
    @app_commands.describe(
        url="Where to watch, beginning with https://; leave it out to see the link that is set",
        session="Leave it out for the session that is on, or the next one",
    )
    async def stream(
        self, interaction: discord.Interaction, url: str | None = None, session: str | None = None
    ) -> None:
        await self._show_or_set(interaction, links.STREAM, url, session)

    @session.command(description="Set the link of the recording, or see and remove it")
    @app_commands.describe(
        url="Where to watch it, beginning with https://; leave it out to see the link that is set",
        session="Leave it out for the session that is on, the next, or else the last one",
    )
    async def recording(
        self, interaction: discord.Interaction, url: str | None = None, session: str | None = None
    ) -> None:
        await self._show_or_set(interaction, links.RECORDING, url, session)

    @stream.autocomplete("session")
    @recording.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))

    async def clear_pressed(self, interaction: discord.Interaction, session_id: str, kind: str) -> None:
        """The button under a link that is set: removes it."""
        guild_id = await require_moderator(self._app, interaction)
        if kind not in links.KINDS:
            raise Refusal("This button is from an older version of the bot. Please use `/session` again.")
        session = await self._app.lookup.session(guild_id, session_id)
        await self._set(interaction, guild_id, session.id, kind, None)

    async def _show_or_set(
        self, interaction: discord.Interaction, kind: str, url: str | None, text: str | None
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        session = await self._app.lookup.session(guild_id, text)
        if url is None or not url.strip():
            reply = links.present(session, kind)
            await interaction.response.send_message(**reply.kwargs(), ephemeral=True)
            return
        await self._set(interaction, guild_id, session.id, kind, url)

    async def _set(
        self, interaction: discord.Interaction, guild_id: int, session_id: SessionId, kind: str, url: str | None
    ) -> None:
        change = self._app.sessions.set_stream if kind == links.STREAM else self._app.sessions.set_recording
        await change(guild_id, session_id, url)
        shown = await self._app.lookup.broadcast(guild_id, session_id)
        reply = links.saved(shown, kind, self._app.clock.now())
        await interaction.response.send_message(**reply.kwargs(), ephemeral=True)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(SessionsCog(bot))
