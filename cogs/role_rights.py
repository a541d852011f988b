"""Which roles somebody may have lent: those that both this person and the bot may give."""

import discord

from bot.domain.errors import Refusal
from bot.ui.lending import WAY_OUT


def check_lending(interaction: discord.Interaction, role: discord.Role) -> None:
    """Refuse a role that cannot be lent, or that the moderator may not give: the bot is no way around that.

    Raises:
        Refusal: with the way out.
    """
    if role.is_default() or role.managed:
        raise Refusal(f"{role.mention} cannot be given to anybody: Discord manages it. Please choose another role.")
    _check_own(interaction, role)
    me = None if interaction.guild is None else interaction.guild.me
    if me is None:
        return  # not known yet: whoever lends it finds out, and says so
    if not me.guild_permissions.manage_roles:
        raise Refusal(
            "I may not give roles here, so nothing was changed: the permission Manage Roles is not part of my invite "
            f"link. {WAY_OUT.format(role=role.mention)} Then use this command again."
        )
    if me.top_role <= role:
        raise Refusal(
            f"{role.mention} stands above my own role, so I may not give it, and nothing was changed. A server admin "
            f"can drag {me.top_role.mention} above it under Server Settings, Roles. Then use this command again."
        )


def may_lend(interaction: discord.Interaction, role_id: int | None) -> bool:
    """Whether both the moderator and the bot may give this role of the server to people."""
    role = None if role_id is None or interaction.guild is None else interaction.guild.get_role(role_id)
    if role is None:
        return False
    try:
        check_lending(interaction, role)
    except Refusal:
        return False
    return True


def _check_own(interaction: discord.Interaction, role: discord.Role) -> None:
    person, guild = interaction.user, interaction.guild
    if guild is None or not isinstance(person, discord.Member):
        raise Refusal("This works only in a server, not in direct messages.")
    # In the whole server: the permission of the same name in a channel is about that channel.
    if person.id == guild.owner_id or (person.guild_permissions.manage_roles and person.top_role > role):
        return
    raise Refusal(
        f"You may not give {role.mention} yourself, so I do not lend it for you, and nothing was changed. Please ask "
        "somebody who has the permission Manage Roles and a role above it."
    )
