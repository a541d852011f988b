"""Which answer fits which interaction, and the limits of modals and choices."""

from typing import Any

import pytest

from bot.sandbox.rules import check_choices, check_interaction_response, check_modal
from tests.sandbox.refusals import places, refused

Part = dict[str, Any]
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5


def text_input(custom_id: str = "t", **parts: Any) -> Part:
    return {"type": 4, "custom_id": custom_id, "style": 1} | parts


def label(component: Part | None = None, **parts: Any) -> Part:
    return {"type": 18, "label": "l", "component": component or text_input()} | parts


def modal(*components: Part, **parts: Any) -> Part:
    return {"title": "t", "custom_id": "m", "components": list(components or [label()])} | parts


BODIES: dict[int, Part] = {
    4: {"type": 4, "data": {"content": "x"}},
    5: {"type": 5},
    6: {"type": 6},
    7: {"type": 7, "data": {"content": "x"}},
    8: {"type": 8, "data": {"choices": []}},
    9: {"type": 9, "data": modal()},
}


@pytest.mark.parametrize(
    ("kind", "fitting"),
    [(COMMAND, {4, 5, 9}), (COMPONENT, {4, 5, 6, 7, 9}), (AUTOCOMPLETE, {8}), (SUBMIT, {4, 5, 6, 7})],
)
def test_which_answer_fits_which_interaction(kind: int, fitting: set[int]) -> None:
    taken = {answer for answer, body in BODIES.items() if not places(check_interaction_response, kind, body)}
    assert taken == fitting
    assert places(check_interaction_response, kind, {"type": 99}) == {"type": ["BASE_TYPE_CHOICES"]}
    assert places(check_interaction_response, kind, {}) == {"type": ["BASE_TYPE_REQUIRED"]}


def test_ephemeral_is_the_only_flag_of_a_deferred_answer() -> None:
    assert places(check_interaction_response, COMMAND, {"type": 5, "data": {"flags": 64}}) == {}
    for flags in (4, 64 | 4, 1 << 15):
        assert list(places(check_interaction_response, COMMAND, {"type": 5, "data": {"flags": flags}})) == [
            "data.flags"
        ]


def test_a_message_stands_under_data() -> None:
    body = {"type": 4, "data": {"embeds": [{"title": "x" * 257}]}}
    assert list(places(check_interaction_response, COMMAND, body)) == ["data.embeds.0.title"]
    assert places(check_interaction_response, COMMAND, {"type": 4}) == {"data": ["BASE_TYPE_REQUIRED"]}
    empty = {"type": 4, "data": {"content": ""}}
    assert refused(check_interaction_response, COMMAND, empty).code == 50006
    check_interaction_response(COMMAND, empty, has_files=True)


def test_an_update_may_be_empty_but_not_too_long() -> None:
    assert places(check_interaction_response, COMPONENT, {"type": 7, "data": {"content": ""}}) == {}
    body = {"type": 7, "data": {"content": "x" * 2001}}
    assert list(places(check_interaction_response, COMPONENT, body)) == ["data.content"]


def test_an_update_of_a_layout_needs_no_flag_again() -> None:
    body = {"type": 7, "data": {"components": [{"type": 10, "content": "x"}]}}
    assert list(places(check_interaction_response, COMPONENT, body)) == ["data.components.0.type"]
    assert places(check_interaction_response, COMPONENT, body, flags_before=1 << 15) == {}


def test_the_limits_of_modals_and_choices_hold_in_callbacks() -> None:
    assert list(places(check_interaction_response, COMMAND, {"type": 9, "data": modal(title="")})) == ["data.title"]
    body = {"type": 8, "data": {"choices": [{"name": "", "value": "v"}]}}
    assert list(places(check_interaction_response, AUTOCOMPLETE, body)) == ["data.choices.0.name"]


@pytest.mark.parametrize(
    ("place", "limit", "build"),
    [
        ("title", 45, lambda text: modal(title=text)),
        ("custom_id", 100, lambda text: modal(custom_id=text)),
        ("components.0.label", 45, lambda text: modal(label(label=text))),
        ("components.0.description", 100, lambda text: modal(label(description=text))),
        ("components.0.component.custom_id", 100, lambda text: modal(label(text_input(text)))),
        ("components.0.component.placeholder", 100, lambda text: modal(label(text_input(placeholder=text)))),
        ("components.0.component.value", 4000, lambda text: modal(label(text_input(value=text)))),
        ("components.0.content", 4000, lambda text: modal({"type": 10, "content": text})),
        (
            "components.0.components.0.label",
            45,
            lambda text: modal({"type": 1, "components": [text_input(label=text)]}),
        ),
    ],
)
def test_modal_text_limits(place: str, limit: int, build: Any) -> None:
    assert places(check_modal, build("x" * limit)) == {}
    assert list(places(check_modal, build("x" * (limit + 1)))) == [f"data.{place}"]


