"""`/session create`: a form, what was understood of it, and only then a session."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.plans import Plan, Typed
from bot.domain.session_fields import seats
from bot.domain.sessions import Mode
from bot.domain.settings_zones import suggest_zones
from bot.services.edits import read_options
from bot.services.plans import PlanRefusal
from bot.ui import limits
from bot.ui import session_forms as forms
from bot.ui.forms import filled, refused
from bot.ui.reply import Reply
from cogs.answers import answer, show
from cogs.channels import may_ping, own_channel
from cogs.forms import values
from cogs.rights import actor, require_moderator
from cogs.routed import Routes
from cogs.session_group import SESSION, SessionCommands
from cogs.suggestions import chosen

MODE_CHOICES = [app_commands.Choice(name=words, value=mode.value) for mode, words in forms.MODES.items()]
PICKED = ("start", "end")


class PlanCommands(SessionCommands):
    """A new session is a draft of its author's, named in the ids of all buttons, until it is created."""

    def routes(self) -> Routes:
        return super().routes() | {
            forms.PLAN_FORM: (self.plan_submitted, 1),
            forms.PLAN_AGAIN: (self.plan_again, 1),
            forms.PLAN_PICK: (self.plan_time_picked, 1),
            forms.PLAN_MODE: (self.plan_mode_picked, 1),
            forms.PLAN_CHANNEL: (self.plan_channel_picked, 1),
            forms.PLAN_SEATS: (self.plan_seats_asked, 1),
            forms.PLAN_SEATS_FORM: (self.plan_seats_submitted, 1),
            forms.PLAN_CREATE: (self.plan_confirmed, 1),
            forms.NEVER_MIND: (self.never_mind, 0),
        }

    @SESSION.command(description="Make a new session; you see it before anything is saved")
    @app_commands.describe(
        zone="The time zone you write times in; leave it out for the usual one here",
        mode="How people take part; you can choose it later, too",
        capacity="How many seats there are in person; leave it out for no limit",
        channel="Where its card and reminders are posted, if not in the usual channel",
    )
    @app_commands.choices(mode=MODE_CHOICES)
    async def create(
        self,
        interaction: discord.Interaction,
        zone: str | None = None,
        mode: str | None = None,
        capacity: app_commands.Range[int, 1, 25_000_000] | None = None,
        channel: discord.TextChannel | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        config = await self._app.lookup.config(guild_id)
        where = own_channel(interaction, config, channel.id if channel else None)
        given = read_options(mode, capacity, zone)
        wanted = Plan(
            Typed(zone=zone or ""),
            given.get("mode", Mode.HYBRID),
            given.get("capacity"),
            where,
        )
        draft_id, plan = await self._app.plans.begin(guild_id, interaction.user.id, wanted)
        await interaction.response.send_modal(forms.plan_form(plan, draft_id))

    @create.autocomplete("zone")
    async def _suggest_zone(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in suggest_zones(text, limits.CHOICES)]

    async def plan_submitted(self, interaction: discord.Interaction, draft_id: str) -> None:
        await require_moderator(self._app, interaction)
        await self._fill_in(interaction, draft_id, forms.typed_plan(values(interaction)))

    async def plan_again(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        plan = await self._app.plans.get(guild_id, interaction.user.id, draft_id)
        await interaction.response.send_modal(forms.plan_form(plan, draft_id))

    async def plan_time_picked(self, interaction: discord.Interaction, draft_id: str) -> None:
        """One of the times that could be meant."""
        guild_id = await require_moderator(self._app, interaction)
        field, _, text = chosen(interaction).partition(" ")
        if field not in PICKED:
            raise Refusal("Nothing was chosen. Please choose one of the lines in the menu.")
        plan = await self._app.plans.get(guild_id, interaction.user.id, draft_id)
        typed = replace(plan.typed, start=text) if field == "start" else replace(plan.typed, end=text)
        await self._fill_in(interaction, draft_id, typed)

    async def plan_mode_picked(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        mode = chosen(interaction)
        if mode not in set(Mode):
            raise Refusal("Nothing was chosen. Please choose one of the lines in the menu.")
        plan = await self._app.plans.change(guild_id, interaction.user.id, draft_id, mode=Mode(mode))
        await self._show_plan(interaction, guild_id, draft_id, plan)

    async def plan_channel_picked(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        config = await self._app.lookup.config(guild_id)
        channel_id = own_channel(interaction, config, _channel_chosen(interaction))
        plan = await self._app.plans.change(guild_id, interaction.user.id, draft_id, channel_id=channel_id)
        await self._show_plan(interaction, guild_id, draft_id, plan)

    async def plan_seats_asked(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        plan = await self._app.plans.get(guild_id, interaction.user.id, draft_id)
        await interaction.response.send_modal(forms.seats_form(plan, draft_id))

    async def plan_seats_submitted(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        try:
            count = seats(filled(values(interaction), "capacity"))
        except ValueError as error:
            reply = refused(f"**Seats** {error}.", f"{forms.PLAN_SEATS}:{draft_id}")
            await answer(interaction, reply)
            return
        plan = await self._app.plans.change(guild_id, interaction.user.id, draft_id, capacity=count)
        await self._show_plan(interaction, guild_id, draft_id, plan)

    async def plan_confirmed(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        config = await self._app.lookup.config(guild_id)
        plan = await self._app.plans.find(guild_id, interaction.user.id, draft_id)
        # Rights may have changed since it was chosen.
        channel_id = own_channel(interaction, config, plan.channel_id if plan else None)
        quiet = not may_ping(interaction, config, channel_id)
        session = await self._app.plans.create(guild_id, actor(interaction), draft_id, quiet=quiet)
        await show(interaction, forms.created(session, session.channel_id or config.announce_channel_id))

    async def never_mind(self, interaction: discord.Interaction) -> None:
        """Nothing is to be done after all; what was typed is forgotten by itself."""
        await require_moderator(self._app, interaction)
        await show(interaction, Reply(content=forms.NEVER_MIND_WORDS))

    async def _fill_in(self, interaction: discord.Interaction, draft_id: str, typed: Typed) -> None:
        guild_id = await require_moderator(self._app, interaction)
        try:
            plan = await self._app.plans.fill_in(guild_id, interaction.user.id, draft_id, typed)
        except PlanRefusal as refusal:
            await show(interaction, forms.plan_refused(str(refusal), refusal.choices, draft_id))
            return
        await self._show_plan(interaction, guild_id, draft_id, plan)

    async def _show_plan(self, interaction: discord.Interaction, guild_id: int, draft_id: str, plan: Plan) -> None:
        config = await self._app.lookup.config(guild_id)
        await show(interaction, forms.plan_shown(plan, draft_id, config.announce_channel_id))


def _channel_chosen(interaction: discord.Interaction) -> int | None:
    """The id of the channel in a menu of channels; None where the choice was taken away."""
    data: Any = interaction.data or {}
    found = data.get("values")
    first = found[0] if isinstance(found, list) and found else None
    return int(first) if isinstance(first, str) and first.isascii() and first.isdigit() else None
