"""Who changed what: /audit, its pages, and taking the last change back."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.sessions import SessionId
from bot.ui.audit import ALL, audit, taken_back
from cogs.answers import answer
from cogs.rights import actor, require_moderator
from cogs.routed import RoutedCog, Routes
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "For moderators", "moderators": True}
HIGHEST = 9  # digits of a page or of a change


class AuditCog(RoutedCog):
    """For moderators alone, at every press anew."""

    def routes(self) -> Routes:
        return {"audit": (self.page_pressed, 2), "audit-undo": (self.undo_pressed, 1)}

    @app_commands.command(description="Who changed what and when, and take the last change back", extras=GROUP)
    @app_commands.describe(session="Only changes to this session")
    async def audit(self, interaction: discord.Interaction, session: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = None if session is None else await self._app.lookup.session(guild_id, session)
        page = await self._app.audit.page(guild_id, 0, found.id if found else None)
        await answer(interaction, audit(page, self._app.clock.now()))

    @audit.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))

    async def page_pressed(self, interaction: discord.Interaction, number: str, only: str) -> None:
        """Turn to another page of the same answer."""
        guild_id = await require_moderator(self._app, interaction)
        page = await self._app.audit.page(guild_id, _number(number), None if only == ALL else SessionId(only))
        await interaction.response.edit_message(**audit(page, self._app.clock.now()).edit_kwargs())

    async def undo_pressed(self, interaction: discord.Interaction, number: str) -> None:
        """Take back the change under which the button was."""
        guild_id = await require_moderator(self._app, interaction)
        change = await self._app.audit.undo(guild_id, _number(number), actor(interaction))
        await answer(interaction, taken_back(change))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > HIGHEST:
        raise Refusal("This button is from an older version of the bot. Please use `/audit` again.")
    return int(text)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(AuditCog(bot))
