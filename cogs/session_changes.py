"""`/session edit`, `/session move` and `/session delay`: changes that members see at once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.meanwhile import marks
from bot.domain.session_fields import texts_of
from bot.domain.sessions import SessionId
from bot.domain.settings_zones import suggest_zones
from bot.services.durations import read_delay
from bot.services.edits import read_options, read_texts
from bot.ui import limits
from bot.ui import session_forms as forms
from bot.ui.forms import filled, refused
from bot.ui.session_acts import changed, delayed, moved_already
from cogs.answers import show
from cogs.channels import may_ping, own_channel
from cogs.forms import SEEN, handing_back, values
from cogs.rights import actor, require_moderator
from cogs.routed import Routes
from cogs.session_group import SESSION, SessionCommands
from cogs.session_plan import MODE_CHOICES

EDIT, MOVE = "edit", "move"  # kinds of drafts


class ChangeCommands(SessionCommands):
    """What was typed is a draft of its author's, named in the ids of forms and buttons, until it is saved."""

    def routes(self) -> Routes:
        return super().routes() | {
            forms.EDIT_FORM: (self.edit_submitted, 2),
            forms.EDIT_AGAIN: (self.edit_again, 2),
            forms.MOVE_FORM: (self.move_submitted, 1),
            forms.MOVE_AGAIN: (self.move_again, 1),
            forms.MOVE_DONE: (self.move_confirmed, 1),
        }

    @SESSION.command(description="Change title, theme, place and seats in a form, or other things by an option")
    @app_commands.describe(
        session="Leave it out for the session that is on, or the next one",
        mode="How people take part",
        capacity="Seats in person: a number, or none for no limit",
        zone="The time zone its organizers think in; the moment it starts stays",
        channel="Where its reminders are posted from now on; /session announce posts the card there",
    )
    @app_commands.choices(mode=MODE_CHOICES)
    async def edit(
        self,
        interaction: discord.Interaction,
        session: str | None = None,
        *,
        mode: str | None = None,
        capacity: str | None = None,
        zone: str | None = None,
        channel: discord.TextChannel | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        fields = read_options(mode, None, zone)
        if capacity is not None:
            fields |= read_texts(found, {"capacity": capacity})
        if channel is not None:
            config = await self._app.lookup.config(guild_id)
            chosen = own_channel(interaction, config, channel.id)
            fields |= {"channel_id": chosen, "quiet": not may_ping(interaction, config, chosen)}
        if fields:
            await self._save(interaction, guild_id, found.id, fields)
            return
        shown = texts_of(found)
        await interaction.response.send_modal(forms.edit_form(shown, found.id, marks(shown)))

    @SESSION.command(description="Let a session take place at another time; you see it before it is saved")
    @app_commands.describe(
        start="Like: tomorrow 8pm, 24 May 2027 10:00, in 2 hours; leave it out to fill in a form",
        end="Like: 21:30 or 90m; leave it out to keep its length",
        session="Leave it out for the session that is on, or the next one",
    )
    async def move(
        self,
        interaction: discord.Interaction,
        start: app_commands.Range[str, 1, forms.TIME] | None = None,
        end: app_commands.Range[str, 1, forms.TIME] | None = None,
        session: str | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        body = {"session_id": found.id, "start": start or "", "end": end or ""}
        draft_id = await self._app.drafts.keep(guild_id, interaction.user.id, MOVE, body)
        if start or end:
            await self._propose(interaction, guild_id, draft_id, body)
        else:
            await interaction.response.send_modal(forms.move_form("", "", found.zone, draft_id))

    @SESSION.command(description="It runs late: all that is still to come of it happens later")
    @app_commands.describe(
        by="Like: 10m or 1h; up to 24 hours",
        session="Leave it out for the session that is on, or the next one",
    )
    async def delay(
        self,
        interaction: discord.Interaction,
        by: app_commands.Range[str, 1, forms.TIME],
        session: str | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        span = read_delay(by)
        found = await self._app.lookup.session(guild_id, session)
        edited = await self._app.sessions.delay(guild_id, found.id, actor(interaction), span)
        await show(interaction, delayed(edited.before, edited.after, edited.told, edited.deadline))

    @edit.autocomplete("session")
    @move.autocomplete("session")
    @delay.autocomplete("session")
    async def _suggest_to_change(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_session(interaction, text)

    @edit.autocomplete("zone")
    async def _suggest_other_zone(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in suggest_zones(text, limits.CHOICES)]

    async def edit_submitted(self, interaction: discord.Interaction, session_id: str, seen: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        session = await self._app.lookup.session(guild_id, session_id)
        given = values(interaction)
        typed = {key: filled(given, key) if key in given else text for key, text in texts_of(session).items()}
        again = f"{forms.EDIT_AGAIN}:{session.id}"
        async with handing_back(self._app, interaction, EDIT, {**typed, SEEN: seen}, again=again):
            edited = await self._app.sessions.rewrite(guild_id, session.id, actor(interaction), typed, seen)
            await show(interaction, changed(edited.before, edited.after, edited.told, edited.deadline, edited.seats))

    async def edit_again(self, interaction: discord.Interaction, session_id: str, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        typed = await self._app.drafts.get(guild_id, interaction.user.id, EDIT, draft_id)
        await interaction.response.send_modal(forms.edit_form(typed, session_id, filled(typed, SEEN)))

    async def move_submitted(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        body = await self._app.drafts.get(guild_id, interaction.user.id, MOVE, draft_id)
        given = values(interaction)
        body |= {"start": filled(given, "start"), "end": filled(given, "end")}
        await self._propose(interaction, guild_id, draft_id, body)

    async def move_again(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        body = await self._app.drafts.get(guild_id, interaction.user.id, MOVE, draft_id)
        session = await self._app.lookup.session(guild_id, body["session_id"])
        await interaction.response.send_modal(forms.move_form(body["start"], body["end"], session.zone, draft_id))

    async def move_confirmed(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        body = await self._app.drafts.get(guild_id, interaction.user.id, MOVE, draft_id)
        if "to" not in body:  # a form that was refused has taken the place of what this button was about
            raise Refusal("The times were changed since, and could not be read. Press “Edit again”.")
        config = await self._app.lookup.config(guild_id)
        session = await self._app.lookup.session(guild_id, body["session_id"])
        edited = await self._app.sessions.move(
            guild_id,
            session.id,
            actor(interaction),
            _times(body["to"]),
            seen=_times(body["seen"]),
            quiet=not may_ping(interaction, config, session.channel_id),
        )
        await self._app.drafts.finish(guild_id, interaction.user.id, MOVE, draft_id)
        if edited.before == edited.after:  # a second press, or somebody else had the same thought
            await show(interaction, moved_already(edited.after))
        else:
            await show(interaction, changed(edited.before, edited.after, edited.told, edited.deadline, edited.seats))

    async def _propose(
        self, interaction: discord.Interaction, guild_id: int, draft_id: str, body: dict[str, Any]
    ) -> None:
        """Show what was understood of the times; nothing is saved yet."""
        session = await self._app.lookup.session(guild_id, body["session_id"])
        try:
            times = await self._app.sessions.read_times(session, body["start"], body["end"])
        except Refusal as refusal:
            body = {key: body[key] for key in ("session_id", "start", "end")}
            await self._app.drafts.keep(guild_id, interaction.user.id, MOVE, body, draft_id)
            await show(interaction, refused(str(refusal), f"{forms.MOVE_AGAIN}:{draft_id}"))
            return
        body |= {"to": _numbers(times), "seen": _numbers((session.starts_at, session.ends_at))}
        await self._app.drafts.keep(guild_id, interaction.user.id, MOVE, body, draft_id)
        _, coming = await self._app.sessions.answers(session.id)
        deadline = await self._app.sessions.deadline_then(session, times)
        await show(interaction, forms.move_shown(session, times, coming, draft_id, deadline))

    async def _save(
        self, interaction: discord.Interaction, guild_id: int, session_id: SessionId, fields: Mapping[str, Any]
    ) -> None:
        edited = await self._app.sessions.change(guild_id, session_id, actor(interaction), **fields)
        await show(interaction, changed(edited.before, edited.after, edited.told, edited.deadline, edited.seats))


def _numbers(times: tuple[datetime, datetime]) -> list[int]:
    return [int(moment.timestamp()) for moment in times]


def _times(numbers: list[int]) -> tuple[datetime, datetime]:
    start, end = (datetime.fromtimestamp(number, UTC) for number in numbers)
    return start, end
