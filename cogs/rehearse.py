"""/rehearse: a session's posts in a chosen channel, at a chosen speed."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.places import TO_LOG, check_place
from bot.domain.rehearsal import Speed
from bot.ui.rehearsal import NAMES, begun
from cogs.rights import require_moderator
from cogs.routed import RoutedCog, Routes
from cogs.server_facts import guild_here, person_of, place
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "For moderators", "moderators": True}


class RehearseCog(RoutedCog):
    def routes(self) -> Routes:
        return {"rehearse-stop": (self.stop_pressed, 1)}

    @app_commands.command(description="Play a session's posts in a channel; marked, and nobody is pinged", extras=GROUP)
    @app_commands.describe(
        channel="Where you and I may write",
        speed="How fast; within 5 minutes if you leave it out",
        session="Leave it out for the session that is on, or the next one",
    )
    @app_commands.choices(speed=[app_commands.Choice(name=NAMES[each.value], value=each.value) for each in Speed])
    async def rehearse(
        self,
        interaction: discord.Interaction,
        channel: discord.TextChannel,
        speed: str = Speed.FIVE_MINUTES.value,
        session: str | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        check_place(place(guild_here(interaction), channel.id, person_of(interaction)), TO_LOG)
        found = await self._app.lookup.session(guild_id, session)
        await interaction.response.defer(ephemeral=True)
        started = await self._app.rehearsals.begin(guild_id, found.id, channel.id, _speed(speed))
        url = f"https://discord.com/channels/{guild_id}/{channel.id}/{started.message_id}"
        await interaction.followup.send(**begun(url, started.token).kwargs(), ephemeral=True)

    @rehearse.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))

    async def stop_pressed(self, interaction: discord.Interaction, token: str) -> None:
        """The button under the opening, for any moderator."""
        guild_id = await require_moderator(self._app, interaction)
        if not self._app.rehearsals.stop(guild_id, token):
            raise Refusal("That rehearsal is over already.")
        await interaction.response.send_message("The rehearsal stops.", ephemeral=True)


def _speed(text: str) -> Speed:
    try:
        return Speed(text)
    except ValueError:
        raise Refusal("I do not know that speed. Please pick one of the suggestions.") from None


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(RehearseCog(bot))
