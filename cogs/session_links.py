"""`/session stream` and `/session recording` set the two links of a session."""

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.sessions import SessionId
from bot.ui import links
from cogs.answers import answer
from cogs.rights import actor, require_moderator
from cogs.routed import Routes
from cogs.session_group import SESSION, SessionCommands

CLEAR = "link-clear"


class LinkCommands(SessionCommands):
    """Where to watch."""

    def routes(self) -> Routes:
        return super().routes() | {CLEAR: (self.clear_pressed, 2)}

    @SESSION.command(description="Set the link of the stream, or see and remove it")
    @app_commands.describe(
        url="Where to watch, beginning with https://; leave it out to see the link that is set",
        session="Leave it out for the session that is on, or the next one",
    )
    async def stream(
        self, interaction: discord.Interaction, url: str | None = None, session: str | None = None
    ) -> None:
        await self._show_or_set(interaction, links.STREAM, url, session)

    @SESSION.command(description="Set the link of the recording, or see and remove it")
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
    async def _suggest_for_link(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_session(interaction, text)

    async def clear_pressed(self, interaction: discord.Interaction, session_id: str, kind: str) -> None:
        """The button under a link that is set: removes it."""
        guild_id = await require_moderator(self._app, interaction)
        if kind not in links.KINDS:
            raise Refusal("This button is from an older version of the bot. Please use `/session` again.")
        session = await self._app.lookup.session(guild_id, session_id)
        await self._set_link(interaction, guild_id, session.id, kind, None)

    async def _show_or_set(
        self, interaction: discord.Interaction, kind: str, url: str | None, text: str | None
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        session = await self._app.lookup.session(guild_id, text)
        if url is None or not url.strip():
            reply = links.present(session, kind)
            await answer(interaction, reply)
            return
        await self._set_link(interaction, guild_id, session.id, kind, url)

    async def _set_link(
        self, interaction: discord.Interaction, guild_id: int, session_id: SessionId, kind: str, url: str | None
    ) -> None:
        change = self._app.sessions.set_stream if kind == links.STREAM else self._app.sessions.set_recording
        await change(guild_id, session_id, url, actor(interaction))
        shown = await self._app.lookup.broadcast(guild_id, session_id)
        reply = links.saved(shown, kind, self._app.clock.now())
        await answer(interaction, reply)
