"""`/my agenda`, the stars on talks, and the switch for messages before talks."""

from dataclasses import replace

import discord

from bot.domain.agenda import Starring
from bot.domain.errors import Refusal
from bot.domain.lookup import Appearance
from bot.domain.sessions import TalkId
from bot.ui import agenda, talks
from bot.ui.reply import Reply
from bot.ui.rsvps import standing
from cogs.answers import answer, show
from cogs.my_group import MY, MyCommands
from cogs.rights import guild_of
from cogs.routed import Routes
from cogs.suggestions import chosen

SWITCH = {"on": True, "off": False}
_OLD = "This button is from an older version of the bot. Please use `/my agenda`."


class AgendaCommands(MyCommands):
    """One's own stars and answers; a press sets a state, so one that comes twice changes nothing."""

    def routes(self) -> Routes:
        return super().routes() | {
            "star": (self.star_pressed, 2),
            "star-pick": (self.star_picked, 0),
            "unstar-pick": (self.unstar_picked, 0),
            "remind": (self.remind_pressed, 1),
            "my-remind": (self.remind_pressed_in_agenda, 1),
            "my-answer": (self.answer_picked, 0),
            "talk-rm": (self.pressed_in_message, 2),
        }

    @MY.command(description="The talks you have starred and the sessions you have answered to")
    async def agenda(self, interaction: discord.Interaction) -> None:
        reply = await self._agenda(interaction)
        await answer(interaction, reply)

    async def star_pressed(self, interaction: discord.Interaction, talk_id: str, state: str) -> None:
        """The star under a talk: the page is shown anew, with what became of the press above it."""
        starring = await self._star(interaction, talk_id, state)
        page = talks.page(
            Appearance(starring.talk, starring.session),
            self._app.clock.now(),
            starred=starring.talk.id in starring.stars,
            below=agenda.note_buttons(starring),
        )
        await self._show(interaction, starring, page)

    async def star_picked(self, interaction: discord.Interaction) -> None:
        """A choice in the menu of a list of talks: the list is shown anew."""
        talk_id, _, state = chosen(interaction).partition(":")
        starring = await self._star(interaction, talk_id, state)
        page = talks.of_session(starring.session, starred=starring.stars, below=agenda.note_buttons(starring))
        await self._show(interaction, starring, page)

    async def unstar_picked(self, interaction: discord.Interaction) -> None:
        await self._star(interaction, chosen(interaction), "off")
        await show(interaction, await self._agenda(interaction))

    async def remind_pressed(self, interaction: discord.Interaction, state: str) -> None:
        """Under a talk: what was set is said in a message of its own."""
        wanted = await self._app.agenda.remind(
            guild_of(interaction), interaction.user.id, interaction.id, wanted=_state(state)
        )
        await answer(interaction, agenda.reminding_set(wanted))

    async def remind_pressed_in_agenda(self, interaction: discord.Interaction, state: str) -> None:
        await self._app.agenda.remind(guild_of(interaction), interaction.user.id, interaction.id, wanted=_state(state))
        await show(interaction, await self._agenda(interaction))

    async def answer_picked(self, interaction: discord.Interaction) -> None:
        """A session was chosen in the agenda: the answer to it, with the buttons to change it."""
        guild_id = guild_of(interaction)
        found = await self._app.lookup.session(guild_id, chosen(interaction))
        session, rsvp = await self._app.rsvps.standing(guild_id, found.id, interaction.user.id)
        reply = standing(session, rsvp, self._app.clock.now())
        await answer(interaction, reply)

    async def pressed_in_message(self, interaction: discord.Interaction, key: str, state: str) -> None:
        """The switch in a direct message, which knows its guild by the key that only this person was sent."""
        guild_id = await self._app.agenda.guild_of_message(key, interaction.user.id)
        if guild_id is None:
            raise Refusal("I do not know this message any more. Please use `/my agenda` in the server.")
        wanted = await self._app.agenda.remind(guild_id, interaction.user.id, interaction.id, wanted=_state(state))
        content = agenda.reminding_set(wanted).content
        await interaction.response.send_message(content, ephemeral=True)

    async def _star(self, interaction: discord.Interaction, talk_id: str, state: str) -> Starring:
        return await self._app.agenda.star(
            guild_of(interaction), TalkId(talk_id), interaction.user.id, interaction.id, starred=_state(state)
        )

    async def _show(self, interaction: discord.Interaction, starring: Starring, page: Reply) -> None:
        words = agenda.note(starring, self._app.clock.now())
        await show(interaction, replace(page, content=words))

    async def _agenda(self, interaction: discord.Interaction) -> Reply:
        found = await self._app.agenda.of(guild_of(interaction), interaction.user.id)
        return agenda.agenda(found, self._app.clock.now())


def _state(state: str) -> bool:
    if state not in SWITCH:
        raise Refusal(_OLD)
    return SWITCH[state]
