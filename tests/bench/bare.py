"""The ceiling: a discord.py client that answers "pong" to a command and to a press, and does nothing else."""

import asyncio
import os
import sys
from typing import Any

import discord
import uvloop
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL


class Bare(discord.Client):
    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.3,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(ping)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_message("pong", ephemeral=True)


@app_commands.command(name="ping", description="Answers pong")
async def ping(interaction: discord.Interaction[Bare]) -> None:
    await interaction.response.send_message("pong", ephemeral=True)


async def main() -> None:
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["DISCORD_GATEWAY_URL"])
    async with Bare() as client:
        await client.start("sandbox")


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(runner.run(main()))
