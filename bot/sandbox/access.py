"""Who may do what where, worked out from roles and overwrites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.rules import Refusal
from bot.sandbox.rules.permissions import Permission, compute
from bot.sandbox.world import APPLICATION_ID, DM, THREADS

if TYPE_CHECKING:
    from bot.sandbox.world import Channel, Guild, Message, World

RIGHTS_KEPT = 10_000
# What two people have in a direct message.
DM_BITS = int(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.USE_APPLICATION_COMMANDS
)


def permissions(world: World, user_id: int, channel: Channel) -> int:
    """All that a user may do in a channel; nothing where he is no member."""
    key = (user_id, channel.id)
    known = world.rights.get(key)
    if known is None:
        if len(world.rights) >= RIGHTS_KEPT:
            world.rights.clear()
        known = world.rights[key] = _permissions(world, user_id, channel)
    return known


def _permissions(world: World, user_id: int, channel: Channel) -> int:
    guild = world.guild_of(channel)
    if guild is None:
        return DM_BITS if user_id in (channel.recipient, APPLICATION_ID) else 0
    thread = channel.type in THREADS
    parent = guild.channels.get(channel.parent_id) if thread else channel
    return in_guild(guild, user_id, list(parent.overwrites.values()) if parent else [], in_thread=thread)


def in_guild(
    guild: Guild, user_id: int, overwrites: list[dict[str, Any]] | None = None, *, in_thread: bool = False
) -> int:
    member = guild.members.get(user_id)
    if member is None:
        return 0
    held = [guild.roles[role_id] for role_id in member.roles if role_id in guild.roles]
    return compute(
        str(guild.owner_id),
        guild.roles[guild.id].permissions,
        [role.permissions for role in held],
        str(user_id),
        [str(role.id) for role in held],
        str(guild.id),
        overwrites or [],
        in_thread=in_thread,
    )


def require(have: int, need: Permission, *, code: int = 50013, message: str = "Missing Permissions") -> None:
    if have & need != need:
        raise Refusal(403, code, message)


def unknown(what: str, code: int) -> Refusal:
    return Refusal(404, code, f"Unknown {what}")


def bot_guild(world: World, guild_id: int) -> Guild:
    """A guild that the bot is in; for all others Discord says that it does not know them."""
    guild = world.guilds.get(guild_id)
    if guild is None or APPLICATION_ID not in guild.members:
        raise unknown("Guild", 10004)
    return guild


def bot_channel(world: World, channel_id: int) -> tuple[Channel, int]:
    """A channel that the bot may see, and the bot's permissions in it."""
    channel = world.channels.get(channel_id)
    if channel is None:
        raise unknown("Channel", 10003)
    mine = permissions(world, APPLICATION_ID, channel)
    require(mine, Permission.VIEW_CHANNEL, code=50001, message="Missing Access")
    return channel, mine


def channel_message(channel: Channel, message_id: int) -> Message:
    """A public message; ephemeral ones are out of reach here."""
    message = channel.messages.get(message_id)
    if message is None:
        raise unknown("Message", 10008)
    return message


def may_see(world: World, user_id: int, channel: Channel) -> bool:
    if channel.type == DM:
        return user_id == channel.recipient
    return bool(permissions(world, user_id, channel) & Permission.VIEW_CHANNEL)


def top_position(guild: Guild, user_id: int) -> int:
    """The place of somebody's highest role; the owner stands above all."""
    if user_id == guild.owner_id:
        return 1 << 30
    member = guild.members.get(user_id)
    roles = member.roles if member else []
    return max((guild.roles[role].position for role in roles if role in guild.roles), default=0)
