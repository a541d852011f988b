"""Where a session may be posted, and whether it may ping: never more than the person who asks may do himself."""

import discord

from bot.domain.guilds import GuildConfig
from bot.domain.places import TO_ANNOUNCE, check_place
from cogs.server_facts import badge, guild_here, person_of, place


def check_channel(interaction: discord.Interaction, channel_id: int) -> None:
    """Let the person choose a channel for posts of the bot.

    Raises:
        Refusal: it is none of this server's, or the person or the bot may not write there.
    """
    check_place(place(guild_here(interaction), channel_id, person_of(interaction)), TO_ANNOUNCE)


def own_channel(interaction: discord.Interaction, config: GuildConfig, channel_id: int | None) -> int | None:
    """The channel to keep for a session: None stands for the guild's own, where the bot posts for whoever asks.

    Raises:
        Refusal: as `check_channel`, for any other one.
    """
    if channel_id is None or channel_id == config.announce_channel_id:
        return None
    check_channel(interaction, channel_id)
    return channel_id


def may_ping(interaction: discord.Interaction, config: GuildConfig, channel_id: int | None) -> bool:
    """Whether the person may ping the role of the announcements himself, in that channel or the guild's own."""
    if config.ping_role_id is None:
        return True
    where = channel_id or config.announce_channel_id
    return badge(guild_here(interaction), config.ping_role_id, person_of(interaction), where).they_may_ping
