"""Looking: the world, messages, interactions, journals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bot.sandbox import access, payloads
from bot.sandbox.options import offered
from bot.sandbox.trouble import TroubleError
from bot.sandbox.wire import Json, as_id, iso_ms
from bot.sandbox.world import THREADS

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Guild, Message

Handler = Callable[["Sandbox", Json], Awaitable[Json]]
MESSAGES_AT_ONCE = 500


async def state(sandbox: Sandbox, _: Json) -> Json:
    bot = sandbox.world.bot
    return {
        **sandbox.followers.reading(),
        "moments": [{"label": label, "at": iso_ms(at)} for label, at in sandbox.settings.moments],
        "bot": {"id": str(bot.id), "name": bot.name, "online": sandbox.gateway.online},
        "guilds": [_guild(guild) for guild in sandbox.world.guilds.values()],
        "users": [_person(sandbox, each) for each in sandbox.world.users],
        "commands": {str(each): offered(sandbox, each) for each in sandbox.world.guilds},
        "dm_commands": offered(sandbox, 0),
    }


def _person(sandbox: Sandbox, user_id: int) -> Json:
    user = sandbox.world.users[user_id]
    dm = str(user.dm_channel) if user.dm_channel else None
    return {"id": str(user.id), "name": user.name, "bot": user.bot, "dm_channel": dm, "dms_closed": user.dms_closed}


def _guild(guild: Guild) -> Json:
    kept = ("id", "name", "color", "position", "permissions", "mentionable")
    roles = [payloads.role(role) for role in guild.roles.values()]
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "available": guild.available,
        "roles": [{key: role[key] for key in kept} for role in roles],
        "channels": [
            {
                "id": str(each.id),
                "name": each.name,
                "type": each.type,
                "topic": each.topic,
                "parent_id": str(each.parent_id) if each.type in THREADS else None,
                "permission_overwrites": list(each.overwrites.values()),
            }
            for each in guild.channels.values()
        ],
        "members": [
            {
                "user": {"id": str(each.user.id), "name": each.user.name, "avatar": each.user.avatar},
                "nick": each.nick,
                "roles": [str(role) for role in each.roles],
            }
            for each in guild.members.values()
        ],
        "scheduled_events": list(guild.scheduled_events.values()),
    }


async def messages(sandbox: Sandbox, ask: Json) -> Json:
    """The newest messages of a channel as one user sees them, oldest first."""
    user_id = as_id(ask.get("user"))
    channel = sandbox.world.channels.get(as_id(ask.get("channel")))
    if channel is None:
        raise TroubleError(404, f"no such channel: {ask.get('channel')}")
    if user_id and not access.may_see(sandbox.world, user_id, channel):
        raise TroubleError(403, "this user does not see the channel")
    limit = min(int(ask.get("limit", 50)), MESSAGES_AT_ONCE)
    whispers = [each for each in channel.whispers.values() if each.viewer == user_id]
    shown = sorted([*channel.messages.values(), *whispers], key=lambda message: message.id)[-limit:]
    return {"messages": [_told(sandbox, each) for each in shown]}


def _told(sandbox: Sandbox, message: Message) -> Json:
    """A message with the words and the person it answers, also where Discord does not say them."""
    shown = message.shown
    if message.interaction_id and "interaction" not in shown:
        interaction = sandbox.interactions.get(message.interaction_id)
        if interaction is not None:
            who = payloads.user(interaction.user)
            shown["interaction"] = {"id": str(interaction.id), "name": interaction.name, "user": who}
    return shown


async def interaction(sandbox: Sandbox, ask: Json) -> Json:
    found = sandbox.interactions.get(as_id(ask["_id"]))
    if found is None:
        raise TroubleError(404, "no such interaction")
    return found.as_json()


async def journal(sandbox: Sandbox, ask: Json) -> Json:
    return sandbox.journal.since(int(ask.get("since", 0)))


async def gateway_journal(sandbox: Sandbox, ask: Json) -> Json:
    return sandbox.gateway.journal.since(int(ask.get("since", 0)))


async def violations(sandbox: Sandbox, _: Json) -> Json:
    return {"violations": sandbox.violations.all(), "invalid_requests": sandbox.violations.invalid_requests}


async def latency(sandbox: Sandbox, _: Json) -> Json:
    return sandbox.interactions.quantiles()


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/_state"): state,
    ("GET", "/_messages"): messages,
    ("GET", "/_interactions/*"): interaction,
    ("GET", "/_journal"): journal,
    ("GET", "/_gateway_journal"): gateway_journal,
    ("GET", "/_violations"): violations,
    ("GET", "/_latency"): latency,
}
