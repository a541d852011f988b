"""The command `/programme`, to which two files add their subcommands: one for talks, one for speakers."""

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.lookup import Appearance, SpeakerPage
from bot.domain.sessions import SpeakerId, TalkId
from cogs.routed import RoutedCog
from cogs.suggestions import suggest

# Seen by everybody, like /session, and for the same reason.
PROGRAMME = app_commands.Group(
    name="programme",
    description="For moderators: look after talks and speakers",
    extras={"group": "For moderators", "moderators": True},
)
TALK = app_commands.Group(name="talk", description="For moderators: the talks of a session", parent=PROGRAMME)
SPEAKER = app_commands.Group(name="speaker", description="For moderators: the speakers of talks", parent=PROGRAMME)


class ProgrammeCommands(RoutedCog):
    """What both files of subcommands build on; every command, press and submit asks for the right anew."""

    async def suggest_talk(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        """Suggestions for an option that names a talk."""
        return await suggest(self._app.lookup.talk_choices(interaction.guild_id or 0, text))

    async def suggest_speaker(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        """Suggestions for an option that names a speaker."""
        return await suggest(self._app.lookup.speaker_choices(interaction.guild_id or 0, text))

    async def talk_id(self, guild_id: int, text: str) -> TalkId:
        """The one talk that was chosen or typed.

        Raises:
            Refusal: none fits, or more than one.
        """
        found = await self._app.lookup.talk(guild_id, text) if text.strip() else None
        if isinstance(found, Appearance):
            return found.talk.id
        raise Refusal("I do not know which talk you mean. Please pick one of the suggestions in the option `talk`.")

    async def speaker_id(self, guild_id: int, text: str) -> SpeakerId:
        """The one speaker that was chosen or typed, see `talk_id`."""
        found = await self._app.lookup.speaker(guild_id, text) if text.strip() else None
        if isinstance(found, SpeakerPage):
            return found.speaker.id
        raise Refusal("I do not know whom you mean. Please pick one of the suggestions in the option `speaker`.")
