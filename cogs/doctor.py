"""What is in order and what is not: /doctor, and the button of the panel that asks for it."""

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.doctor import ClockState, Connection, Examination
from bot.ui.doctor import doctor
from cogs.rights import require_moderator
from cogs.server_facts import server

if TYPE_CHECKING:
    from datetime import datetime

    from bot.client import CommunityBot

GROUP = {"group": "For moderators", "moderators": True}
PRESS = "doctor"


class DoctorCog(commands.Cog):
    def __init__(self, bot: "CommunityBot") -> None:
        self._bot = bot
        self._app = bot.app
        self._connected_at: datetime | None = None

    async def cog_load(self) -> None:
        self._bot.router.on(PRESS, self.pressed, arguments=0)

    async def cog_unload(self) -> None:
        self._bot.router.off(PRESS)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        self._connected_at = self._app.clock.now()

    @commands.Cog.listener()
    async def on_resumed(self) -> None:
        self._connected_at = self._app.clock.now()

    @app_commands.command(description="What is in order here and what is not, with what to do", extras=GROUP)
    async def doctor(self, interaction: discord.Interaction) -> None:
        await self._examine(interaction)

    async def pressed(self, interaction: discord.Interaction) -> None:
        await self._examine(interaction)

    async def _examine(self, interaction: discord.Interaction) -> None:
        guild_id = await require_moderator(self._app, interaction)
        now = self._app.clock.now()
        # Every page of the database is looked at: that may take longer than Discord waits for a first answer.
        await interaction.response.defer(ephemeral=True, thinking=True)
        config = await self._app.lookup.config(guild_id)
        records = await self._app.doctor.records(guild_id)
        latency = self._bot.latency
        found = Examination(
            now=now,
            server=server(interaction, config, records.paused_since),
            records=records,
            database=await self._app.doctor.database(),
            connection=Connection(timedelta(seconds=latency) if math.isfinite(latency) else None, self._connected_at),
            clock=ClockState(now - interaction.created_at, self._app.clock.speed),
        )
        await interaction.followup.send(**doctor(found).kwargs(), ephemeral=True)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(DoctorCog(bot))