def test_a_modal_has_one_to_five_components() -> None:
    five = [label(text_input(str(index))) for index in range(6)]
    assert places(check_modal, modal(*five[:5])) == {}
    assert list(places(check_modal, modal(*five))) == ["data.components"]
    assert list(places(check_modal, modal() | {"components": []})) == ["data.components"]


def options(count: int) -> list[Part]:
    return [{"label": f"{index}", "value": f"{index}"} for index in range(count)]


IN_LABEL = "data.components.0.component"


@pytest.mark.parametrize(
    ("component", "place"),
    [
        (text_input(style=3), "style"),
        (text_input(min_length=4001), "min_length"),
        (text_input(max_length=4001), "max_length"),
        (text_input(max_length=0), "max_length"),
        (text_input(min_length=5, max_length=4), "min_length"),
        (text_input(max_length=4, value="12345"), "value"),
        ({"type": 3, "custom_id": "s", "options": options(1), "disabled": True}, "disabled"),
        ({"type": 3, "custom_id": "s", "options": options(26)}, "options"),
        ({"type": 19, "custom_id": "f", "max_values": 11}, "max_values"),
        ({"type": 21, "custom_id": "r", "options": options(1)}, "options"),
        ({"type": 21, "custom_id": "r", "options": options(11)}, "options"),
        ({"type": 22, "custom_id": "c", "options": options(11)}, "options"),
        ({"type": 22, "custom_id": "c", "options": options(3), "min_values": 3, "max_values": 2}, "min_values"),
        ({"type": 23}, "custom_id"),
        ({"type": 2, "style": 1, "label": "x", "custom_id": "b"}, "type"),
    ],
)
def test_what_is_refused_in_a_label(component: Part, place: str) -> None:
    assert list(places(check_modal, modal(label(component)))) == [f"{IN_LABEL}.{place}"]


@pytest.mark.parametrize(
    "component",
    [
        text_input(min_length=0, max_length=4000, value="", required=False),
        {"type": 3, "custom_id": "s", "options": options(25), "min_values": 0, "max_values": 25},
        {"type": 6, "custom_id": "s"},
        {"type": 19, "custom_id": "f", "min_values": 0, "max_values": 10},
        {"type": 21, "custom_id": "r", "options": options(10)},
        {"type": 22, "custom_id": "c", "options": options(1)},
        {"type": 23, "custom_id": "c", "default": True},
    ],
)
def test_what_discord_takes_in_a_label(component: Part) -> None:
    assert places(check_modal, modal(label(component))) == {}


def test_other_faults_of_a_modal() -> None:
    twice = modal(label(text_input("a")), label(text_input("a")))
    assert places(check_modal, twice) == {"data.components.1.component.custom_id": ["COMPONENT_CUSTOM_ID_DUPLICATED"]}
    assert list(places(check_modal, modal(text_input()))) == ["data.components.0.type"]
    row = {"type": 1, "components": [text_input(label="l")]}
    assert places(check_modal, modal(row)) == {}
    unlabelled = {"type": 1, "components": [text_input()]}
    assert list(places(check_modal, modal(unlabelled))) == ["data.components.0.components.0.label"]


def test_choices() -> None:
    def of(count: int = 1, **parts: Any) -> Part:
        return {"choices": [{"name": "n", "value": "v"} | parts] * count}

    for taken in (of(0), of(25), of(name="x" * 100, value="x" * 100), of(value=3), of(value=0.5), {}):
        assert places(check_choices, taken) == {}
    assert list(places(check_choices, of(26))) == ["data.choices"]
    assert list(places(check_choices, of(name="x" * 101))) == ["data.choices.0.name"]
    assert list(places(check_choices, of(value="x" * 101))) == ["data.choices.0.value"]
    assert list(places(check_choices, of(value=None))) == ["data.choices.0.value"]
