"""Limits of the options of slash commands, and of subcommands, which are options too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.rules.command_names import check_naming

if TYPE_CHECKING:
    from bot.sandbox.rules.form import Form

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, CHANNEL, NUMBER = 1, 2, 3, 4, 5, 7, 10
PLAIN = (3, 4, 5, 6, 7, 8, 9, 10, 11)
ALL_TYPES = (SUBCOMMAND, GROUP, *PLAIN)
WITH_CHOICES = (STRING, INTEGER, NUMBER)
MAX_OPTIONS = 25
MAX_CHOICES = 25
MAX_TEXT = 6000
MAX_SAFE_NUMBER = 2**53


def check_options(parent: Form, allowed: tuple[int, ...] = ALL_TYPES) -> None:
    """Check the options of a command, group (`allowed`: subcommands) or subcommand (`allowed`: plain ones)."""
    names: set[str] = set()
    kinds: set[bool] = set()
    optional_seen = False
    for option in parent.children("options", MAX_OPTIONS):
        kind = option.one_of("type", allowed, required=True)
        check_naming(option)
        name = str(option.body.get("name"))
        if name in names:
            option.wrong("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists", "name")
        names.add(name)
        if kind is None:
            continue
        kinds.add(kind in {SUBCOMMAND, GROUP})
        if option.flag("required") and optional_seen:
            option.wrong(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.body.get("required")
        _check_option(option, kind)
    if len(kinds) > 1:
        parent.wrong(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
            "options",
        )


def _check_option(option: Form, kind: int) -> None:
    if kind == SUBCOMMAND:
        check_options(option, PLAIN)
    elif kind == GROUP:
        check_options(option, (SUBCOMMAND,))
    elif kind in WITH_CHOICES:
        _check_choices(option, kind)
    if kind == STRING:
        _check_range(option, option.integer("min_length", 0, MAX_TEXT), option.integer("max_length", 1, MAX_TEXT))
    elif kind == INTEGER:
        bounds = (-MAX_SAFE_NUMBER, MAX_SAFE_NUMBER)
        _check_range(option, option.integer("min_value", *bounds), option.integer("max_value", *bounds))
    elif kind == NUMBER:
        _check_range(option, option.body.get("min_value"), option.body.get("max_value"))


def _check_range(option: Form, low: object, high: object) -> None:
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
        option.wrong("APPLICATION_COMMAND_OPTIONS_RANGE_INVALID", f"The minimum must not be above {high}")


def _check_choices(option: Form, kind: int) -> None:
    choices = option.children("choices", MAX_CHOICES)
    if choices and option.flag("autocomplete"):
        option.wrong(
            "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Autocomplete and choices exclude each other", "choices"
        )
    names: set[str] = set()
    for choice in choices:
        choice.text("name", 100, 1, required=True)
        name = str(choice.body.get("name"))
        if name in names:
            choice.wrong("APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Choice name already exists", "name")
        names.add(name)
        if kind == STRING:
            choice.text("value", 100, required=True)
        elif kind == INTEGER:
            choice.integer("value", -MAX_SAFE_NUMBER, MAX_SAFE_NUMBER, required=True)
        elif not isinstance(choice.body.get("value"), (int, float)):
            choice.wrong("FLOAT_TYPE_COERCE", "Value is not float.", "value")
