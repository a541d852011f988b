"""Who a message would ping."""

from typing import Any

import pytest

from bot.sandbox.rules.mentions import pinged

ALL_TYPES = {"users", "roles", "everyone"}
ROLES = [
    {"id": "100", "name": "@everyone", "mentionable": False},
    {"id": "120", "name": "Moderator", "mentionable": False},
    {"id": "121", "name": "Session pings", "mentionable": True},
]
MEMBERS = {"301", "302"}
TEXT = "<@302> <@!301> <@999> <@&121> <@&120> <@&100> @everyone"
NOBODY: dict[str, Any] = {"users": [], "roles": [], "everyone": False}


def ask(body: dict[str, Any], parse: set[str] = ALL_TYPES, *, mass: bool = False) -> dict[str, Any]:
    return pinged(body, default_parse=parse, can_mention_everyone=mass, roles=ROLES, member_ids=MEMBERS)


def test_defaults_and_rights() -> None:
    assert ask({"content": TEXT}) == {"users": ["302", "301"], "roles": ["121"], "everyone": False}
    assert ask({"content": TEXT}, mass=True) == {"users": ["302", "301"], "roles": ["121", "120"], "everyone": True}
    assert ask({"content": TEXT}, {"users"}, mass=True) == NOBODY | {"users": ["302", "301"]}


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        ({"parse": []}, NOBODY),
        ({}, NOBODY),
        ({"parse": ["everyone"]}, NOBODY | {"everyone": True}),
        ({"parse": ["roles"], "users": ["302"]}, {"users": ["302"], "roles": ["121", "120"], "everyone": False}),
        ({"roles": [121]}, NOBODY | {"roles": ["121"]}),
        ({"users": [302, "999"], "roles": ["121"]}, {"users": ["302"], "roles": ["121"], "everyone": False}),
        ({"users": ["303"]}, NOBODY),
    ],
)
def test_allowed_mentions(allowed: dict[str, Any], expected: dict[str, Any]) -> None:
    assert ask({"content": TEXT, "allowed_mentions": allowed}, mass=True) == expected


def test_a_role_that_may_not_be_mentioned_needs_the_right() -> None:
    body = {"content": "<@&120>", "allowed_mentions": {"roles": ["120"]}}
    assert ask(body) == NOBODY
    assert ask(body, mass=True)["roles"] == ["120"]


def test_here_is_everyone_and_a_broken_mention_is_nothing() -> None:
    assert ask({"content": "hi@here"}, mass=True)["everyone"] is True
    assert ask({"content": "@\N{ZERO WIDTH SPACE}everyone <@302 > <@&x> @302"}, mass=True) == NOBODY


@pytest.mark.parametrize("code", ["`{}`", "``a ` {}``", "```\n{}\n```", "```py\na`b {}\n```"])
def test_code_pings_nobody(code: str) -> None:
    assert ask({"content": code.format(TEXT)}, mass=True) == NOBODY
    assert ask({"content": code.format("x") + "<@302>"})["users"] == ["302"]


def test_embeds_do_not_ping_but_component_text_does() -> None:
    embed = {"title": TEXT, "description": TEXT, "fields": [{"name": TEXT, "value": TEXT}]}
    button = {"type": 1, "components": [{"type": 2, "label": TEXT, "custom_id": TEXT}]}
    assert ask({"embeds": [embed], "components": [button]}, mass=True) == NOBODY
    section = {"type": 9, "components": [{"type": 10, "content": "<@302>"}]}
    box = {"type": 17, "components": [section, {"type": 10, "content": "<@&121> <@302>"}]}
    assert ask({"components": [box]}) == {"users": ["302"], "roles": ["121"], "everyone": False}
