"""Servers that come, go and change: the welcome, what is kept of those that left, another try where rights changed."""

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.domain.departures import Arrival
from bot.ui import welcome

if TYPE_CHECKING:
    from bot.client import CommunityBot
    from bot.ui.reply import Reply

log = logging.getLogger(__name__)

SETTLING = 1.0  # real seconds: moving one role or category makes Discord tell of many others


class GuildsCog(commands.Cog):
    """Listens alone; it has no commands.

    Who invited the bot stands in the audit log, which it may not read, and nobody gets a direct message that he did
    not ask for. So the welcome goes where Discord itself welcomes people (the system channel), or else to the first
    channel where the bot may write; where there is none, nothing is said, and `/settings` works all the same.
    """

    def __init__(self, bot: "CommunityBot") -> None:
        self._bot = bot
        self._app = bot.app
        self._changed: dict[int, asyncio.Task[None]] = {}
        self._watch: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self._watch = asyncio.create_task(self._app.departures.watch(), name="departures")

    async def cog_unload(self) -> None:
        tasks = [task for task in (self._watch, *self._changed.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Discord lists every server at each new connection; those with an outage, too."""
        await self._app.departures.present(guild.id for guild in self._bot.guilds)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        arrival = await self._app.departures.arrived(guild.id)
        if arrival is Arrival.NEW:
            await _say(guild, welcome.hello(), None)
        elif arrival is Arrival.BACK:
            config = await self._app.lookup.config(guild.id)
            await _say(guild, welcome.back(), config.log_channel_id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Not for an outage, which discord.py tells as `guild_unavailable`."""
        await self._app.departures.left(guild.id)

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        self._try_again(channel.guild.id)

    @commands.Cog.listener()
    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        self._try_again(after.guild.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        self._try_again(after.guild.id)

    @commands.Cog.listener()
    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        if after.id == after.guild.me.id:  # the bot got or lost a role
            self._try_again(after.guild.id)

    def _try_again(self, guild_id: int) -> None:
        if guild_id not in self._changed:
            task = asyncio.create_task(self._when_settled(guild_id), name=f"guild-{guild_id}")
            self._changed[guild_id] = task

    async def _when_settled(self, guild_id: int) -> None:
        try:
            await self._app.clock.sleep(SETTLING)
        finally:
            del self._changed[guild_id]
        try:
            await self._app.guilds.try_again(guild_id)
        except Exception:
            log.exception("What waits in guild %d is tried later: its change could not be noted", guild_id)


async def _say(guild: discord.Guild, reply: "Reply", wanted: int | None) -> None:
    channel = next(filter(None, (_open(guild, each) for each in _candidates(guild, wanted))), None)
    if channel is None:
        log.info("In guild %d there is no channel where the bot may write, so it was not welcomed", guild.id)
        return
    try:
        await channel.send(**reply.kwargs(), allowed_mentions=discord.AllowedMentions.none())
    except discord.HTTPException as error:
        log.warning("The welcome of guild %d could not be posted: %s", guild.id, error)


def _candidates(guild: discord.Guild, wanted: int | None) -> list[discord.abc.GuildChannel | None]:
    first = guild.get_channel(wanted) if wanted is not None else None
    return [first, guild.system_channel, *guild.text_channels]


def _open(guild: discord.Guild, channel: discord.abc.GuildChannel | None) -> discord.TextChannel | None:
    if not isinstance(channel, discord.TextChannel):
        return None
    allowed = channel.permissions_for(guild.me)
    return channel if allowed.view_channel and allowed.send_messages else None


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(GuildsCog(bot))
