"""Limits of components: classic rows and version 2 layouts."""

from typing import Any

import pytest

from bot.sandbox.rules import check_message
from tests.sandbox.refusals import places

Part = dict[str, Any]
V2 = 1 << 15


def button(custom_id: str | None = "a", **parts: Any) -> Part:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} | parts


def link(**parts: Any) -> Part:
    return {"type": 2, "style": 5, "label": "Go", "url": "https://a.org"} | parts


def premium(**parts: Any) -> Part:
    return {"type": 2, "style": 6, "sku_id": "5"} | parts


def options(count: int) -> list[Part]:
    return [{"label": f"{index}", "value": f"{index}"} for index in range(count)]


def select(custom_id: str = "s", **parts: Any) -> Part:
    return {"type": 3, "custom_id": custom_id, "options": options(2)} | parts


def option(**parts: Any) -> Part:
    return select(options=[{"label": "l", "value": "v"} | parts])


def row(*parts: Part) -> Part:
    return {"type": 1, "components": list(parts)}


def text(content: str = "t") -> Part:
    return {"type": 10, "content": content}


def classic(*rows: Part) -> dict[str, list[str]]:
    return places(check_message, {"content": "x", "components": list(rows)})


def layout(*parts: Part, **beside: Any) -> dict[str, list[str]]:
    return places(check_message, {"flags": V2, "components": list(parts)} | beside)


def buttons(count: int, start: int = 0) -> list[Part]:
    return [button(str(index)) for index in range(start, start + count)]


AT = "components.0.components.0"


@pytest.mark.parametrize(
    ("part", "key", "limit"),
    [
        (button(), "label", 80),
        (button(), "custom_id", 100),
        (link(), "url", 512),
        (select(), "custom_id", 100),
        (select(), "placeholder", 150),
    ],
)
def test_text_limits(part: Part, key: str, limit: int) -> None:
    start = "https://a.org/" if key == "url" else ""
    assert classic(row(part | {key: start.ljust(limit, "x")})) == {}
    assert list(classic(row(part | {key: start.ljust(limit + 1, "x")}))) == [f"{AT}.{key}"]


@pytest.mark.parametrize("key", ["label", "value", "description"])
def test_option_text_limits(key: str) -> None:
    assert classic(row(option(**{key: "x" * 100}))) == {}
    assert list(classic(row(option(**{key: "x" * 101})))) == [f"{AT}.options.0.{key}"]


def test_five_rows_of_five_buttons() -> None:
    assert classic(*[row(*buttons(5, 5 * index)) for index in range(5)]) == {}
    assert classic(*[row(button(str(index))) for index in range(6)]) == {"components": ["BASE_TYPE_MAX_LENGTH"]}
    assert classic(row(*buttons(6))) == {"components.0.components": ["BASE_TYPE_BAD_LENGTH"]}
    assert classic(row()) == {"components.0.components": ["BASE_TYPE_BAD_LENGTH"]}


@pytest.mark.parametrize("pair", [(select("a"), select("b")), (select("a"), button("b")), (button("b"), select("a"))])
def test_a_select_fills_its_row(pair: tuple[Part, Part]) -> None:
    assert classic(row(pair[0]), row(pair[1])) == {}
    assert classic(row(*pair)) == {"components.0.components.1": ["COMPONENT_LAYOUT_WIDTH_EXCEEDED"]}


def test_a_custom_id_stands_once_in_a_message_even_when_disabled() -> None:
    found = classic(row(button("a"), button("b")), row(select("a", disabled=True)))
    assert found == {"components.1.components.0.custom_id": ["COMPONENT_CUSTOM_ID_DUPLICATED"]}
    assert classic(row(link(), link(), button("a"))) == {}


