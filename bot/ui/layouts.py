"""Messages of the newer kind (components version 2): texts, menus and buttons in one, each under its own words."""

from collections.abc import Iterable, Sequence
from typing import Any

import discord

from bot.ui import limits
from bot.ui.text import plain
from bot.ui.views import Component

ROW, TEXT, SEPARATOR, CONTAINER = 1, 10, 14, 17
ROLE_SELECT, CHANNEL_SELECT = 6, 8
TEXT_CHANNEL, ANNOUNCEMENT_CHANNEL = 0, 5


class Layout(discord.ui.LayoutView):
    """A layout that only describes itself, as ui.views.Rows does; such a message has neither content nor embeds."""

    def __init__(self, components: list[Component]) -> None:
        super().__init__(timeout=None)
        self._described = components

    def to_components(self) -> list[dict[str, Any]]:
        return self._described

    def has_components_v2(self) -> bool:
        return True

    def is_dispatchable(self) -> bool:
        return False

    def is_finished(self) -> bool:
        return True


def layout(parts: Iterable[Component], colour: int) -> Layout:
    """The parts in one frame with a coloured edge."""
    return Layout([{"type": CONTAINER, "accent_color": colour, "components": list(parts)}])


def words(markdown: str) -> Component:
    """A text; names in it have been made safe. Mentions here ping like those of a message, so mind who may be."""
    return {"type": TEXT, "content": markdown}


def line() -> Component:
    return {"type": SEPARATOR, "divider": True, "spacing": 1}


def row(components: Sequence[Component]) -> Component:
    """Up to five buttons, or one menu."""
    return {"type": ROW, "components": list(components)}


def channel_menu(custom_id: str, placeholder: str, chosen: int | None) -> Component:
    """A choice of one text or announcement channel, or of none."""
    menu = _menu(CHANNEL_SELECT, custom_id, placeholder)
    menu["channel_types"] = [TEXT_CHANNEL, ANNOUNCEMENT_CHANNEL]
    if chosen is not None:
        menu["default_values"] = [{"id": str(chosen), "type": "channel"}]
    return menu


def role_menu(custom_id: str, placeholder: str, chosen: int | None) -> Component:
    """A choice of one role, or of none."""
    menu = _menu(ROLE_SELECT, custom_id, placeholder)
    if chosen is not None:
        menu["default_values"] = [{"id": str(chosen), "type": "role"}]
    return menu


def _menu(kind: int, custom_id: str, placeholder: str) -> Component:
    if not 0 < len(custom_id) <= limits.CUSTOM_ID:
        raise ValueError(f"a custom id of {len(custom_id)} characters")
    return {
        "type": kind,
        "custom_id": custom_id,
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "min_values": 0,
        "max_values": 1,
    }
