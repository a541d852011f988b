"""What a server chooses for itself: /settings, its panel, and the button of the welcome that opens it."""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.places import TO_ANNOUNCE, TO_LOG, check_moderators, check_ping, check_place
from bot.domain.settings_zones import suggest_zones
from bot.domain.zones import WrongTimeError, find_zone
from bot.services.reminders import read_offsets
from bot.ui import limits
from bot.ui import settings as ui
from bot.ui.findings import Finding
from cogs.rights import actor, require_manager
from cogs.routed import RoutedCog, Routes
from cogs.server_facts import badge, guild_here, person_of, place, server

if TYPE_CHECKING:
    from bot.client import CommunityBot

GROUP = {"group": "For moderators", "moderators": True}
OUTDATED = "That choice is not offered any more. Please open `/settings` again."
Chosen = dict[str, Any]


class SettingsCog(RoutedCog):
    """Changes need Manage Server: whoever has the moderator role alone must not choose who has it."""

    def routes(self) -> Routes:
        return {
            ui.MENU: (self.chosen, 1),
            ui.OPEN: (self.open_pressed, 0),
        }

    @app_commands.command(description="Channels, roles, time zone and reminders of this server", extras=GROUP)
    @app_commands.describe(
        zone="The time zone that new sessions begin with, like Europe/Berlin",
        reminders="When people are reminded of each session, like: 24h, 1h, 10m; or none",
    )
    async def settings(
        self,
        interaction: discord.Interaction,
        zone: app_commands.Range[str, 1, limits.CHOICE_VALUE] | None = None,
        reminders: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        guild_id = require_manager(interaction)
        typed = (_zone(zone) if zone else {}) | (_typed_rule(reminders) if reminders else {})
        notice = None
        if typed:
            await self._app.guilds.choose(guild_id, actor(interaction), **typed)
            notice = ui.saved("Saved.")
        await self._show(interaction, notice)

    @settings.autocomplete("zone")
    async def suggest_zone(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in suggest_zones(text, limits.CHOICES)]

    async def open_pressed(self, interaction: discord.Interaction) -> None:
        """The button of the welcome."""
        require_manager(interaction)
        await self._show(interaction, None)

    async def chosen(self, interaction: discord.Interaction, what: str) -> None:
        """A choice in a menu of the panel, which shows what became of it: a menu keeps showing what was refused."""
        guild_id = require_manager(interaction)
        try:
            values = await self._checked(interaction, guild_id, what)
            await self._app.guilds.choose(guild_id, actor(interaction), **values)
            notice = ui.saved("Saved.")
        except Refusal as refusal:
            notice = ui.refused(str(refusal))
        layout = await self._layout(interaction, guild_id, notice)
        await interaction.response.edit_message(view=layout)

    async def _show(self, interaction: discord.Interaction, notice: Finding | None) -> None:
        layout = await self._layout(interaction, require_manager(interaction), notice)
        await interaction.response.send_message(view=layout, ephemeral=True)

    async def _layout(
        self, interaction: discord.Interaction, guild_id: int, notice: Finding | None
    ) -> discord.ui.LayoutView:
        config = await self._app.lookup.config(guild_id)
        paused_since = await self._app.reminders.paused_since(guild_id)
        return ui.panel(server(interaction, config, paused_since), self._app.clock.now(), notice)

    async def _checked(self, interaction: discord.Interaction, guild_id: int, what: str) -> Chosen:
        """The choice as a field of the guild's config, looked up in this server and checked for what it is for."""
        value = _value(interaction)
        if what == ui.ZONE:
            return _zone(value)
        if what == ui.REMINDERS:
            return _rule(value)
        guild, person = guild_here(interaction), person_of(interaction)
        wanted = _id(value)
        if what in (ui.ANNOUNCE, ui.LOG):
            if wanted is not None:
                check_place(place(guild, wanted, person), TO_ANNOUNCE if what == ui.ANNOUNCE else TO_LOG)
            return {"announce_channel_id" if what == ui.ANNOUNCE else "log_channel_id": wanted}
        if what == ui.MODERATORS:
            if wanted is not None:
                check_moderators(badge(guild, wanted, person, None))
            return {"moderator_role_id": wanted}
        if what == ui.PING:
            if wanted is not None:
                config = await self._app.lookup.config(guild_id)
                check_ping(badge(guild, wanted, person, config.announce_channel_id))
            return {"ping_role_id": wanted}
        raise Refusal(OUTDATED)


def _value(interaction: discord.Interaction) -> str:
    """What was chosen in a menu of none or one; it comes from outside."""
    data: Any = interaction.data or {}
    values = data.get("values")
    first = values[0] if isinstance(values, list) and values else ""
    return first[: limits.OPTION_VALUE] if isinstance(first, str) else ""


def _id(value: str) -> int | None:
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 20:  # noqa: PLR2004 - 64 bits have 20 digits
        raise Refusal(OUTDATED)
    return int(value)


def _zone(value: str) -> Chosen:
    try:
        return {"zone": find_zone(value).key}
    except WrongTimeError as error:
        raise Refusal(f"{error}.") from None


def _rule(value: str) -> Chosen:
    rule = ui.read_rule(value)
    if rule is None:
        raise Refusal(OUTDATED)
    return {"reminder_minutes": rule}


def _typed_rule(text: str) -> Chosen:
    if text.strip().lower() == "default":
        return {"reminder_minutes": None}
    return {"reminder_minutes": read_offsets(text)}


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(SettingsCog(bot))
