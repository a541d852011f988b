"""Who may do what: asked at every command and press, for the guild it came from, from what Discord says of the member.

Discord's own command permissions are a convenience that server admins may change, and buttons have none at all.
"""

from typing import TYPE_CHECKING

import discord

from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.guilds import GuildConfig

if TYPE_CHECKING:
    from bot.app import App


def guild_of(interaction: discord.Interaction) -> int:
    """The id of the guild that the interaction came from.

    Raises:
        Refusal: it came from a direct message.
    """
    if interaction.guild_id is None:
        raise Refusal("This works only in a server, not in direct messages.")
    return interaction.guild_id


def is_moderator(interaction: discord.Interaction, config: GuildConfig) -> bool:
    """Whether the person has the guild's moderator role, Manage Server or Administrator; a deleted role is none."""
    if interaction.guild_id != config.guild_id:
        return False
    if interaction.permissions.manage_guild or interaction.permissions.administrator:
        return True
    person, role = interaction.user, config.moderator_role_id
    return role is not None and isinstance(person, discord.Member) and person.get_role(role) is not None


def actor(interaction: discord.Interaction) -> Actor:
    """Who does it, for the record of changes."""
    return Actor(interaction.user.id, interaction.user.display_name)


async def require_moderator(app: "App", interaction: discord.Interaction) -> int:
    """The guild's id, when the person may manage sessions there.

    Raises:
        Refusal: he or she may not, or it is no guild.
    """
    guild_id = guild_of(interaction)
    config = await app.lookup.config(guild_id)
    if is_moderator(interaction, config):
        return guild_id
    # A mention in a message that pings nobody: it only shows the role's name.
    who = f"people with the role <@&{config.moderator_role_id}> or with" if config.moderator_role_id else "people with"
    raise Refusal(f"Only {who} the permission Manage Server can do this here. Please ask one of them.")


def require_manager(interaction: discord.Interaction) -> int:
    """The guild's id, when the person may manage the server itself: the moderator role alone does not do.

    Raises:
        Refusal: he or she may not, or it is no guild.
    """
    guild_id = guild_of(interaction)
    if interaction.permissions.manage_guild or interaction.permissions.administrator:
        return guild_id
    raise Refusal("Only people with the permission Manage Server can change the settings. Please ask one of them.")
