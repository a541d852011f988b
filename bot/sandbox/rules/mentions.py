"""Who a message would ping: by its text, its allowed_mentions and its author's rights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_TYPE = frozenset({"users", "roles", "everyone"})
TEXT_DISPLAY = 10
# Nothing is a mention inside code; the longer fence is tried first.
CODE = re.compile(r"```.*?```|``.*?``|`[^`]*`", re.DOTALL)
USER = re.compile(r"<@!?(\d{1,20})>")
ROLE = re.compile(r"<@&(\d{1,20})>")
EVERYONE = re.compile(r"@(?:everyone|here)")


def pinged(
    body: dict[str, Any],
    *,
    default_parse: set[str],
    can_mention_everyone: bool,
    roles: list[dict[str, Any]],
    member_ids: set[str],
) -> dict[str, Any]:
    """Give who a new message with this body notifies: {"users": [ids], "roles": [ids], "everyone": bool}.

    A person or role must be named in the content or in the text of version 2 components, and be allowed by
    `allowed_mentions`; where that is absent, `default_parse` holds (all three types for channel messages, users only
    for answers to interactions). Embeds never ping. A role must besides be `mentionable`, or the author may mention
    everyone; @everyone and @here always need that right. `roles` are role objects of the guild, `member_ids` those
    who see the channel. The author of a message that is replied to is not part of this, nor are edits, which ping
    nobody.
    """
    text = CODE.sub(" ", "\n".join(_texts(body)))
    allowed = body.get("allowed_mentions")
    if allowed is None:
        allowed = {"parse": list(default_parse)}
    parse = set(allowed.get("parse") or ()) & EVERY_TYPE
    can_ping = {
        str(role["id"])
        for role in roles
        if (can_mention_everyone or role.get("mentionable")) and role.get("name") != "@everyone"
    }
    users = member_ids if "users" in parse else member_ids & _ids(allowed, "users")
    role_ids = can_ping if "roles" in parse else can_ping & _ids(allowed, "roles")
    return {
        "users": _named(USER, text, users),
        "roles": _named(ROLE, text, role_ids),
        "everyone": can_mention_everyone and "everyone" in parse and EVERYONE.search(text) is not None,
    }


def may_ping(body: dict[str, Any]) -> bool:
    """Whether the texts that can ping have an @ at all: most have none, and need no closer look."""
    return any("@" in text for text in _texts(body))


def _ids(allowed: dict[str, Any], key: str) -> set[str]:
    return {str(value) for value in allowed.get(key) or ()}


def _named(pattern: re.Pattern[str], text: str, ids: set[str]) -> list[str]:
    """Give the ids named in a text, each once, in the order of the text."""
    return [found for found in dict.fromkeys(pattern.findall(text)) if found in ids]


def _texts(body: dict[str, Any]) -> Iterator[str]:
    yield str(body.get("content") or "")
    yield from _component_texts(body.get("components") or [])


def _component_texts(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if component.get("type") == TEXT_DISPLAY:
            yield str(component.get("content") or "")
        yield from _component_texts(component.get("components") or [])
