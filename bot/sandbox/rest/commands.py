"""Application commands, global and of a guild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.sandbox import access
from bot.sandbox.rest.routing import Call, Reply, Routes
from bot.sandbox.rules import Refusal, check_command, check_commands
from bot.sandbox.wire import Json, as_id
from bot.sandbox.world import APPLICATION_ID

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

routes = Routes()
GLOBAL = "/applications/{application_id}/commands"
GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
ONE = "/{command_id}"
LOCALIZED = ("name_localizations", "description_localizations")
KEPT = (
    "type",
    "name",
    "description",
    *LOCALIZED,
    "options",
    "default_member_permissions",
    "nsfw",
    "contexts",
    "integration_types",
    "dm_permission",
)


def _scope(sandbox: Sandbox, call: Call, *, one: bool = False) -> tuple[int, dict[int, Json]]:
    """The guild (0 = global) and its commands."""
    if as_id(call.ids[0]) != APPLICATION_ID:
        raise Refusal(403, 20012, "You are not authorized to perform this action on this application")
    guild_id = as_id(call.ids[1]) if len(call.ids) - one > 1 else 0
    if guild_id:
        guild = sandbox.world.guilds.get(guild_id)
        if guild is None or APPLICATION_ID not in guild.members:
            raise Refusal(403, 50001, "Missing Access")
    return guild_id, sandbox.world.commands.setdefault(guild_id, {})


def _stored(sandbox: Sandbox, guild_id: int, body: Json, known: Json | None) -> Json:
    """The command as Discord keeps it; one that is replaced under its name keeps its id."""
    command: Json = {
        "type": 1,
        "default_member_permissions": None,
        "nsfw": False,
        "name_localizations": None,
        "description_localizations": None,
        "options": [],
        **_without_null({key: body[key] for key in KEPT if key in body}),
        "id": known["id"] if known else str(sandbox.ids.new()),
        "application_id": str(APPLICATION_ID),
        "version": str(sandbox.ids.new()),
    }
    command["description"] = command.get("description") or ""
    if command["default_member_permissions"] is not None:
        command["default_member_permissions"] = str(command["default_member_permissions"])  # sent as a number, too
    if guild_id:
        command["guild_id"] = str(guild_id)
        command.pop("contexts", None)
        command.pop("integration_types", None)
    else:
        command["contexts"] = body.get("contexts")
        command["integration_types"] = body.get("integration_types") or [0]
        command["dm_permission"] = body.get("dm_permission") is not False
    return command


def _without_null(part: Json) -> Json:
    """The part without its null keys, down to the last choice of an option."""
    found: Json = {}
    for key, value in part.items():
        if isinstance(value, list):
            found[key] = [_without_null(each) if isinstance(each, dict) else each for each in value]
        elif value is not None:
            found[key] = value
    return found


def _same(command: Json, body: Json) -> bool:
    return (command["name"], command["type"]) == (body.get("name"), body.get("type") or 1)


def _changed(sandbox: Sandbox, guild_id: int) -> None:
    sandbox.events.publish({"type": "commands", "guild_id": str(guild_id) if guild_id else None})


def _shown(command: Json, call: Call) -> Json:
    if call.query.get("with_localizations", "").lower() in ("1", "true"):
        return command
    return {key: value for key, value in command.items() if key not in LOCALIZED}


def _scope_name(guild_id: int) -> Literal["global", "guild"]:
    return "guild" if guild_id else "global"


@routes.on("GET", GLOBAL)
@routes.on("GET", GUILD)
def listing(sandbox: Sandbox, call: Call) -> list[Json]:
    _, commands = _scope(sandbox, call)
    return [_shown(command, call) for command in commands.values()]


@routes.on("PUT", GLOBAL)
@routes.on("PUT", GUILD)
def overwrite(sandbox: Sandbox, call: Call) -> list[Json]:
    guild_id, commands = _scope(sandbox, call)
    if not isinstance(call.body, list):
        raise Refusal(400, 50035, "Invalid Form Body")
    check_commands(call.body, _scope_name(guild_id))
    before = list(commands.values())
    commands.clear()
    for body in call.body:
        known = next((each for each in before if _same(each, body)), None)
        command = _stored(sandbox, guild_id, body, known)
        commands[int(command["id"])] = command
    _changed(sandbox, guild_id)
    return list(commands.values())


@routes.on("POST", GLOBAL)
@routes.on("POST", GUILD)
def upsert(sandbox: Sandbox, call: Call) -> Reply:
    guild_id, commands = _scope(sandbox, call)
    body = call.json
    known = next((each for each in commands.values() if _same(each, body)), None)
    check_command(body, [each for each in commands.values() if each is not known], _scope_name(guild_id))
    command = _stored(sandbox, guild_id, body, known)
    commands[int(command["id"])] = command
    _changed(sandbox, guild_id)
    return Reply(200 if known else 201, command)


def _one(sandbox: Sandbox, call: Call) -> tuple[int, dict[int, Json], Json]:
    guild_id, commands = _scope(sandbox, call, one=True)
    command = commands.get(as_id(call.ids[-1]))
    if command is None:
        raise access.unknown("application command", 10063)
    return guild_id, commands, command


@routes.on("GET", GLOBAL + ONE)
@routes.on("GET", GUILD + ONE)
def fetch(sandbox: Sandbox, call: Call) -> Json:
    return _one(sandbox, call)[2]


@routes.on("PATCH", GLOBAL + ONE)
@routes.on("PATCH", GUILD + ONE)
def edit(sandbox: Sandbox, call: Call) -> Json:
    guild_id, commands, command = _one(sandbox, call)
    changed = {**command, **call.json}
    check_command(changed, [each for each in commands.values() if each is not command], _scope_name(guild_id))
    commands[int(command["id"])] = stored = _stored(sandbox, guild_id, changed, command)
    _changed(sandbox, guild_id)
    return stored


@routes.on("DELETE", GLOBAL + ONE)
@routes.on("DELETE", GUILD + ONE)
def delete(sandbox: Sandbox, call: Call) -> None:
    guild_id, commands, command = _one(sandbox, call)
    del commands[int(command["id"])]
    _changed(sandbox, guild_id)
