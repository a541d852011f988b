"""Components of messages and modals: walked through, and brought into the shape in which Discord keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.sandbox.wire import Json

MARKER = "rm:"
SELECTS = (3, 5, 6, 7, 8)
ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, FILE_UPLOAD, RADIO, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
NESTED = ("components", "accessory", "component")

_SELECT = ("custom_id", "placeholder", "min_values", "max_values", "disabled", "required")
_RESOLVED_SELECT = (*_SELECT, "default_values", "channel_types")
# What Discord keeps of each type of component, beside type and id; everything else is forgotten without a word.
KEPT: dict[int, tuple[str, ...]] = {
    ROW: ("components",),
    BUTTON: ("custom_id", "style", "label", "disabled", "emoji", "url", "sku_id"),
    STRING_SELECT: (*_SELECT, "options"),
    TEXT_INPUT: ("custom_id", "style", "label", "value", "placeholder", "required", "min_length", "max_length"),
    5: _RESOLVED_SELECT,
    6: _RESOLVED_SELECT,
    7: _RESOLVED_SELECT,
    8: _RESOLVED_SELECT,
    SECTION: ("components", "accessory"),
    TEXT: ("content",),
    THUMBNAIL: ("media", "description", "spoiler"),
    GALLERY: ("items",),
    FILE: ("file", "spoiler"),
    SEPARATOR: ("spacing", "divider"),
    CONTAINER: ("accent_color", "components", "spoiler"),
    LABEL: ("label", "description", "component"),
    FILE_UPLOAD: ("custom_id", "min_values", "max_values", "required"),
    RADIO: ("custom_id", "required", "options"),
    CHECKBOX_GROUP: ("custom_id", "min_values", "max_values", "required", "options"),
    CHECKBOX: ("custom_id", "default"),
}
OPTION = ("label", "value", "description", "emoji", "default")
EMOJI = ("id", "name", "animated")
MEDIUM: Json = {"description": None, "spoiler": False}
_SELECT_DEFAULTS: Json = {"min_values": 1, "max_values": 1}
# What an answer always says, also when the request did not; null stays where Discord's answer has it.
DEFAULTS: dict[int, Json] = {
    **dict.fromkeys(SELECTS, _SELECT_DEFAULTS),
    THUMBNAIL: MEDIUM,
    FILE: {"spoiler": False},
    SEPARATOR: {"spacing": 1, "divider": True},
    CONTAINER: {"accent_color": None, "spoiler": False},
}


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, nested ones after the one they are in."""
    for component in components:
        yield component
        for key in NESTED:
            inside = component.get(key)
            if inside:
                yield from walk(inside if isinstance(inside, list) else [inside])


def kept(components: list[Json], medium: Callable[[str], Json]) -> list[Json]:
    """The components as Discord keeps them: known keys without null, defaults, an id for each.

    `medium` gives what is known of the file behind an address, which may be `attachment://name`: id, url and proxy_url,
    and of an attachment filename and size.
    """
    stored = [_kept(each, medium) for each in components]
    _number(stored)
    return stored


def _kept(component: Json, medium: Callable[[str], Json]) -> Json:
    kind = component["type"]
    stored = DEFAULTS.get(kind, {}) | _known(component, ("type", "id", *KEPT[kind]))
    for key in NESTED:
        if key in stored:
            inside = stored[key]
            one = isinstance(inside, dict)
            stored[key] = _kept(inside, medium) if one else [_kept(each, medium) for each in inside]
    if "emoji" in stored:
        stored["emoji"] = _known(stored["emoji"], EMOJI)
    if "options" in stored:
        stored["options"] = [_option(each) for each in stored["options"]]
    if "media" in stored:
        stored["media"] = _address(medium(stored["media"]["url"]))
    if "items" in stored:
        stored["items"] = [_item(each, medium) for each in stored["items"]]
    if "file" in stored:
        found = medium(stored["file"]["url"])
        stored |= {"file": _address(found), "name": found.get("filename"), "size": found.get("size")}
    return stored


def _known(part: Json, keys: tuple[str, ...]) -> Json:
    return {key: part[key] for key in keys if part.get(key) is not None}


def _option(option: Json) -> Json:
    stored = _known(option, OPTION)
    return stored | {"emoji": _known(stored["emoji"], EMOJI)} if "emoji" in stored else stored


def _item(item: Json, medium: Callable[[str], Json]) -> Json:
    return MEDIUM | _known(item, ("description", "spoiler")) | {"media": _address(medium(item["media"]["url"]))}


def _address(medium: Json) -> Json:
    return {key: value for key, value in medium.items() if key not in {"filename", "size"}}


def _number(components: list[Json]) -> None:
    """Give an id to each component that has none: the lowest numbers that are free."""
    taken = {each["id"] for each in walk(components) if each.get("id")}
    number = 0
    for component in walk(components):
        if not component.get("id"):
            number += 1
            while number in taken:
                number += 1
            component["id"] = number


def find(components: list[Json], custom_id: str) -> Json | None:
    return next((each for each in walk(components) if each.get("custom_id") == custom_id), None)


def markers(components: list[Json]) -> set[str]:
    """Custom ids by which a reminder is known again."""
    ids: list[Any] = [each.get("custom_id") for each in walk(components)]
    return {each for each in ids if isinstance(each, str) and each.startswith(MARKER)}
