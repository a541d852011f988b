"""What moderators do with people: `/attendee`, the list, the seats, and how a session takes answers."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from bot.domain.admission import HOUR_BEFORE
from bot.domain.attendance import check_people_open
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.lookup import quoted
from bot.domain.rsvps import Answer
from bot.domain.sessions import Session, SessionId
from bot.services.attendance import Order
from bot.ui import attendance as pages
from cogs.answers import answer
from cogs.rights import actor, require_moderator
from cogs.role_rights import check_lending
from cogs.routed import RoutedCog, Routes
from cogs.suggestions import suggest

if TYPE_CHECKING:
    from bot.client import CommunityBot

NONE = frozenset({"none", "no", "no limit", "off", "never"})
LONGEST_NUMBER = 9  # characters
ANSWERS = [
    app_commands.Choice(name="In person", value=Answer.IN_PERSON.value),
    app_commands.Choice(name="Online", value=Answer.ONLINE.value),
    app_commands.Choice(name="Maybe", value=Answer.MAYBE.value),
    app_commands.Choice(name="Can't go", value=Answer.DECLINED.value),
]
PLACES = [
    app_commands.Choice(name="A seat", value="seat"),
    app_commands.Choice(name="The end of the waiting list", value="waiting"),
    *ANSWERS[1:],
]
SESSION_HINT = "Leave it out for the session that is on, or the next one"


class AttendeesCog(RoutedCog):
    """Every command and press asks for the right anew, and is bounded by its guild; see cogs/session_group.py."""

    attendee = app_commands.Group(
        name="attendee",
        description="For moderators: look after the people of a session",
        extras={"group": "For moderators", "moderators": True},
    )

    def __init__(self, bot: "CommunityBot") -> None:
        super().__init__(bot)
        self._people = self._app.attendance

    def routes(self) -> Routes:
        return {
            pages.PAGES: (self.turned, 2),
            pages.SET_DEADLINE: (self.deadline_confirmed, 2),
            pages.LIFT: (self.lifted, 2),
        }

    @attendee.command(name="list", description="Who comes, who waits, who was there")
    @app_commands.describe(session=SESSION_HINT)
    async def list_people(self, interaction: discord.Interaction, session: str | None = None) -> None:
        found = await self._session(interaction, session)
        await answer(interaction, pages.people(await self._people.page(found.guild_id, found.id, 0)))

    @attendee.command(description="Answer for somebody, also when answers are closed")
    @app_commands.describe(person="Who", answer="What this person says", session=SESSION_HINT)
    @app_commands.choices(answer=ANSWERS)
    async def add(
        self, interaction: discord.Interaction, person: discord.Member, answer: str, session: str | None = None
    ) -> None:
        if person.bot:
            raise Refusal("Bots do not come to sessions. Please choose a person.")
        await self._place(interaction, person, session, "answered for somebody", said=_answered(answer))

    @attendee.command(description="Give somebody a seat, the end of the waiting list, or another answer")
    @app_commands.describe(person="Who", to="Where to", session=SESSION_HINT)
    @app_commands.choices(to=PLACES)
    async def move(
        self, interaction: discord.Interaction, person: discord.User, to: str, session: str | None = None
    ) -> None:
        found = await self._open(interaction, session)
        outlook = await self._app.rsvps.outlook(found.guild_id, found.id, person.id)
        if outlook.rsvp is None:
            raise Refusal(f"{person.mention} has not answered yet, so there is nobody to move. Use `/attendee add`.")
        seat = {"seat": True, "waiting": False}.get(to)
        if seat is False and outlook.rsvp.answer is not Answer.IN_PERSON:
            raise Refusal(
                f"{person.mention} does not come in person. Use `/attendee add`, then there is a place to wait."
            )
        said = Answer.IN_PERSON if seat is not None else _answered(to)
        await self._place(interaction, person, found.id, "moved somebody", said=said, seat=seat)

    @attendee.command(description="Take somebody off the list; the seat goes to the next person")
    @app_commands.describe(person="Who", session=SESSION_HINT)
    async def remove(self, interaction: discord.Interaction, person: discord.User, session: str | None = None) -> None:
        await self._place(interaction, person, session, "took somebody off the list", said=None)

    @attendee.command(description="Note that somebody is there")
    @app_commands.describe(person="Who", undo="Take a check-in back", session=SESSION_HINT)
    async def checkin(
        self,
        interaction: discord.Interaction,
        person: discord.User,
        undo: bool = False,  # noqa: FBT001, FBT002 - an option of a command, given by its name
        session: str | None = None,
    ) -> None:
        found = await self._session(interaction, session)
        change = self._people.undo_check_in if undo else self._people.check_in
        who = Actor(person.id, person.display_name)
        present, done = await change(found.guild_id, found.id, actor(interaction), who)
        await answer(interaction, pages.checked_in(present, who, done=done, undo=undo))

    @attendee.command(description="The whole list as a file for a spreadsheet, for you alone")
    @app_commands.describe(session=SESSION_HINT)
    async def export(self, interaction: discord.Interaction, session: str | None = None) -> None:
        found = await self._session(interaction, session)
        await answer(interaction, pages.export(await self._people.everybody(found.guild_id, found.id)))

    @attendee.command(description="How many can sit; who waits moves up")
    @app_commands.describe(number="A number, or `none`; leave it out to see what is set", session=SESSION_HINT)
    async def capacity(
        self, interaction: discord.Interaction, number: str | None = None, session: str | None = None
    ) -> None:
        found = await self._session(interaction, session)
        if number is None:
            await self._show(interaction, found)
            return
        seats = None if number.strip().lower() in NONE else _number(number, "seats", "`40` or `none`")
        settled = await self._people.set_capacity(found.guild_id, found.id, actor(interaction), seats)
        await answer(interaction, pages.capacity_set(settled))

    @attendee.command(description="Take no new answers; who cannot come may still say so")
    @app_commands.describe(session=SESSION_HINT)
    async def close(self, interaction: discord.Interaction, session: str | None = None) -> None:
        found = await self._open(interaction, session)
        settled = await self._people.close(found.guild_id, found.id, actor(interaction), closed=True)
        await answer(interaction, pages.changed(settled, "🔒 Answers are closed."))

    @attendee.command(description="Take answers again")
    @app_commands.describe(session=SESSION_HINT)
    async def reopen(self, interaction: discord.Interaction, session: str | None = None) -> None:
        found = await self._open(interaction, session)
        settled = await self._people.close(found.guild_id, found.id, actor(interaction), closed=False)
        await answer(interaction, pages.changed(settled, "🔓 Answers are open."))

    @attendee.command(description="Take answers until a moment")
    @app_commands.describe(
        time="Like `tomorrow 18:00`, `in 2 hours`, or `none`; leave it out to see what is set", session=SESSION_HINT
    )
    async def deadline(
        self, interaction: discord.Interaction, time: str | None = None, session: str | None = None
    ) -> None:
        found = await self._session(interaction, session)
        if time is None:
            await self._show(interaction, found)
        elif time.strip().lower() in NONE:
            await self._lift(interaction, found, pages.DEADLINE)
        else:
            moment = await self._people.read_deadline(found, time)
            await answer(interaction, pages.confirm_deadline(found, moment.at))

    @attendee.command(description="Take answers from people with one role alone")
    @app_commands.describe(role="Leave it out to see what is set", session=SESSION_HINT)
    async def only(
        self, interaction: discord.Interaction, role: discord.Role | None = None, session: str | None = None
    ) -> None:
        found = await self._session(interaction, session)
        if role is None or role.is_default():
            await self._show(interaction, found)
            return
        settled = await self._people.set_only(found.guild_id, found.id, actor(interaction), role.id)
        words = f"🎫 Only people with {role.mention} can come now. Answers that were given stay."
        await answer(interaction, pages.changed(settled, words))

    @attendee.command(description="Lend a role to those who come, until the end of the session")
    @app_commands.describe(role="Leave it out to see what is set", start="From when on", session=SESSION_HINT)
    async def lend(
        self,
        interaction: discord.Interaction,
        role: discord.Role | None = None,
        start: Literal["now", "an hour before"] = "now",
        session: str | None = None,
    ) -> None:
        found = await self._session(interaction, session)
        if role is None:
            await self._show(interaction, found)
            return
        check_people_open(found, self._people.now())
        check_lending(interaction, role)
        minutes = None if start == "now" else HOUR_BEFORE
        settled = await self._people.lend(found.guild_id, found.id, actor(interaction), role.id, minutes)
        words = f"🎭 I lend {role.mention} to those who come, and take it back at the end. Who has it already keeps it."
        await answer(interaction, pages.changed(settled, words))

    @attendee.command(description="Offer free seats for a while, instead of giving them to the next person")
    @app_commands.describe(minutes="How long, or `off`; leave it out to see what is set", session=SESSION_HINT)
    async def offers(
        self, interaction: discord.Interaction, minutes: str | None = None, session: str | None = None
    ) -> None:
        found = await self._session(interaction, session)
        if minutes is None:
            await self._show(interaction, found)
            return
        kept = None if minutes.strip().lower() in NONE else _number(minutes, "minutes", "`30` or `off`")
        settled = await self._people.set_offers(found.guild_id, found.id, actor(interaction), kept)
        words = "🎟️ A free seat is offered to whoever waits longest: “Take it” or “Pass”, then to the next."
        await answer(
            interaction, pages.changed(settled, words if kept else "Free seats go to the next person at once.")
        )

    @list_people.autocomplete("session")
    @add.autocomplete("session")
    @move.autocomplete("session")
    @remove.autocomplete("session")
    @checkin.autocomplete("session")
    @export.autocomplete("session")
    @capacity.autocomplete("session")
    @close.autocomplete("session")
    @reopen.autocomplete("session")
    @deadline.autocomplete("session")
    @only.autocomplete("session")
    @lend.autocomplete("session")
    @offers.autocomplete("session")
    async def suggest_session(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await suggest(self._app.lookup.session_choices(interaction.guild_id or 0, text))

    async def turned(self, interaction: discord.Interaction, session_id: str, page: str) -> None:
        """A button under the list."""
        guild_id = await require_moderator(self._app, interaction)
        found = await self._people.page(guild_id, SessionId(session_id), min(_digits(page), 10_000))
        await interaction.response.edit_message(**pages.people(found).edit_kwargs())

    async def deadline_confirmed(self, interaction: discord.Interaction, session_id: str, moment: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        deadline_at = datetime.fromtimestamp(min(_digits(moment), 10**10), UTC)
        settled = await self._people.set_deadline(guild_id, SessionId(session_id), actor(interaction), deadline_at)
        reply = pages.changed(settled, "⏳ The deadline is set.")
        await interaction.response.edit_message(**reply.edit_kwargs())

    async def lifted(self, interaction: discord.Interaction, session_id: str, kind: str) -> None:
        """A button that takes a choice back."""
        guild_id = await require_moderator(self._app, interaction)
        await self._lift(interaction, await self._app.lookup.session(guild_id, session_id), kind)

    async def _lift(self, interaction: discord.Interaction, session: Session, kind: str) -> None:
        if kind not in pages.LIFTED:
            raise Refusal("This button is from an older version of the bot. Please use `/attendee` again.")
        where = (session.guild_id, session.id, actor(interaction))
        if kind == pages.DEADLINE:
            settled = await self._people.set_deadline(*where, None)
        elif kind == pages.ONLY:
            settled = await self._people.set_only(*where, None)
        else:
            settled = await self._people.lend(*where, None)
        await answer(interaction, pages.changed(settled, "Done."))

    async def _open(self, interaction: discord.Interaction, text: str | None) -> Session:
        """A session whose people can still be changed."""
        found = await self._session(interaction, text)
        check_people_open(found, self._people.now())
        return found

    async def _session(self, interaction: discord.Interaction, text: str | None) -> Session:
        guild_id = await require_moderator(self._app, interaction)
        return await self._app.lookup.session(guild_id, text)

    async def _show(self, interaction: discord.Interaction, session: Session) -> None:
        await answer(interaction, pages.overview(await self._people.chosen(session.guild_id, session.id)))

    async def _place(
        self,
        interaction: discord.Interaction,
        person: discord.User | discord.Member,
        session: str | None,
        what: str,
        *,
        said: Answer | None,
        seat: bool | None = None,
    ) -> None:
        found = await self._open(interaction, session)
        who = Actor(person.id, person.display_name)
        order = Order(actor(interaction), who, interaction.id, what, said, seat)
        settled, outcome = await self._people.place(found.guild_id, found.id, order)
        await answer(interaction, pages.placed(settled, outcome, who))


def _answered(value: str) -> Answer:
    try:
        return Answer(value)
    except ValueError:
        raise Refusal("Please choose one of the answers in the list.") from None


def _number(text: str, what: str, like: str) -> int:
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER):
        raise Refusal(f"{quoted(text)} is no number of {what}, so nothing was changed. Write it like {like}.")
    return int(plain)


def _digits(text: str) -> int:
    """A number in a custom id, which comes from outside."""
    if not (text.isascii() and text.isdigit() and len(text) <= len("10000000000")):
        raise Refusal("This button is from an older version of the bot. Please use `/attendee` again.")
    return int(text)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(AttendeesCog(bot))
