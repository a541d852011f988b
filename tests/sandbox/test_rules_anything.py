"""Whatever JSON comes in, it is taken or refused in Discord's way; no check breaks."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.rules import (
    Refusal,
    check_choices,
    check_commands,
    check_interaction_response,
    check_message,
    check_modal,
    check_scheduled_event,
    check_thread,
)

NOW = datetime(2022, 5, 22, 8, 0, tzinfo=UTC)
EVENT = {"id": "5", "status": 1, "name": "n", "privacy_level": 2, "entity_type": 3, "scheduled_start_time": "x"}
# fmt: off
KEYS = [
    "type", "content", "embeds", "components", "allowed_mentions", "flags", "nonce", "attachments", "sticker_ids",
    "poll", "message_reference", "title", "description", "fields", "footer", "author", "image", "name", "value", "text",
    "url", "timestamp", "color", "id", "custom_id", "style", "label", "emoji", "options", "min_values", "max_values",
    "default", "items", "media", "accessory", "file", "spacing", "parse", "users", "roles", "question", "component",
    "choices", "name_localizations", "contexts", "autocomplete", "min_value", "required", "data", "min_length",
    "status", "entity_type", "entity_metadata", "channel_id", "scheduled_start_time", "recurrence_rule", "frequency",
]
# fmt: on
plain = st.none() | st.booleans() | st.integers(-5, 30) | st.floats(0, 9) | st.text("a1 :/", max_size=5)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(KEYS), anything, max_size=8)


@pytest.mark.parametrize("flags", [0, 1 << 15])
@given(body=bodies)
def test_messages(body: dict[str, Any], flags: int) -> None:
    with suppress(Refusal):
        check_message(body, flags_before=flags)


@pytest.mark.parametrize("check", [check_modal, check_choices, check_thread])
@given(body=bodies)
def test_objects(check: Any, body: dict[str, Any]) -> None:
    with suppress(Refusal):
        check(body)


@given(body=bodies, kind=st.integers(1, 5), answer=st.integers(1, 9), data=bodies)
def test_answers(body: dict[str, Any], kind: int, answer: int, data: dict[str, Any]) -> None:
    with suppress(Refusal):
        check_interaction_response(kind, body)
    with suppress(Refusal):
        check_interaction_response(kind, {"type": answer, "data": data})


@given(bodies=st.lists(bodies | anything, max_size=3))
def test_commands(bodies: list[Any]) -> None:
    with suppress(Refusal):
        check_commands(bodies, "global")


@pytest.mark.parametrize("before", [None, EVENT])
@given(body=bodies)
def test_events(body: dict[str, Any], before: dict[str, Any] | None) -> None:
    with suppress(Refusal):
        check_scheduled_event(body, before, NOW, 0)
