"""Limits of application commands, single and as a list."""

from typing import Any

import pytest

from bot.sandbox.rules import check_commands
from tests.sandbox.refusals import places, refused

Part = dict[str, Any]


def command(name: str = "schedule", **parts: Any) -> Part:
    return {"type": 1, "name": name, "description": "d"} | parts


def option(name: str = "session", **parts: Any) -> Part:
    return {"type": 3, "name": name, "description": "d"} | parts


def subcommand(name: str = "add", *options: Part) -> Part:
    return {"type": 1, "name": name, "description": "d", "options": list(options)}


def group(name: str = "talks", *subcommands: Part) -> Part:
    return {"type": 2, "name": name, "description": "d", "options": list(subcommands)}


def menu(name: str = "Show card", kind: int = 3, **parts: Any) -> Part:
    return {"type": kind, "name": name} | parts


def found(*commands: Part) -> dict[str, list[str]]:
    in_guild = places(check_commands, list(commands), "guild")
    assert places(check_commands, list(commands), "global") == in_guild
    return in_guild


@pytest.mark.parametrize("name", ["a", "x" * 32, "set-up_1", "l'heure", "größe", "日程", "कार्यक्रम", "กำหนดการ", "٣"])
def test_good_names(name: str) -> None:
    assert found(command(name)) == {}
    assert found(command(options=[option(name)])) == {}


@pytest.mark.parametrize("name", ["Schedule", "two words", "a.b", "é!", "📍", "ÉTÉ", "a\u200bb"])
def test_bad_names(name: str) -> None:
    assert found(command(name)) == {"0.name": ["APPLICATION_COMMAND_INVALID_NAME"]}
    assert found(command(options=[option(name)])) == {"0.options.0.name": ["APPLICATION_COMMAND_INVALID_NAME"]}
    assert found(menu(name)) == {}


@pytest.mark.parametrize(
    ("place", "limit", "build"),
    [
        ("name", 32, lambda n: command("x" * n)),
        ("name", 32, lambda n: menu("X" * n)),
        ("description", 100, lambda n: command(description="x" * n)),
        ("options.0.name", 32, lambda n: command(options=[option("x" * n)])),
        ("options.0.description", 100, lambda n: command(options=[option(description="x" * n)])),
        ("options", 25, lambda n: command(options=[option(f"o{index}") for index in range(n)])),
        ("options.0.options", 25, lambda n: command(options=[group("g", *[subcommand(f"s{i}") for i in range(n)])])),
        ("options.0.choices", 25, lambda n: with_choices(*[(f"{index}", "v") for index in range(n)])),
        ("options.0.choices.0.name", 100, lambda n: with_choices(("x" * n, "v"))),
        ("options.0.choices.0.value", 100, lambda n: with_choices(("n", "x" * n))),
        ("options.0.min_length", 6000, lambda n: command(options=[option(min_length=n)])),
        ("options.0.max_length", 6000, lambda n: command(options=[option(max_length=n)])),
        ("name_localizations.de", 32, lambda n: command(name_localizations={"de": "x" * n})),
        ("description_localizations.de", 100, lambda n: command(description_localizations={"de": "x" * n})),
    ],
)
def test_limits(place: str, limit: int, build: Any) -> None:
    assert found(build(limit)) == {}
    assert list(found(build(limit + 1))) == [f"0.{place}"]


def with_choices(*pairs: tuple[str, Any], **parts: Any) -> Part:
    return command(options=[option(choices=[{"name": name, "value": value} for name, value in pairs], **parts)])


