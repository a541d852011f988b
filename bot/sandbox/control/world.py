"""Changes of the world that people or moderators of a real guild would make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import payloads, seed
from bot.sandbox.trouble import TroubleError
from bot.sandbox.wire import Json, as_id, iso
from bot.sandbox.world import APPLICATION_ID, TEXT, Channel, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Guild

MEMBERS_AT_ONCE = 10_000


async def change_world(sandbox: Sandbox, ask: Json) -> Json:
    """Carry out one change; `op` names it. Raises TroubleError."""
    change = OPS.get(str(ask.get("op")))
    if change is None:
        raise TroubleError(400, f"op must be one of {', '.join(OPS)}")
    answer = change(sandbox, ask)
    sandbox.world.rights.clear()
    sandbox.events.publish({"type": "world"})
    return answer or {}


def _guild(sandbox: Sandbox, ask: Json) -> Guild:
    guild = sandbox.world.guilds.get(as_id(ask.get("guild")))
    if guild is None:
        raise TroubleError(404, f"no such guild: {ask.get('guild')}")
    return guild


def _channel(sandbox: Sandbox, ask: Json) -> Channel:
    channel = sandbox.world.channels.get(as_id(ask.get("channel")))
    if channel is None:
        raise TroubleError(404, f"no such channel: {ask.get('channel')}")
    return channel


def _user(sandbox: Sandbox, ask: Json) -> User:
    user = sandbox.world.users.get(as_id(ask.get("user")))
    if user is None:
        raise TroubleError(404, f"no such user: {ask.get('user')}")
    return user


def add_members(sandbox: Sandbox, ask: Json) -> Json:
    guild, count = _guild(sandbox, ask), int(ask.get("count", 1))
    if not 1 <= count <= MEMBERS_AT_ONCE:
        raise TroubleError(400, f"count goes from 1 to {MEMBERS_AT_ONCE}")
    prefix, joined = str(ask.get("prefix") or "Member"), iso(sandbox.clock.now())
    ids = []
    for number in range(len(sandbox.world.users), len(sandbox.world.users) + count):
        user = User(sandbox.ids.new(), f"{prefix} {number}")
        sandbox.world.users[user.id] = user
        member = seed.join(sandbox.world, guild, user.id, joined)
        payload = {**payloads.member(member), "guild_id": str(guild.id)}
        sandbox.gateway.dispatch("GUILD_MEMBER_ADD", payload, guild_id=guild.id)
        ids.append(str(user.id))
    return {"ids": ids}


def remove_member(sandbox: Sandbox, ask: Json) -> None:
    guild, user = _guild(sandbox, ask), _user(sandbox, ask)
    if user.id in (APPLICATION_ID, guild.owner_id):
        raise TroubleError(400, "neither the bot nor the owner leaves like this")
    guild.members.pop(user.id, None)
    gone = {"guild_id": str(guild.id), "user": payloads.user(user)}
    sandbox.gateway.dispatch("GUILD_MEMBER_REMOVE", gone, guild_id=guild.id)


def member_roles(sandbox: Sandbox, ask: Json) -> None:
    guild, user = _guild(sandbox, ask), _user(sandbox, ask)
    roles = [as_id(each) for each in ask.get("roles") or []]
    if user.id not in guild.members or not set(roles) <= set(guild.roles):
        raise TroubleError(404, "no such member, or no such role")
    guild.members[user.id].roles = roles
    sandbox.tell_member(guild, guild.members[user.id])


def set_role_permissions(sandbox: Sandbox, ask: Json) -> None:
    guild = _guild(sandbox, ask)
    role = guild.roles.get(as_id(ask.get("role")))
    if role is None:
        raise TroubleError(404, f"no such role: {ask.get('role')}")
    role.permissions = int(ask["permissions"])
    role.mentionable = bool(ask.get("mentionable", role.mentionable))
    payload = {"guild_id": str(guild.id), "role": payloads.role(role)}
    sandbox.gateway.dispatch("GUILD_ROLE_UPDATE", payload, guild_id=guild.id)


def delete_role(sandbox: Sandbox, ask: Json) -> None:
    guild, role_id = _guild(sandbox, ask), as_id(ask.get("role"))
    if role_id not in guild.roles or role_id == guild.id:
        raise TroubleError(404, f"no such role: {ask.get('role')}")
    del guild.roles[role_id]
    for member in guild.members.values():
        if role_id in member.roles:
            member.roles.remove(role_id)
    payload = {"guild_id": str(guild.id), "role_id": str(role_id)}
    sandbox.gateway.dispatch("GUILD_ROLE_DELETE", payload, guild_id=guild.id)


def set_overwrite(sandbox: Sandbox, ask: Json) -> None:
    channel, target = _channel(sandbox, ask), as_id(ask.get("target"))
    allow, deny = int(ask.get("allow") or 0), int(ask.get("deny") or 0)
    kind = 1 if ask.get("type") in ("member", 1, "1") else 0
    channel.overwrites[target] = {"id": str(target), "type": kind, "allow": str(allow), "deny": str(deny)}
    sandbox.tell_channel("CHANNEL_UPDATE", channel)


def create_channel(sandbox: Sandbox, ask: Json) -> Json:
    guild = _guild(sandbox, ask)
    position = len(guild.channels)
    channel = Channel(sandbox.ids.new(), int(ask.get("type", TEXT)), str(ask["name"]), guild.id, position=position)
    sandbox.world.add_channel(channel)
    sandbox.tell_channel("CHANNEL_CREATE", channel)
    return {"id": str(channel.id)}


def delete_channel(sandbox: Sandbox, ask: Json) -> None:
    sandbox.delete_channel(_channel(sandbox, ask))


def delete_message(sandbox: Sandbox, ask: Json) -> None:
    message = sandbox.world.messages.get(as_id(ask.get("message_id")))
    if message is None:
        raise TroubleError(404, f"no such message: {ask.get('message_id')}")
    sandbox.posts.delete(message)


def send_message(sandbox: Sandbox, ask: Json) -> Json:
    user = _user(sandbox, ask)
    channel = sandbox.acts.place(ask, user)
    message = sandbox.posts.create(channel, user, {"content": str(ask["content"])}, {})
    return {"id": str(message.id)}


def guild_unavailable(sandbox: Sandbox, ask: Json) -> None:
    guild = _guild(sandbox, ask)
    guild.available = False
    sandbox.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild_id=guild.id)


def guild_available(sandbox: Sandbox, ask: Json) -> None:
    guild = _guild(sandbox, ask)
    guild.available = True
    sandbox.gateway.dispatch("GUILD_CREATE", payloads.guild_create(sandbox.world, guild), guild_id=guild.id)


def kick_bot(sandbox: Sandbox, ask: Json) -> None:
    guild = _guild(sandbox, ask)
    guild.members.pop(APPLICATION_ID, None)
    sandbox.world.commands.pop(guild.id, None)
    sandbox.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id)


def invite_bot(sandbox: Sandbox, ask: Json) -> None:
    guild = _guild(sandbox, ask)
    if APPLICATION_ID in guild.members:
        raise TroubleError(400, "the bot is already there")
    seed.join(sandbox.world, guild, APPLICATION_ID, iso(sandbox.clock.now()))
    payload = payloads.guild_create(sandbox.world, guild)
    # without this key a client knows that the guild is a new one
    del payload["unavailable"]
    sandbox.gateway.dispatch("GUILD_CREATE", payload, guild_id=guild.id)


def close_dms(sandbox: Sandbox, ask: Json) -> None:
    _user(sandbox, ask).dms_closed = bool(ask.get("closed", True))


def event_interested(sandbox: Sandbox, ask: Json) -> None:
    user, event_id = _user(sandbox, ask), as_id(ask.get("event"))
    guild = next((each for each in sandbox.world.guilds.values() if event_id in each.scheduled_events), None)
    if guild is None:
        raise TroubleError(404, f"no such event: {ask.get('event')}")
    interested = guild.interested.setdefault(event_id, set())
    adds = bool(ask.get("interested", True))
    (interested.add if adds else interested.discard)(user.id)
    payload = {"guild_scheduled_event_id": str(event_id), "user_id": str(user.id), "guild_id": str(guild.id)}
    sandbox.gateway.dispatch(f"GUILD_SCHEDULED_EVENT_USER_{'ADD' if adds else 'REMOVE'}", payload, guild_id=guild.id)


OPS: dict[str, Callable[[Sandbox, Json], Json | None]] = {
    each.__name__: each
    for each in (
        add_members,
        remove_member,
        member_roles,
        set_role_permissions,
        delete_role,
        set_overwrite,
        create_channel,
        delete_channel,
        delete_message,
        send_message,
        guild_unavailable,
        guild_available,
        kick_bot,
        invite_bot,
        close_dms,
        event_interested,
    )
}
