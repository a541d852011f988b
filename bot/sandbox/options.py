"""Slash commands and their options: found by name, checked as the Discord client checks them, resolved."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox import access, payloads
from bot.sandbox.trouble import TroubleError
from bot.sandbox.uploads import Upload, attach
from bot.sandbox.wire import Json, as_id
from bot.sandbox.world import DM

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Channel, Guild, User

SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, _NUMBER, ATTACHMENT = range(1, 12)
CHAT_INPUT = 1
TEXT_MAX = 6000


@dataclass(slots=True)
class Chosen:
    """A command that somebody chose: its definition and the `data` of the interaction."""

    command: Json
    full_name: str
    data: Json


class Resolver:
    """Gathers the objects behind the ids that somebody gave, as the `resolved` part of an interaction."""

    def __init__(self, sandbox: Sandbox, channel: Channel, user_id: int) -> None:
        self.sandbox, self.channel, self._user_id = sandbox, channel, user_id
        self.found: Json = {}

    def add(self, kind: int, value: str) -> None:
        """Note the object behind an id for an option of this kind. Raises TroubleError when there is none."""
        world, wanted = self.sandbox.world, as_id(value)
        guild = world.guild_of(self.channel)
        if kind in (USER, MENTIONABLE) and wanted in world.users:
            self._add_user(value, world.users[wanted], guild)
        elif kind in (ROLE, MENTIONABLE) and guild is not None and wanted in guild.roles:
            self.found.setdefault("roles", {})[value] = payloads.role(guild.roles[wanted])
        elif kind == CHANNEL and guild is not None and wanted in guild.channels:
            other = guild.channels[wanted]
            bits = str(access.permissions(world, self._user_id, other))
            self.found.setdefault("channels", {})[value] = {**payloads.channel(world, other), "permissions": bits}
        else:
            raise TroubleError(404, f"no such thing here: {value}")

    def _add_user(self, value: str, user: User, guild: Guild | None) -> None:
        self.found.setdefault("users", {})[value] = payloads.user(user)
        if guild is not None and user.id in guild.members:
            member = payloads.member(guild.members[user.id], with_user=False)
            member["permissions"] = str(access.permissions(self.sandbox.world, user.id, self.channel))
            self.found.setdefault("members", {})[value] = member

    def attach(self, given: Json) -> str:
        """Upload a file and return its id. Raises TroubleError when it has no content."""
        try:
            content = base64.b64decode(given["base64"], validate=True)
        except (KeyError, TypeError, binascii.Error) as problem:
            raise TroubleError(400, "an attachment needs its content as base64") from problem
        upload = Upload(str(given.get("filename", "file")), str(given.get("content_type", "")), content)
        described = attach(self.sandbox, self.channel.id, upload, ephemeral=True)
        self.found.setdefault("attachments", {})[described["id"]] = described
        return str(described["id"])


def offered(sandbox: Sandbox, guild_id: int) -> list[Json]:
    """Commands that a place shows: those of the guild, and global ones; 0 is the direct message."""
    every = sandbox.world.commands
    shown = list(every.get(guild_id, {}).values()) if guild_id else []
    context = 0 if guild_id else 1
    for command in every[0].values():
        contexts = command.get("contexts")
        in_dm = command.get("dm_permission") is not False
        if (context in contexts) if contexts is not None else (bool(guild_id) or in_dm):
            shown.append(command)
    return shown


def choose_command(sandbox: Sandbox, channel: Channel, name: str, order: Json, *, focused: str | None) -> Chosen:
    """Find a command by its full name and fill in its options. Raises TroubleError when that cannot be sent."""
    words = name.strip().removeprefix("/").split()
    guild_id = 0 if channel.type == DM else channel.guild_id
    candidates = [each for each in offered(sandbox, guild_id) if words and each["name"] == words[0]]
    command = next((each for each in candidates if each.get("type", 1) == CHAT_INPUT), None)
    if command is None:
        raise TroubleError(404, f"no command /{name} here")
    level, path = command, []
    for word in words[1:]:
        level = _sub_level(level, word, name)
        path.append(level)
    resolver = Resolver(sandbox, channel, as_id(order.get("user")))
    options = _filled(resolver, level, order, focused=focused)
    for step in reversed(path):
        options = [{"name": step["name"], "type": step["type"], "options": options}]
    data: Json = {"id": command["id"], "name": command["name"], "type": CHAT_INPUT, "options": options}
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    if resolver.found:
        data["resolved"] = resolver.found
    return Chosen(command, " ".join(words), data)


def _sub_level(level: Json, word: str, name: str) -> Json:
    for option in level.get("options", ()):
        if option["name"] == word and option["type"] in (SUB, GROUP):
            found: Json = option
            return found
    raise TroubleError(404, f"no command /{name} here")


def _filled(resolver: Resolver, level: Json, order: Json, *, focused: str | None) -> list[Json]:
    definitions = {option["name"]: option for option in level.get("options", ())}
    if any(option["type"] in (SUB, GROUP) for option in definitions.values()):
        raise TroubleError(400, f"/{level['name']} has subcommands: {', '.join(definitions)}")
    files = order.get("attachments") or {}
    given = {**(order.get("options") or {}), **files}
    if focused is not None:
        given.setdefault(focused, "")
    if strangers := set(given) - set(definitions):
        raise TroubleError(400, f"/{level['name']} has no option {', '.join(sorted(strangers))}")
    missing = [each["name"] for each in definitions.values() if each.get("required") and each["name"] not in given]
    if missing and focused is None:
        raise TroubleError(400, f"missing: {', '.join(missing)}")
    filled = []
    for name, value in given.items():
        option = definitions[name]
        entry: Json = {"name": name, "type": option["type"]}
        if name == focused:
            if not option.get("autocomplete"):
                raise TroubleError(400, f"{name} has no autocomplete")
            # what is being typed comes as it is, unchecked
            filled.append(entry | {"value": value, "focused": True})
        elif (option["type"] == ATTACHMENT) != (name in files):
            raise TroubleError(400, f"{name}: files, and only files, go into `attachments`")
        else:
            filled.append(entry | {"value": _value(resolver, option, value)})
    return filled


def _value(resolver: Resolver, option: Json, value: Any) -> Any:
    kind, name = option["type"], option["name"]
    if kind == ATTACHMENT:
        return resolver.attach(value)
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        resolver.add(kind, str(value))
        return str(value)
    if kind == BOOLEAN:
        if not isinstance(value, bool):
            raise TroubleError(400, f"{name} is true or false")
        return value
    read = _read(option, value)
    choices = option.get("choices")
    if choices and read not in [choice["value"] for choice in choices]:
        raise TroubleError(400, f"{name} must be one of its choices")
    low, high = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
    size = len(read) if isinstance(read, str) else read
    if option.get(low) is not None and size < option[low]:
        raise TroubleError(400, f"{name} is too small: {low} is {option[low]}")
    if size > (option[high] if option.get(high) is not None else TEXT_MAX if kind == STRING else size):
        raise TroubleError(400, f"{name} is too big")
    return read


def _read(option: Json, value: Any) -> str | int | float:
    if option["type"] == STRING:
        return str(value)
    try:
        return int(value) if option["type"] == INTEGER else float(value)
    except (TypeError, ValueError) as problem:
        raise TroubleError(400, f"{option['name']} must be a number") from problem
