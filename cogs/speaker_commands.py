"""`/programme speaker …`: add, edit, remove."""

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.meanwhile import marks
from bot.domain.sessions import SpeakerId, TalkId
from bot.domain.talks import SpeakerText, read_speaker, texts_of_speaker
from bot.ui import talk_forms as pages
from bot.ui.forms import Values, filled
from cogs.answers import answer, show
from cogs.forms import SEEN, handing_back, values
from cogs.programme_group import SPEAKER, ProgrammeCommands
from cogs.rights import actor, require_moderator
from cogs.routed import Routes

NEW, EDIT = "s-new", "s-edit"


class SpeakerCommands(ProgrammeCommands):
    """Who gives the talks: a speaker is one person in all sessions of a guild."""

    def routes(self) -> Routes:
        return super().routes() | {
            NEW: (self.new_submitted, 1),
            f"{NEW}-open": (self.new_opened, 1),
            f"{NEW}-again": (self.new_again, 2),
            EDIT: (self.speaker_submitted, 2),
            f"{EDIT}-again": (self.speaker_again, 2),
            "s-remove": (self.speaker_removal_confirmed, 2),
        }

    @SPEAKER.command(name="add", description="Have somebody give a talk")
    @app_commands.describe(
        talk="A part of its title", speaker="Somebody I know already; leave it out to enter somebody new"
    )
    async def add_speaker(self, interaction: discord.Interaction, talk: str, speaker: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        talk_id = await self.talk_id(guild_id, talk)
        if speaker is None or not speaker.strip():
            await interaction.response.send_modal(pages.speaker_form("A new speaker", f"{NEW}:{talk_id}", {}))
            return
        speaker_id = await self.speaker_id(guild_id, speaker)
        found = await self._app.talks.add_speaker(guild_id, actor(interaction), talk_id, speaker_id)
        await answer(interaction, pages.speaker_added(found.talk))

    @SPEAKER.command(name="edit", description="Change name, affiliation, biography and links of a speaker")
    @app_commands.describe(speaker="A part of the name")
    async def edit_speaker(self, interaction: discord.Interaction, speaker: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.talks.speaker(guild_id, await self.speaker_id(guild_id, speaker))
        shown = texts_of_speaker(found)
        await interaction.response.send_modal(_edit_form(found.id, shown, marks(shown)))

    @SPEAKER.command(name="remove", description="Take a speaker off a talk; you are asked first")
    @app_commands.describe(speaker="A part of the name", talk="Which talk; leave it out if there is only one")
    async def remove_speaker(self, interaction: discord.Interaction, speaker: str, talk: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.talks.speaker(guild_id, await self.speaker_id(guild_id, speaker))
        talks = await self._app.talks.talks_of_speaker(guild_id, found.id)
        if talk is not None and talk.strip():
            talk_id = await self.talk_id(guild_id, talk)
        elif len(talks) == 1:
            talk_id = talks[0]
        else:
            raise Refusal("This speaker gives several talks. Please choose one in the option `talk`.")
        if talk_id not in talks:
            raise Refusal("This speaker does not give that talk. Nothing was changed.")
        about = await self._app.talks.talk(guild_id, talk_id)
        await answer(interaction, pages.confirm_speaker_removal(about.talk, found, len(talks) - 1))

    @add_speaker.autocomplete("talk")
    @remove_speaker.autocomplete("talk")
    async def _suggest_talk_of_speaker(
        self, interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_talk(interaction, text)

    @add_speaker.autocomplete("speaker")
    @edit_speaker.autocomplete("speaker")
    @remove_speaker.autocomplete("speaker")
    async def _suggest_speaker_to_change(
        self, interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_speaker(interaction, text)

    async def new_opened(self, interaction: discord.Interaction, talk_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.talks.talk(guild_id, TalkId(talk_id))
        await interaction.response.send_modal(pages.speaker_form("A new speaker", f"{NEW}:{found.talk.id}", {}))

    async def new_submitted(self, interaction: discord.Interaction, talk_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = values(interaction)
        async with handing_back(self._app, interaction, NEW, typed, again=f"{NEW}-again:{talk_id}"):
            text = _read(typed)
            found = await self._app.talks.new_speaker(guild_id, actor(interaction), TalkId(talk_id), text)
            await answer(interaction, pages.speaker_added(found.talk))

    async def new_again(self, interaction: discord.Interaction, talk_id: str, draft: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = await self._app.drafts.get(guild_id, interaction.user.id, NEW, draft)
        await interaction.response.send_modal(pages.speaker_form("A new speaker", f"{NEW}:{talk_id}", typed))

    async def speaker_submitted(self, interaction: discord.Interaction, speaker_id: str, seen: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = {**values(interaction), SEEN: seen}
        async with handing_back(self._app, interaction, EDIT, typed, again=f"{EDIT}-again:{speaker_id}"):
            text = _read(typed)
            author, chosen = actor(interaction), SpeakerId(speaker_id)
            speaker = await self._app.talks.edit_speaker(guild_id, author, chosen, text, seen)
            await answer(interaction, pages.speaker_saved(speaker))

    async def speaker_again(self, interaction: discord.Interaction, speaker_id: str, draft: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = await self._app.drafts.get(guild_id, interaction.user.id, EDIT, draft)
        await interaction.response.send_modal(_edit_form(speaker_id, typed, filled(typed, SEEN)))

    async def speaker_removal_confirmed(self, interaction: discord.Interaction, talk_id: str, speaker_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.talks.take_speaker(guild_id, actor(interaction), TalkId(talk_id), SpeakerId(speaker_id))
        await show(interaction, pages.speaker_added(found.talk))


def _edit_form(speaker_id: str, given: Values, seen: str) -> discord.ui.Modal:
    return pages.speaker_form("Edit the speaker", f"{EDIT}:{speaker_id}:{seen}", given)


def _read(typed: Values) -> SpeakerText:
    return read_speaker(
        filled(typed, "name"), filled(typed, "affiliation"), filled(typed, "biography"), filled(typed, "links")
    )
