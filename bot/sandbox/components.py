"""Walks through the components of messages and modals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.wire import Json

MARKER = "rm:"
SELECTS = (3, 5, 6, 7, 8)
SELECT_DEFAULTS: Json = {"min_values": 1, "max_values": 1}


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, nested ones after the one they are in."""
    for component in components:
        yield component
        for key in ("components", "accessory", "component"):
            inside = component.get(key)
            if inside:
                yield from walk(inside if isinstance(inside, list) else [inside])


def numbered(components: list[Json]) -> list[Json]:
    """The components as Discord stores them: each with an id, selects with their defaults, no empty emoji ids."""
    taken = {each["id"] for each in walk(components) if each.get("id")}
    number = 0
    for component in walk(components):
        if not component.get("id"):
            number += 1
            while number in taken:
                number += 1
            component["id"] = number
        for bearer in (component, *(component.get("options") or ())):
            if bearer.get("emoji") and bearer["emoji"].get("id") is None:
                bearer["emoji"].pop("id", None)
        if component.get("type") in SELECTS:
            for key, value in SELECT_DEFAULTS.items():
                component.setdefault(key, value)
    return components


def find(components: list[Json], custom_id: str) -> Json | None:
    return next((each for each in walk(components) if each.get("custom_id") == custom_id), None)


def markers(components: list[Json]) -> set[str]:
    """Custom ids by which a reminder is known again."""
    ids = (each.get("custom_id") for each in walk(components))
    return {each for each in ids if isinstance(each, str) and each.startswith(MARKER)}