@pytest.mark.parametrize(
    ("part", "place", "code"),
    [
        (button(custom_id=None), "custom_id", "BASE_TYPE_REQUIRED"),
        (button(custom_id=""), "custom_id", "BASE_TYPE_BAD_LENGTH"),
        (button(url="https://a.org"), "url", "BUTTON_COMPONENT_FIELD_FORBIDDEN"),
        (button(label=""), "label", "BUTTON_COMPONENT_EMPTY"),
        (button(style=7), "style", "BASE_TYPE_CHOICES"),
        (button(style=None), "style", "BASE_TYPE_REQUIRED"),
        (button(emoji={"name": "check"}), "emoji.name", "BUTTON_COMPONENT_INVALID_EMOJI"),
        (button(emoji={"id": "x", "name": "a"}), "emoji.id", "NUMBER_TYPE_COERCE"),
        (link(url=None), "url", "BASE_TYPE_REQUIRED"),
        (link(url="javascript:alert(1)"), "url", "URL_TYPE_INVALID_URL"),
        (link(url="ftp://a.org"), "url", "URL_TYPE_INVALID_SCHEME"),
        (link(custom_id="a"), "custom_id", "BUTTON_COMPONENT_FIELD_FORBIDDEN"),
        (premium(sku_id=None), "sku_id", "BASE_TYPE_REQUIRED"),
        (premium(label="Buy"), "label", "BUTTON_COMPONENT_FIELD_FORBIDDEN"),
        (select(options=[]), "options", "BASE_TYPE_BAD_LENGTH"),
        (select(options=options(26)), "options", "BASE_TYPE_BAD_LENGTH"),
        (select(options=None), "options", "BASE_TYPE_REQUIRED"),
        (select(options=options(1) * 2), "options.1", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"),
        (select(max_values=3), "options", "BASE_TYPE_BAD_LENGTH"),
        (select(max_values=26, options=options(25)), "max_values", "NUMBER_TYPE_MAX"),
        (select(max_values=0), "max_values", "NUMBER_TYPE_MIN"),
        (select(min_values=2), "min_values", "NUMBER_TYPE_MAX"),
        (select(min_values=-1), "min_values", "NUMBER_TYPE_MIN"),
        (option(label=""), "options.0.label", "BASE_TYPE_BAD_LENGTH"),
        ({"type": 4, "custom_id": "t", "style": 1}, "type", "UNION_TYPE_CHOICES"),
        ({"custom_id": "t"}, "type", "BASE_TYPE_REQUIRED"),
    ],
)
def test_what_is_refused_in_a_row(part: Part, place: str, code: str) -> None:
    assert classic(row(part)) == {f"{AT}.{place}": [code]}


@pytest.mark.parametrize(
    "part",
    [
        button(label=None, emoji={"id": None, "name": "📍"}),
        button(label="", emoji={"id": "900000000000000400", "name": "party", "animated": True}),
        link(url="discord://-/settings", emoji={"name": "1️⃣"}),
        premium(),
        select(min_values=0, max_values=2),
        select(min_values=25, max_values=25, options=options(25)),
        {"type": 5, "custom_id": "u", "default_values": [{"id": "1", "type": "user"}]},
        {"type": 8, "custom_id": "c", "channel_types": [0]},
    ],
)
def test_what_discord_takes_in_a_row(part: Part) -> None:
    assert classic(row(part)) == {}


def test_two_defaults_need_two_choices() -> None:
    chosen = [part | {"default": True} for part in options(2)]
    assert classic(row(select(options=chosen, max_values=2))) == {}
    assert list(classic(row(select(options=chosen)))) == [f"{AT}.options"]


def test_blocks_of_version_2_need_the_flag() -> None:
    assert classic(text()) == {"components.0.type": ["UNION_TYPE_CHOICES"]}
    assert layout(text()) == {}
    assert places(check_message, {"components": [text()]}, is_edit=True, flags_before=V2) == {}


@pytest.mark.parametrize(
    "beside", [{"content": "x"}, {"embeds": [{"title": "t"}]}, {"sticker_ids": ["1"]}, {"poll": {"answers": []}}]
)
def test_nothing_stands_beside_a_layout(beside: dict[str, Any]) -> None:
    found = layout(text(), **beside)
    assert any(place.split(".")[0] == next(iter(beside)) for place in found)
    assert places(check_message, beside, is_edit=True, flags_before=V2)


def test_empty_legacy_fields_may_stand_beside_a_layout() -> None:
    assert layout(text(), content="", embeds=[], poll=None) == {}


def test_a_layout_has_40_components_with_all_that_is_in_them() -> None:
    inner = row(*buttons(5))  # 6
    section = {"type": 9, "components": [text(), text()], "accessory": button("side")}  # 4
    box = {"type": 17, "components": [inner, section]}  # 11
    assert layout(box, *[text()] * 29) == {}
    assert layout(box, *[text()] * 30) == {"components": ["COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"]}
    assert "components" in layout(*[text()] * 41)


def test_a_layout_has_4000_characters_in_all() -> None:
    box = {"type": 17, "components": [text("x" * 1000)]}
    assert layout(text("x" * 3000), box) == {}
    assert layout(text("x" * 3001), box) == {"components": ["COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"]}


def media(url: str = "https://a.org/x.png") -> Part:
    return {"media": {"url": url}}


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"type": 9, "components": [text()] * 4, "accessory": button()}, "components"),
        ({"type": 9, "components": [text()]}, "accessory"),
        ({"type": 9, "components": [text()], "accessory": text()}, "accessory.type"),
        ({"type": 9, "components": [row(button())], "accessory": button("b")}, "components.0.type"),
        ({"type": 12, "items": [media()] * 11}, "items"),
        ({"type": 12, "items": [media("a.png")]}, "items.0.media.url"),
        ({"type": 12, "items": [media() | {"description": "x" * 1025}]}, "items.0.description"),
        ({"type": 13, "file": {"url": "https://a.org/a.pdf"}}, "file.url"),
        ({"type": 14, "spacing": 3}, "spacing"),
        ({"type": 17, "components": []}, "components"),
        ({"type": 17, "components": [{"type": 17, "components": [text()]}]}, "components.0.type"),
        ({"type": 17, "components": [text()], "accent_color": 0x1000000}, "accent_color"),
        (text(""), "content"),
        (button(), "type"),
    ],
)
def test_what_is_refused_in_a_layout(part: Part, place: str) -> None:
    assert list(layout(part)) == [f"components.0.{place}"]


def test_a_whole_layout_is_taken() -> None:
    section = {"type": 9, "components": [text()] * 3, "accessory": {"type": 11} | media("attachment://a.png")}
    box = {"type": 17, "accent_color": None, "components": [section, row(select()), {"type": 14, "spacing": 2}]}
    gallery = {"type": 12, "items": [media()] * 10}
    assert layout(text(), box, gallery, {"type": 13, "file": {"url": "attachment://a.pdf"}}) == {}


def test_component_ids_are_unique_but_0_is_none() -> None:
    assert layout(text() | {"id": 0}, text() | {"id": 0}, text() | {"id": 1}) == {}
    assert layout(text() | {"id": 1}, text() | {"id": 1}) == {"components.1.id": ["COMPONENT_ID_DUPLICATED"]}
