"""`/programme talk …`: add, edit, move, time, links, remove."""

from datetime import UTC, datetime

import discord
from discord import app_commands

from bot.domain import limits
from bot.domain.errors import Refusal
from bot.domain.meanwhile import marks
from bot.domain.sessions import TalkId
from bot.domain.talks import read_talk, texts_of
from bot.ui import talk_forms as pages
from bot.ui.forms import Values, filled
from cogs.answers import answer, show
from cogs.forms import SEEN, handing_back, values
from cogs.programme_group import TALK, ProgrammeCommands
from cogs.rights import actor, require_moderator
from cogs.routed import Routes
from cogs.suggestions import suggest

ADD, EDIT, START = "t-add", "t-edit", "t-start"
_OLD = "This button is from an older version of the bot. Please use `/programme talk` again."
_LAST_SECOND = 32503680000  # the year 3000: more is no time that anybody meant


class TalkCommands(ProgrammeCommands):
    """The talks of sessions; times and removals are asked for before anything is saved."""

    def routes(self) -> Routes:
        return super().routes() | {
            ADD: (self.add_submitted, 2),
            f"{ADD}-again": (self.add_again, 3),
            EDIT: (self.edit_submitted, 2),
            f"{EDIT}-again": (self.edit_again, 2),
            START: (self.start_submitted, 1),
            f"{START}-again": (self.start_again, 2),
            "t-start-open": (self.start_opened, 1),
            "t-start-set": (self.start_confirmed, 2),
            "t-link-clear": (self.link_cleared, 2),
            "t-remove": (self.removal_confirmed, 1),
            "t-keep": (self.kept, 0),
        }

    @TALK.command(description="Add a talk to a session")
    @app_commands.describe(
        session="Leave it out for the session that is on, or the next one",
        position="Its place in the order; leave it out for the end",
    )
    async def add(
        self,
        interaction: discord.Interaction,
        session: str | None = None,
        position: app_commands.Range[int, 1, limits.TALKS] | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        custom_id = f"{ADD}:{found.id}:{position or 0}"
        await interaction.response.send_modal(pages.talk_form("A new talk", custom_id, {}))

    @TALK.command(description="Change the title and the abstract of a talk")
    @app_commands.describe(talk="A part of its title")
    async def edit(self, interaction: discord.Interaction, talk: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.talks.talk(guild_id, await self.talk_id(guild_id, talk))
        shown = texts_of(found.talk)
        await interaction.response.send_modal(_edit_form(found.talk.id, shown, marks(shown)))

    @TALK.command(description="Put a talk at another place in the order of its session")
    @app_commands.describe(talk="A part of its title", position="Its new place in the order, from 1")
    async def move(
        self, interaction: discord.Interaction, talk: str, position: app_commands.Range[int, 1, limits.TALKS]
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        talk_id = await self.talk_id(guild_id, talk)
        found = await self._app.talks.move(guild_id, actor(interaction), talk_id, position)
        await answer(interaction, pages.order(found.session, found.talk))

    @TALK.command(description="Set when a talk begins, or see and remove it")
    @app_commands.describe(
        talk="A part of its title", at="Like 10:30, in the session's time zone; leave it out to see what is set"
    )
    async def time(self, interaction: discord.Interaction, talk: str, at: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        talk_id = await self.talk_id(guild_id, talk)
        if at is None or not at.strip():
            found = await self._app.talks.talk(guild_id, talk_id)
            await answer(interaction, pages.start(found.session, found.talk))
        else:
            await self._ask_start(interaction, guild_id, talk_id, at)

    @TALK.command(description="Set the links to slides and recording of a talk, or see and remove them")
    @app_commands.describe(
        talk="A part of its title",
        slides="Address of the slides, beginning with https://",
        recording="Address of the recording of this talk, beginning with https://",
    )
    async def links(
        self, interaction: discord.Interaction, talk: str, slides: str | None = None, recording: str | None = None
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        talk_id = await self.talk_id(guild_id, talk)
        given = {"slides_url": slides, "recording_url": recording}
        urls: dict[str, str | None] = {name: url for name, url in given.items() if url is not None and url.strip()}
        if urls:
            found = await self._app.talks.set_links(guild_id, actor(interaction), talk_id, urls)
        else:
            found = await self._app.talks.talk(guild_id, talk_id)
        await answer(interaction, pages.links(found.talk))

    @TALK.command(description="Remove a talk; you are asked before it goes")
    @app_commands.describe(talk="A part of its title")
    async def remove(self, interaction: discord.Interaction, talk: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.talks.talk(guild_id, await self.talk_id(guild_id, talk))
        await answer(interaction, pages.confirm_removal(found.session, found.talk, found.stars))

    @add.autocomplete("session")
    async def _suggest_session_for_talk(
        self, interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))

    @edit.autocomplete("talk")
    @move.autocomplete("talk")
    @time.autocomplete("talk")
    @links.autocomplete("talk")
    @remove.autocomplete("talk")
    async def _suggest_talk_to_change(
        self, interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_talk(interaction, text)

    async def add_submitted(self, interaction: discord.Interaction, session_id: str, position: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = values(interaction)
        again = f"{ADD}-again:{session_id}:{position}"
        async with handing_back(self._app, interaction, ADD, typed, again=again):
            text = read_talk(filled(typed, "title"), filled(typed, "abstract"))
            session = await self._app.lookup.session(guild_id, session_id)
            place = int(position) if position.isdecimal() else 0
            found = await self._app.talks.add(guild_id, actor(interaction), session.id, text, place or None)
            await answer(interaction, pages.added(found.session, found.talk))

    async def add_again(self, interaction: discord.Interaction, session_id: str, position: str, draft: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = await self._app.drafts.get(guild_id, interaction.user.id, ADD, draft)
        custom_id = f"{ADD}:{session_id}:{position}"
        await interaction.response.send_modal(pages.talk_form("A new talk", custom_id, typed))

    async def edit_submitted(self, interaction: discord.Interaction, talk_id: str, seen: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = {**values(interaction), SEEN: seen}
        async with handing_back(self._app, interaction, EDIT, typed, again=f"{EDIT}-again:{talk_id}"):
            text = read_talk(filled(typed, "title"), filled(typed, "abstract"))
            found = await self._app.talks.edit(guild_id, actor(interaction), TalkId(talk_id), text, seen)
            await answer(interaction, pages.saved(found.session, found.talk))

    async def edit_again(self, interaction: discord.Interaction, talk_id: str, draft: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = await self._app.drafts.get(guild_id, interaction.user.id, EDIT, draft)
        await interaction.response.send_modal(_edit_form(talk_id, typed, filled(typed, SEEN)))

    async def start_opened(self, interaction: discord.Interaction, talk_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.talks.talk(guild_id, TalkId(talk_id))
        await interaction.response.send_modal(pages.start_form(f"{START}:{found.talk.id}", {}))

    async def start_submitted(self, interaction: discord.Interaction, talk_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = values(interaction)
        async with handing_back(self._app, interaction, START, typed, again=f"{START}-again:{talk_id}"):
            await self._ask_start(interaction, guild_id, TalkId(talk_id), filled(typed, "at"))

    async def start_again(self, interaction: discord.Interaction, talk_id: str, draft: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = await self._app.drafts.get(guild_id, interaction.user.id, START, draft)
        await interaction.response.send_modal(pages.start_form(f"{START}:{talk_id}", typed))

    async def start_confirmed(self, interaction: discord.Interaction, talk_id: str, seconds: str) -> None:
        """The start that was shown is right (0: there is to be none)."""
        guild_id = await require_moderator(self._app, interaction)
        if not (seconds.isascii() and seconds.isdecimal() and int(seconds) < _LAST_SECOND):
            raise Refusal(_OLD)
        starts_at = datetime.fromtimestamp(int(seconds), UTC) if int(seconds) else None
        found = await self._app.talks.set_start(guild_id, actor(interaction), TalkId(talk_id), starts_at)
        await show(interaction, pages.saved(found.session, found.talk))

    async def link_cleared(self, interaction: discord.Interaction, talk_id: str, kind: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        if kind not in pages.LINK_KINDS:
            raise Refusal(_OLD)
        urls = {f"{kind}_url": None}
        found = await self._app.talks.set_links(guild_id, actor(interaction), TalkId(talk_id), urls)
        await show(interaction, pages.links(found.talk))

    async def removal_confirmed(self, interaction: discord.Interaction, talk_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        gone = await self._app.talks.remove(guild_id, actor(interaction), TalkId(talk_id))
        await show(interaction, pages.removed(gone.session, gone.talk))

    async def kept(self, interaction: discord.Interaction) -> None:
        await require_moderator(self._app, interaction)
        await show(interaction, pages.kept())

    async def _ask_start(self, interaction: discord.Interaction, guild_id: int, talk_id: TalkId, typed: str) -> None:
        found, starts_at = await self._app.talks.read_start(guild_id, talk_id, typed)
        await answer(interaction, pages.confirm_start(found.session, found.talk, starts_at))


def _edit_form(talk_id: str, given: Values, seen: str) -> discord.ui.Modal:
    return pages.talk_form("Edit the talk", f"{EDIT}:{talk_id}:{seen}", given)
