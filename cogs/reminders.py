"""What moderators do about reminders: /reminders list, set, test, pause and resume."""

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.places import Right, listed
from bot.domain.reminders import sample
from bot.services.reminders import check_ahead
from bot.ui import reminder_list as ui
from cogs.answers import answer
from cogs.rights import actor, require_moderator
from cogs.routed import RoutedCog, Routes
from cogs.server_facts import rights
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot
    from bot.domain.sessions import SessionId

log = logging.getLogger(__name__)

SESSION = "Leave it out for the session that is on, or the next one"
TO_TEST = (Right.VIEW, Right.SEND, Right.EMBED)


class RemindersCog(RoutedCog):
    """Every command and press asks for the right anew."""

    reminders = app_commands.Group(
        name="reminders",
        description="For moderators: what is posted before a session, and when",
        extras={"group": "For moderators", "moderators": True},
    )

    def routes(self) -> Routes:
        return {ui.PAGE: (self.page_pressed, 2)}

    @reminders.command(name="list", description="What will be posted when and where, and what became of the rest")
    @app_commands.describe(session="Leave it out for all sessions")
    async def list_posts(self, interaction: discord.Interaction, session: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        chosen = (await self._app.lookup.session(guild_id, session)).id if session else None
        found = await self._app.reminders.page(guild_id, chosen)
        await answer(interaction, ui.page(found, self._app.clock.now()))

    @reminders.command(name="set", description="Choose when people are reminded of a session, up to 8 times")
    @app_commands.describe(
        times="How long before the start, like: 24h, 1h, 10m; or none; or default, for those of the server",
        session=SESSION,
    )
    async def set_times(
        self,
        interaction: discord.Interaction,
        times: app_commands.Range[str, 1, 200],
        session: str | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        chosen = await self._app.lookup.session(guild_id, session)
        found = await self._app.reminders.set_offsets(guild_id, chosen.id, times, actor(interaction))
        await answer(interaction, ui.chosen(found, self._app.clock.now()))

    @reminders.command(description="Post a reminder here, marked as a test; nobody is pinged")
    @app_commands.describe(session=SESSION)
    async def test(self, interaction: discord.Interaction, session: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        channel = _where(interaction)
        chosen, now = await self._app.lookup.session(guild_id, session), self._app.clock.now()
        check_ahead(chosen, now)
        config = await self._app.lookup.config(guild_id)
        await interaction.response.defer(ephemeral=True, thinking=True)
        post = ui.test_post(chosen, sample(chosen, now), now, config.ping_role_id)
        try:
            message = await channel.send(**post.kwargs(), allowed_mentions=discord.AllowedMentions.none())
        except discord.Forbidden as error:
            raise Refusal(f"Discord did not let me post here: {error.text}. `/doctor` says what is missing.") from None
        await interaction.edit_original_response(content=f"Posted: {message.jump_url}")

    @reminders.command(description="Post nothing in this server until you resume")
    async def pause(self, interaction: discord.Interaction) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.reminders.pause(guild_id, actor(interaction))
        await answer(interaction, ui.paused(found, self._app.clock.now()))

    @reminders.command(description="Post again; what came too late meanwhile is skipped")
    async def resume(self, interaction: discord.Interaction) -> None:
        guild_id = await require_moderator(self._app, interaction)
        skipped, found = await self._app.reminders.resume(guild_id, actor(interaction))
        await answer(interaction, ui.resumed(found, self._app.clock.now(), skipped))

    @list_posts.autocomplete("session")
    @set_times.autocomplete("session")
    @test.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))

    async def page_pressed(self, interaction: discord.Interaction, scope: str, number: str) -> None:
        """A button under the list."""
        guild_id = await require_moderator(self._app, interaction)
        session_id: SessionId | None = None
        if scope != ui.ALL:
            session_id = (await self._app.lookup.session(guild_id, scope)).id
        page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0  # noqa: PLR2004 - any bound
        found = await self._app.reminders.page(guild_id, session_id, page)
        await interaction.response.edit_message(**ui.page(found, self._app.clock.now()).edit_kwargs())


def _where(interaction: discord.Interaction) -> discord.TextChannel | discord.VoiceChannel | discord.Thread:
    """The channel of the interaction, when both the person and the bot may write there.

    Raises:
        Refusal: one of them may not, or nothing can be posted there.
    """
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        raise Refusal("Nothing can be posted here. Please use this command in a text channel.")
    in_thread = isinstance(channel, discord.Thread)
    if Right.SEND not in rights(interaction.permissions, in_thread=in_thread):
        raise Refusal("You may not write here yourself, so you cannot let me post here. Use it in another channel.")
    mine = rights(interaction.app_permissions, in_thread=in_thread)
    missing = tuple(right for right in TO_TEST if right not in mine)
    if missing:
        raise Refusal(f"I cannot post here. I need: {listed(missing)}.")
    return channel


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(RemindersCog(bot))
