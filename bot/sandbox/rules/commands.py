"""Limits of application commands."""

from __future__ import annotations

from typing import Any, Literal

from bot.sandbox.rules.command_names import MAX_NAME, check_naming
from bot.sandbox.rules.command_options import check_options
from bot.sandbox.rules.form import Form, is_snowflake
from bot.sandbox.rules.refusal import Problems, Refusal

SLASH, USER, MESSAGE = 1, 2, 3
MAX_COUNT = {SLASH: 100, USER: 15, MESSAGE: 15}
MAX_SIZE = 8000
TOO_MANY = 30032


def check_commands(commands: list[dict[str, Any]], scope: Literal["global", "guild"]) -> None:
    """Refuse the list of commands that Discord refuses as a whole: the body of a bulk overwrite.

    The places of problems begin with the command's index. The limits are the same for both scopes, but contexts and
    integration types belong to global commands and are not looked at in a guild.

    Raises:
        Refusal: 400 with 50035 and every problem, or with 30032 when there are too many of one type.
    """
    problems = Problems()
    whole = Form({}, problems)
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        form = whole.form(command, index)
        if form is None:
            continue
        _check_command(form, scope)
        _check_unique(form, seen)
        seen.add(_key(command))
    problems.refuse_if_any()
    _check_counts(commands)


def check_command(command: dict[str, Any], others: list[dict[str, Any]], scope: Literal["global", "guild"]) -> None:
    """Refuse one command that Discord refuses beside the others of its scope; places begin inside the command.

    Raises:
        Refusal: as `check_commands`.
    """
    problems = Problems()
    form = Form(command, problems)
    _check_command(form, scope)
    _check_unique(form, {_key(other) for other in others})
    problems.refuse_if_any()
    _check_counts([*others, command])


def _check_unique(command: Form, others: set[tuple[int, str]]) -> None:
    if _key(command.body) in others:
        command.wrong("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique", "name")


def _key(command: dict[str, Any]) -> tuple[int, str]:
    return _kind_of(command), str(command.get("name"))


def _kind_of(command: dict[str, Any]) -> int:
    """Give the type of a command: slash (1) where it names none."""
    kind = command.get("type")
    return kind if isinstance(kind, int) else SLASH


def _size_of(part: dict[str, Any]) -> int:
    """Give the characters of a command or option that count: names, descriptions and values, the longest language."""
    total = _longest(part, "name") + _longest(part, "description")
    for choice in _objects(part, "choices"):
        total += _longest(choice, "name") + len(str(choice.get("value", "")))
    return total + sum(_size_of(option) for option in _objects(part, "options"))


def _longest(part: dict[str, Any], key: str) -> int:
    localized = part.get(f"{key}_localizations")
    texts = [part.get(key) or "", *(localized.values() if isinstance(localized, dict) else ())]
    return max(len(str(text)) for text in texts)


def _objects(part: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = part.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _check_counts(commands: list[dict[str, Any]]) -> None:
    for kind, most in MAX_COUNT.items():
        if sum(_kind_of(command) == kind for command in commands) > most:
            raise Refusal(400, TOO_MANY, f"Maximum number of application commands reached ({most})")


def _check_command(command: Form, scope: Literal["global", "guild"]) -> None:
    kind = command.one_of("type", MAX_COUNT) or SLASH
    if kind == SLASH:
        check_naming(command)
        check_options(command)
    else:
        command.text("name", MAX_NAME, 1, required=True)
        if command.body.get("description") or command.body.get("options"):
            command.wrong(
                "APPLICATION_COMMAND_CONTEXT_MENU_INVALID", "Context menu commands have no description or options"
            )
    if not is_snowflake(command.body.get("default_member_permissions") or 0):  # bits are written like ids
        command.wrong("NUMBER_TYPE_COERCE", "Value is not int.", "default_member_permissions")
    if scope == "global":
        _check_set(command, "contexts", (0, 1, 2))
        _check_set(command, "integration_types", (0, 1))
    if _size_of(command.body) > MAX_SIZE:
        command.wrong("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_SIZE})")


def _check_set(command: Form, key: str, allowed: tuple[int, ...]) -> None:
    if command.body.get(key) is None:
        return
    for index, value in enumerate(command.items(key, len(allowed), 1)):
        if value not in allowed:
            command.wrong("BASE_TYPE_CHOICES", f"Value must be one of {allowed}.", key, index)
