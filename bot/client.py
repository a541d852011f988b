"""The discord.py client: intents, mentions, the list of cogs, and where failures and presses go."""

import hashlib
import json
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.failures import answer_failure
from bot.lateness import Lateness
from bot.presses import Router
from bot.repeats import Repeats
from bot.store import facts
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.app import App

log = logging.getLogger(__name__)

COGS = (
    "cogs.programme",
    "cogs.rsvps",
    "cogs.attendees",
    "cogs.watch",
    "cogs.about",
    "cogs.sessions",
    "cogs.calendar",
    "cogs.talks",
    "cogs.now",
    "cogs.my",
    "cogs.reminders",
    "cogs.settings",
    "cogs.doctor",
    "cogs.guilds",
    "cogs.audit",
    "cogs.stats",
    "cogs.privacy",
    "cogs.rehearse",
)
SYNCED = "commands_synced"
HEARTBEAT_TIMEOUT = 60.0  # seconds in which Discord has said nothing: the connection is dead, and made anew

discord.VoiceClient.warn_nacl = False  # the bot does not speak
discord.VoiceClient.warn_dave = False


class Tree(app_commands.CommandTree["CommunityBot"]):
    """The slash commands; whatever they raise goes through the one door."""

    def __init__(self, client: "CommunityBot") -> None:
        super().__init__(client)
        self._repeats = Repeats()

    async def interaction_check(self, interaction: discord.Interaction["CommunityBot"]) -> bool:
        """A command that Discord delivers again is not carried out again: some make a thing anew each time."""
        return not self._repeats.again(interaction.id)

    async def on_error(
        self, interaction: discord.Interaction["CommunityBot"], error: app_commands.AppCommandError
    ) -> None:
        await answer_failure(interaction, error)


class CommunityBot(commands.Bot):
    """Talks to Discord. It keeps nothing of Discord's in memory but guilds, channels and roles."""

    app: "App"  # set by bot.app before the cogs are loaded

    def __init__(self, db: Database, clock: Clock) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=60,
            guild_ready_timeout=0.3,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
        )
        self._db = db
        self.heard_of: Callable[[int], None] = lambda _: None  # told of every id that the server has just made
        self.router = Router()
        self._lateness = Lateness(clock)
        self.command_ids: dict[str, int] = {}

    async def load_cogs(self) -> None:
        """Make the commands; before the login, which may be tried several times."""
        for cog in COGS:
            await self.load_extension(cog)

    async def on_interaction(self, interaction: discord.Interaction["CommunityBot"]) -> None:
        self.heard_of(interaction.id)
        self._lateness.watch(interaction)
        await self.router.dispatch(interaction)

    async def on_answered_already(self, interaction: discord.Interaction["CommunityBot"]) -> None:
        """Our answer was refused: see bot.failures."""
        await self.app.second_copy.noticed(interaction.id, interaction.guild_id)

    async def sync_commands(self) -> None:
        """Tell Discord the commands, but only when they are others than it knows: creates are counted, 200 a day."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        digest = hashlib.blake2b(json.dumps(payload, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()
        fact = f"{self.application_id} {digest}"
        known = await self.tree.fetch_commands()
        same = {command.name for command in known} == {str(command["name"]) for command in payload}
        if not same or await self._db.read(facts.get, SYNCED) != fact:
            known = await self.tree.sync()
            await self._db.write(facts.put, SYNCED, fact)
            log.info("Discord was told the %d commands", len(known))
        self.command_ids = {command.name: command.id for command in known}
