"""What is on: /schedule, /speaker, /talk and /stream, with the buttons and menus in their answers."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.ui import sessions, speakers, streams, talks
from cogs.answers import answer
from cogs.rights import guild_of
from cogs.routed import RoutedCog, Routes
from cogs.suggestions import chosen, suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "The programme"}


class ProgrammeCog(RoutedCog):
    """Answers from the programme; all of them are for the person who asked alone."""

    def __init__(self, bot: "CommunityBot") -> None:
        super().__init__(bot)
        self._lookup = self._app.lookup
        self._agenda = self._app.agenda

    def routes(self) -> Routes:
        return {
            "theme": (self.theme_pressed, 1),
            "speakers": (self.speakers_pressed, 1),
            "talks": (self.talks_pressed, 1),
            "speaker": (self.speaker_pressed, 1),
            "talk": (self.talk_pressed, 1),
            "session-pick": (self.session_picked, 0),
            "speaker-pick": (self.speaker_picked, 0),
            "talk-pick": (self.talk_picked, 0),
        }

    @app_commands.command(description="A session: when, where, its theme and talks", extras=GROUP)
    @app_commands.describe(session="Leave it out for the session that is on, or the next one")
    async def schedule(self, interaction: discord.Interaction, session: str | None = None) -> None:
        found = await self._lookup.overview(guild_of(interaction), session)
        await answer(interaction, sessions.schedule(found, self._lookup.now()))

    @app_commands.command(description="Who somebody is and what he or she speaks about", extras=GROUP)
    @app_commands.describe(name="A name or where somebody is from; leave it out to see everybody")
    async def speaker(self, interaction: discord.Interaction, name: str | None = None) -> None:
        found = await self._lookup.speaker(guild_of(interaction), name)
        await answer(interaction, speakers.render(found, self._lookup.now()))

    @app_commands.command(description="What a talk is about and who gives it", extras=GROUP)
    @app_commands.describe(title="A part of the title; leave it out to see all talks")
    async def talk(self, interaction: discord.Interaction, title: str | None = None) -> None:
        await self._show_talks(interaction, title)

    @app_commands.command(description="Where to watch a session live, or its recording", extras=GROUP)
    @app_commands.describe(session="Leave it out for the session that is on, or the next one")
    async def stream(self, interaction: discord.Interaction, session: str | None = None) -> None:
        found = await self._lookup.broadcast(guild_of(interaction), session)
        await answer(interaction, streams.stream(found, self._lookup.now()))

    @schedule.autocomplete("session")
    @stream.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._lookup.session_choices(interaction.guild_id or 0, text))

    @speaker.autocomplete("name")
    async def suggest_speaker(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._lookup.speaker_choices(interaction.guild_id or 0, text))

    @talk.autocomplete("title")
    async def suggest_talk(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._lookup.talk_choices(interaction.guild_id or 0, text))

    async def theme_pressed(self, interaction: discord.Interaction, session_id: str) -> None:
        session = await self._lookup.session(guild_of(interaction), session_id)
        await answer(interaction, sessions.theme(session))

    async def speakers_pressed(self, interaction: discord.Interaction, session_id: str) -> None:
        session = await self._lookup.session(guild_of(interaction), session_id)
        await answer(interaction, speakers.of_session(session))

    async def talks_pressed(self, interaction: discord.Interaction, session_id: str) -> None:
        guild_id = guild_of(interaction)
        session = await self._lookup.session(guild_id, session_id)
        starred = await self._agenda.stars(guild_id, interaction.user.id)
        await answer(interaction, talks.of_session(session, starred=starred))

    async def speaker_pressed(self, interaction: discord.Interaction, speaker_id: str) -> None:
        found = await self._lookup.speaker(guild_of(interaction), speaker_id)
        await answer(interaction, speakers.render(found, self._lookup.now()))

    async def talk_pressed(self, interaction: discord.Interaction, talk_id: str) -> None:
        await self._show_talks(interaction, talk_id)

    async def session_picked(self, interaction: discord.Interaction) -> None:
        found = await self._lookup.overview(guild_of(interaction), chosen(interaction))
        await answer(interaction, sessions.schedule(found, self._lookup.now()))

    async def speaker_picked(self, interaction: discord.Interaction) -> None:
        await self.speaker_pressed(interaction, chosen(interaction))

    async def talk_picked(self, interaction: discord.Interaction) -> None:
        await self.talk_pressed(interaction, chosen(interaction))

    async def _show_talks(self, interaction: discord.Interaction, text: str | None) -> None:
        guild_id = guild_of(interaction)
        found = await self._lookup.talk(guild_id, text)
        starred = await self._agenda.stars(guild_id, interaction.user.id)
        await answer(interaction, talks.render(found, self._lookup.now(), starred))


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(ProgrammeCog(bot))