@pytest.mark.parametrize(
    ("broken", "place", "code"),
    [
        (command(description=""), "description", "BASE_TYPE_BAD_LENGTH"),
        (command(description=None), "description", "BASE_TYPE_REQUIRED"),
        (command(name_localizations={"xx": "a"}), "name_localizations.xx", "ENUM_TYPE_COERCE"),
        (command(name_localizations={"de": "Ä"}), "name_localizations.de", "APPLICATION_COMMAND_INVALID_NAME"),
        (command(type=9), "type", "BASE_TYPE_CHOICES"),
        (command(default_member_permissions="all"), "default_member_permissions", "NUMBER_TYPE_COERCE"),
        (
            command(options=[option("a"), option("a")]),
            "options.1.name",
            "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        ),
        (
            command(options=[option("a"), option("b", required=True)]),
            "options.1",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (command(options=[subcommand(), option()]), "options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (command(options=[group("g", option())]), "options.0.options.0.type", "BASE_TYPE_CHOICES"),
        (command(options=[group("g", group())]), "options.0.options.0.type", "BASE_TYPE_CHOICES"),
        (command(options=[subcommand("s", subcommand())]), "options.0.options.0.type", "BASE_TYPE_CHOICES"),
        (command(options=[option(type=12)]), "options.0.type", "BASE_TYPE_CHOICES"),
        (with_choices(("a", "1"), autocomplete=True), "options.0.choices", "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES"),
        (
            with_choices(("a", "1"), ("a", "2")),
            "options.0.choices.1.name",
            "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
        ),
        (with_choices(("a", "x"), type=4), "options.0.choices.0.value", "NUMBER_TYPE_COERCE"),
        (with_choices(("a", "x"), type=10), "options.0.choices.0.value", "FLOAT_TYPE_COERCE"),
        (
            command(options=[option(min_length=5, max_length=4)]),
            "options.0",
            "APPLICATION_COMMAND_OPTIONS_RANGE_INVALID",
        ),
        (
            command(options=[option(type=4, min_value=5, max_value=4)]),
            "options.0",
            "APPLICATION_COMMAND_OPTIONS_RANGE_INVALID",
        ),
        (menu(description="d"), "", "APPLICATION_COMMAND_CONTEXT_MENU_INVALID"),
    ],
)
def test_what_is_refused(broken: Part, place: str, code: str) -> None:
    assert found(command("first"), broken) == {f"1.{place}".rstrip("."): [code]}


def test_what_discord_takes() -> None:
    whole = command(
        "session",
        options=[
            group("talks", subcommand("add", option("title", required=True), option("speaker", autocomplete=True))),
            subcommand("stream", option("url")),
        ],
        name_localizations={"de": "treffen", "es-419": "sesión"},
        default_member_permissions="8192",
        contexts=[0],
        integration_types=[0],
    )
    unset = command("about", contexts=None, integration_types=None, options=[], default_member_permissions=None)
    assert found(whole, unset, menu("Show card"), menu("Show card", kind=2), {"name": "x", "description": "d"}) == {}


def test_names_are_unique_per_type() -> None:
    assert found(command("a"), menu("a", kind=2), menu("a", kind=3)) == {}
    assert found(command("a"), command("b"), command("a")) == {"2.name": ["APPLICATION_COMMANDS_DUPLICATE_NAME"]}


@pytest.mark.parametrize(("kind", "limit"), [(1, 100), (2, 15), (3, 15)])
@pytest.mark.parametrize("scope", ["global", "guild"])
def test_how_many_of_one_type(kind: int, limit: int, scope: str) -> None:
    def of(count: int) -> list[Part]:
        return [command(f"c{index}", type=kind, description="d" if kind == 1 else "") for index in range(count)]

    assert places(check_commands, of(limit), scope) == {}
    refusal = refused(check_commands, of(limit + 1), scope)
    assert (refusal.code, str(limit) in refusal.message) == (30032, True)


def test_a_command_has_8000_characters_in_all() -> None:
    def of(last: int) -> Part:
        full = [option(f"o{index}".ljust(32, "x"), description="d" * 100) for index in range(2)]  # 264
        full[0]["choices"] = [{"name": f"{index}".ljust(100, "x"), "value": "v" * 100} for index in range(25)]  # 5000
        full[1]["choices"] = [{"name": f"{index}".ljust(100, "x"), "value": "v" * 100} for index in range(12)]  # 2400
        rest = option("rest".ljust(32, "x"), description="d" * 100)  # 132
        return command("x" * 32, description="d" * last, options=[*full, rest, option("y" * 32, description="d" * 47)])

    assert found(of(93)) == {}
    assert found(of(94)) == {"0": ["APPLICATION_COMMAND_TOO_LARGE"]}
    longer_in_german = of(93) | {"description_localizations": {"de": "d" * 94, "fr": "d"}}
    assert found(longer_in_german) == {"0": ["APPLICATION_COMMAND_TOO_LARGE"]}


@pytest.mark.parametrize("parts", [{"contexts": [3]}, {"contexts": []}, {"integration_types": [2]}])
def test_contexts_belong_to_global_commands(parts: Part) -> None:
    assert places(check_commands, [command(**parts)], "guild") == {}
    assert next(iter(places(check_commands, [command(**parts)], "global"))).startswith(f"0.{next(iter(parts))}")
