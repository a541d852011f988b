"""Discord's own scheduled events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import access, payloads
from bot.sandbox.rest.routing import Call, Routes
from bot.sandbox.rules import check_scheduled_event
from bot.sandbox.rules.permissions import Permission
from bot.sandbox.wire import Json, as_id, iso, parse_iso
from bot.sandbox.world import APPLICATION_ID

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Guild

routes = Routes()
LIST = "/guilds/{guild_id}/scheduled-events"
ONE = LIST + "/{guild_scheduled_event_id}"
OPEN = (1, 2)
FIELDS = (
    "name",
    "description",
    "channel_id",
    "scheduled_start_time",
    "scheduled_end_time",
    "entity_type",
    "entity_metadata",
    "privacy_level",
    "status",
    "recurrence_rule",
)


def _guild(sandbox: Sandbox, call: Call) -> Guild:
    return access.bot_guild(sandbox.world, as_id(call.ids[0]))


def _event(guild: Guild, call: Call) -> Json:
    event = guild.scheduled_events.get(as_id(call.ids[1]))
    if event is None:
        raise access.unknown("Guild Scheduled Event", 10070)
    return event


def _shown(guild: Guild, event: Json, call: Call) -> Json:
    if call.query.get("with_user_count", "").lower() in ("1", "true"):
        return {**event, "user_count": len(guild.interested.get(int(event["id"]), ()))}
    return event


def _tell(sandbox: Sandbox, what: str, guild: Guild, event: Json) -> None:
    sandbox.tell_event(what, guild, event)
    sandbox.timetable.look()


def _open_count(guild: Guild) -> int:
    return sum(event["status"] in OPEN for event in guild.scheduled_events.values())


def _times(event: Json) -> Json:
    """Instants as Discord writes them, whatever offset they came with."""
    named = ("scheduled_start_time", "scheduled_end_time")
    return event | {key: iso(parse_iso(event[key])) if event.get(key) else None for key in named}


@routes.on("GET", LIST)
def listing(sandbox: Sandbox, call: Call) -> list[Json]:
    guild = _guild(sandbox, call)
    return [_shown(guild, event, call) for event in guild.scheduled_events.values() if event["status"] in OPEN]


@routes.on("POST", LIST)
def create(sandbox: Sandbox, call: Call) -> Json:
    guild, body = _guild(sandbox, call), call.json
    access.require(access.in_guild(guild, APPLICATION_ID), Permission.CREATE_EVENTS)
    check_scheduled_event(body, None, sandbox.clock.now(), _open_count(guild))
    event = _times(
        {
            "description": None,
            "channel_id": None,
            "entity_metadata": None,
            "recurrence_rule": None,
            **{key: body[key] for key in FIELDS if key in body},
            "id": str(sandbox.ids.new()),
            "guild_id": str(guild.id),
            "creator_id": str(APPLICATION_ID),
            "creator": payloads.user(sandbox.world.bot),
            "image": "cover" if body.get("image") else None,
            "status": 1,
            "entity_id": None,
            "guild_scheduled_event_exceptions": [],
        }
    )
    guild.scheduled_events[int(event["id"])] = event
    _tell(sandbox, "CREATE", guild, event)
    return event


@routes.on("GET", ONE)
def fetch(sandbox: Sandbox, call: Call) -> Json:
    guild = _guild(sandbox, call)
    return _shown(guild, _event(guild, call), call)


@routes.on("PATCH", ONE)
def edit(sandbox: Sandbox, call: Call) -> Json:
    guild, body = _guild(sandbox, call), call.json
    before = _event(guild, call)
    _may_change(guild, before)
    check_scheduled_event(body, before, sandbox.clock.now(), _open_count(guild))
    event = _times({**before, **{key: body[key] for key in FIELDS if key in body}})
    guild.scheduled_events[int(event["id"])] = event
    _tell(sandbox, "UPDATE", guild, event)
    return event


@routes.on("DELETE", ONE)
def delete(sandbox: Sandbox, call: Call) -> None:
    guild = _guild(sandbox, call)
    event = _event(guild, call)
    _may_change(guild, event)
    del guild.scheduled_events[int(event["id"])]
    _tell(sandbox, "DELETE", guild, event)


def _may_change(guild: Guild, event: Json) -> None:
    mine = access.in_guild(guild, APPLICATION_ID)
    own = event["creator_id"] == str(APPLICATION_ID) and mine & Permission.CREATE_EVENTS
    if not own:
        access.require(mine, Permission.MANAGE_EVENTS)


@routes.on("GET", ONE + "/users")
def users(sandbox: Sandbox, call: Call) -> list[Json]:
    guild = _guild(sandbox, call)
    event = _event(guild, call)
    limit, after = call.number("limit", 100, 1, 100), as_id(call.query.get("after", "0"))
    ids = sorted(each for each in guild.interested.get(int(event["id"]), ()) if each > after)[:limit]
    with_member = call.query.get("with_member", "").lower() in ("1", "true")
    page: list[Json] = []
    for user_id in ids:
        entry: Json = {"guild_scheduled_event_id": event["id"], "user_id": str(user_id), "response": 1}
        entry["user"] = payloads.user(sandbox.world.users[user_id])
        if with_member and user_id in guild.members:
            entry["member"] = payloads.member(guild.members[user_id])
        page.append(entry)
    return page
