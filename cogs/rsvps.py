"""Answers to sessions: /rsvp, the buttons of cards and of /schedule, and those of reminders."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.rsvps import Answer, Change, Outcome, Press
from bot.domain.sessions import SessionId
from bot.failures import note_refusal
from bot.ui.reply import Reply
from bot.ui.rsvps import WITHDRAW, confirmation, standing
from cogs.answers import answer
from cogs.deadline import ANSWER_WITHIN, Deadline
from cogs.rights import guild_of
from cogs.routed import RoutedCog, Routes
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

log = logging.getLogger(__name__)

GROUP = {"group": "The programme"}
_SLOW = "Saving takes longer than usual, so your answer may still be on its way. `/rsvp` shows what stands."
_CHOICES: dict[str, Answer | None] = {**{answer.value: answer for answer in Answer}, WITHDRAW: None}


class CardPress:
    """A press on a card, as the keeper of cards answers it."""

    def __init__(self, interaction: discord.Interaction, message: discord.Message, deadline: Deadline) -> None:
        self._interaction = interaction
        self._deadline = deadline
        self.message_id = message.id

    @property
    def left(self) -> float:
        return self._deadline.left

    async def show(self, reply: Reply) -> None:
        with _noted(self._interaction):
            await self._interaction.response.edit_message(embeds=list(reply.embeds))

    async def acknowledge(self) -> None:
        if not self._interaction.response.is_done():
            with _noted(self._interaction):
                await self._interaction.response.defer()


@contextlib.contextmanager
def _noted(interaction: discord.Interaction) -> Iterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        note_refusal(interaction, error)
        raise


class RsvpCog(RoutedCog):
    """One's own answer. What is said goes to the person alone; cards change for all."""

    def __init__(self, bot: "CommunityBot") -> None:
        super().__init__(bot)
        self._lookup = self._app.lookup
        self._rsvps = self._app.rsvps
        self._cards = self._app.cards
        self._clock = self._app.clock

    def routes(self) -> Routes:
        return {"rsvp": (self.pressed, 2), "rm": (self.pressed_in_reminder, 3)}

    @app_commands.command(description="Say whether you come, or see and change what you said", extras=GROUP)
    @app_commands.describe(session="Leave it out for the session that is on, or the next one")
    async def rsvp(self, interaction: discord.Interaction, session: str | None = None) -> None:
        guild_id = guild_of(interaction)
        found = await self._lookup.session(guild_id, session)
        outlook = await self._rsvps.outlook(guild_id, found.id, interaction.user.id)
        reply = standing(outlook.session, outlook.rsvp, self._lookup.now(), outlook)
        await answer(interaction, reply)

    @rsvp.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._lookup.session_choices(interaction.guild_id or 0, text))

    async def pressed(self, interaction: discord.Interaction, session_id: str, choice: str) -> None:
        """A button of a card, of /schedule, /rsvp or a confirmation."""
        message = interaction.message
        if message is None or message.flags.ephemeral:
            await self._answer_privately(interaction, guild_of(interaction), SessionId(session_id), choice)
        else:
            await self._answer_on_card(interaction, message, SessionId(session_id), choice)

    async def pressed_in_reminder(
        self, interaction: discord.Interaction, key: str, session_id: str, choice: str
    ) -> None:
        """A button of a reminder, or of a direct message about a seat, which knows its guild by its key."""
        guild_id = interaction.guild_id or await self._rsvps.guild_of_notice(key, interaction.user.id)
        if guild_id is None:
            raise Refusal("I do not know this message any more. Please use `/rsvp` in the server.")
        await self._answer_privately(interaction, guild_id, SessionId(session_id), choice)

    async def _answer_on_card(
        self, interaction: discord.Interaction, message: discord.Message, session_id: SessionId, choice: str
    ) -> None:
        guild_id = guild_of(interaction)
        deadline = Deadline(self._clock)
        outcome = await self._set(interaction, guild_id, session_id, choice, deadline, follows=True)
        if not _personal(outcome):
            await self._cards.follow(session_id, CardPress(interaction, message, deadline), outcome.commit)
            return
        if outcome.shows:
            self._cards.changed(session_id)
        await self._confirm(interaction, outcome)

    async def _answer_privately(
        self, interaction: discord.Interaction, guild_id: int, session_id: SessionId, choice: str
    ) -> None:
        outcome = await self._set(interaction, guild_id, session_id, choice, Deadline(self._clock), follows=False)
        await self._confirm(interaction, outcome)

    async def _set(
        self,
        interaction: discord.Interaction,
        guild_id: int,
        session_id: SessionId,
        choice: str,
        deadline: Deadline,
        *,
        follows: bool,
    ) -> Outcome:
        if choice not in _CHOICES:
            raise Refusal("This button is from an older version of the bot. Use `/rsvp` to answer.")
        person = interaction.user
        roles = frozenset(role.id for role in person.roles) if isinstance(person, discord.Member) else frozenset[int]()
        press = Press(interaction.id, person.id, person.display_name, _CHOICES[choice], roles)
        try:
            async with asyncio.timeout(deadline.left):
                return await self._rsvps.answer(guild_id, session_id, press, follows=follows)
        except TimeoutError:
            log.warning("An answer was not saved within %s s", ANSWER_WITHIN)
            raise Refusal(_SLOW) from None

    async def _confirm(self, interaction: discord.Interaction, outcome: Outcome) -> None:
        assert outcome.outlook is not None, "the commit brings it"
        reply = confirmation(outcome.outlook.session, outcome, outcome.outlook)
        try:
            await answer(interaction, reply)
        except discord.HTTPException as error:
            # The general words for failures say that nothing was changed, which is wrong here.
            note_refusal(interaction, error)
            log.warning("An answer was saved, and its author could not be told: %s", error)


def _personal(outcome: Outcome) -> bool:
    """Whether there is more to tell the person than what the card shows."""
    if outcome.change in {Change.SAME, Change.CHANGED, Change.WITHDRAWN, Change.NOTHING}:
        return True
    return outcome.waiting is not None and outcome.change is Change.ANSWERED


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(RsvpCog(bot))
