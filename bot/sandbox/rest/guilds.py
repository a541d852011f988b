"""Guilds, their roles and members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import access, intents, payloads
from bot.sandbox.rest.routing import Call, Routes
from bot.sandbox.rules import Refusal
from bot.sandbox.rules.permissions import Permission
from bot.sandbox.wire import Json, as_id
from bot.sandbox.world import APPLICATION_ID, THREADS

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Guild, Member

routes = Routes()
GUILD = "/guilds/{guild_id}"
MEMBER = GUILD + "/members/{user_id}"
MEMBER_ROLE = MEMBER + "/roles/{role_id}"


def _guild(sandbox: Sandbox, call: Call) -> Guild:
    return access.bot_guild(sandbox.world, as_id(call.ids[0]))


def _member(guild: Guild, user_id: str) -> Member:
    member = guild.members.get(as_id(user_id))
    if member is None:
        raise access.unknown("Member", 10007)
    return member


@routes.on("GET", GUILD)
def fetch(sandbox: Sandbox, call: Call) -> Json:
    guild = _guild(sandbox, call)
    payload = payloads.guild(guild)
    if call.query.get("with_counts", "").lower() in ("1", "true"):
        payload |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return payload


@routes.on("GET", GUILD + "/channels")
def channels(sandbox: Sandbox, call: Call) -> list[Json]:
    every = _guild(sandbox, call).channels.values()
    return [payloads.channel(sandbox.world, each) for each in every if each.type not in THREADS]


@routes.on("GET", GUILD + "/threads/active")
def active_threads(sandbox: Sandbox, call: Call) -> Json:
    every = _guild(sandbox, call).channels.values()
    active = [each for each in every if each.type in THREADS and not each.thread["archived"]]
    return {"threads": [payloads.channel(sandbox.world, each) for each in active], "members": [], "has_more": False}


@routes.on("GET", GUILD + "/roles")
def roles(sandbox: Sandbox, call: Call) -> list[Json]:
    return [payloads.role(each) for each in _guild(sandbox, call).roles.values()]


@routes.on("GET", GUILD + "/roles/{role_id}")
def role(sandbox: Sandbox, call: Call) -> Json:
    found = _guild(sandbox, call).roles.get(as_id(call.ids[1]))
    if found is None:
        raise access.unknown("Role", 10011)
    return payloads.role(found)


@routes.on("GET", GUILD + "/members")
def members(sandbox: Sandbox, call: Call) -> list[Json]:
    guild = _guild(sandbox, call)
    if not sandbox.settings.privileged & intents.GUILD_MEMBERS:
        raise Refusal(403, 50001, "Missing Access")
    limit, after = call.number("limit", 1, 1, 1000), as_id(call.query.get("after", "0"))
    ids = sorted(each for each in guild.members if each > after)[:limit]
    return [payloads.member(guild.members[each]) for each in ids]


@routes.on("GET", GUILD + "/members/search")
def search(sandbox: Sandbox, call: Call) -> list[Json]:
    guild, query = _guild(sandbox, call), call.query.get("query", "").lower()
    limit = call.number("limit", 1, 1, 1000)
    found = [each for each in guild.members.values() if (each.nick or each.user.name).lower().startswith(query)]
    return [payloads.member(each) for each in found[:limit]]


@routes.on("GET", MEMBER)
def member(sandbox: Sandbox, call: Call) -> Json:
    return payloads.member(_member(_guild(sandbox, call), call.ids[1]))


@routes.on("PUT", MEMBER_ROLE)
def add_role(sandbox: Sandbox, call: Call) -> None:
    guild, who, role_id = _role_change(sandbox, call)
    if role_id not in who.roles:
        who.roles.append(role_id)
        sandbox.tell_member(guild, who)


@routes.on("DELETE", MEMBER_ROLE)
def remove_role(sandbox: Sandbox, call: Call) -> None:
    guild, who, role_id = _role_change(sandbox, call)
    if role_id in who.roles:
        who.roles.remove(role_id)
        sandbox.tell_member(guild, who)


def _role_change(sandbox: Sandbox, call: Call) -> tuple[Guild, Member, int]:
    guild = _guild(sandbox, call)
    who = _member(guild, call.ids[1])
    wanted = guild.roles.get(as_id(call.ids[2]))
    if wanted is None:
        raise access.unknown("Role", 10011)
    access.require(access.in_guild(guild, APPLICATION_ID), Permission.MANAGE_ROLES)
    lower = wanted.position < access.top_position(guild, APPLICATION_ID)
    if not lower or wanted.managed_by or wanted.id == guild.id:
        raise Refusal(403, 50013, "Missing Permissions")
    return guild, who, wanted.id
