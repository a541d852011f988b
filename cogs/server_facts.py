"""Channels and roles of a server as values: what the bot may do there, and what the person who asks may."""

from datetime import datetime

import discord

from bot.domain.errors import Refusal
from bot.domain.guilds import GuildConfig
from bot.domain.places import Badge, Place, Right
from bot.domain.server import Server

_FLAGS = {
    Right.VIEW: "view_channel",
    Right.SEND: "send_messages",
    Right.EMBED: "embed_links",
    Right.ATTACH: "attach_files",
    Right.HISTORY: "read_message_history",
}


def guild_here(interaction: discord.Interaction) -> discord.Guild:
    """The server with its channels and roles.

    Raises:
        Refusal: Discord has not told us about it yet.
    """
    guild = interaction.guild
    if guild is None or guild.unavailable or guild.default_role is None:
        raise Refusal("Discord has not told me about this server yet. Please try again in a moment.")
    return guild


def rights(permissions: discord.Permissions, *, in_thread: bool = False) -> frozenset[Right]:
    """The rights that posting is about."""
    flags = _FLAGS | ({Right.SEND: "send_messages_in_threads"} if in_thread else {})
    return frozenset(right for right, flag in flags.items() if getattr(permissions, flag))


def place(guild: discord.Guild, channel_id: int, person: discord.Member | None) -> Place:
    """A channel of this server; one of another server, or one that is gone, has no name."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        return Place(channel_id)
    return Place(
        channel_id,
        channel.name,
        takes_posts=isinstance(channel, discord.TextChannel),
        mine=rights(channel.permissions_for(guild.me)),
        theirs=rights(channel.permissions_for(person)) if person is not None else frozenset(),
    )


def badge(guild: discord.Guild, role_id: int, person: discord.Member | None, channel_id: int | None) -> Badge:
    """A role of this server, and who may ping it in a channel (None: anywhere)."""
    role = guild.get_role(role_id)
    if role is None:
        return Badge(role_id)
    channel = guild.get_channel(channel_id) if channel_id is not None else None
    return Badge(
        role_id,
        role.name,
        everyone=role.is_default(),
        i_may_ping=role.mentionable or _may_mention(guild.me, channel),
        they_may_ping=role.mentionable or (person is not None and _may_mention(person, channel)),
    )


def server(interaction: discord.Interaction, config: GuildConfig, paused_since: datetime | None = None) -> Server:
    """What the server has chosen, as Discord has it now."""
    guild, person = guild_here(interaction), person_of(interaction)

    def channel(chosen: int | None) -> Place | None:
        return None if chosen is None else place(guild, chosen, person)

    def role(chosen: int | None) -> Badge | None:
        return None if chosen is None else badge(guild, chosen, person, config.announce_channel_id)

    return Server(
        config=config,
        announce=channel(config.announce_channel_id),
        log=channel(config.log_channel_id),
        moderators=role(config.moderator_role_id),
        ping=role(config.ping_role_id),
        paused_since=paused_since,
    )


def person_of(interaction: discord.Interaction) -> discord.Member | None:
    return interaction.user if isinstance(interaction.user, discord.Member) else None


def _may_mention(person: discord.Member, channel: discord.abc.GuildChannel | None) -> bool:
    held = channel.permissions_for(person) if channel is not None else person.guild_permissions
    return held.mention_everyone
