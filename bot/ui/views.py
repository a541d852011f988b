"""Rows of buttons and selects that carry their state in their custom ids, so that discord.py keeps nothing of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

import discord

from bot.ui import limits
from bot.ui.text import plain

Component: TypeAlias = dict[str, Any]


class Style(IntEnum):
    """Colours of buttons, as Discord numbers them."""

    PRIMARY = 1
    SECONDARY = 2
    SUCCESS = 3
    DANGER = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select; label and description are shown as they are, without Markdown."""

    label: str
    value: str
    description: str | None = None
    chosen: bool = False


class Rows(discord.ui.View):
    """A view that only describes itself.

    Presses reach us through `bot.presses`, so discord.py may not remember the view: it stores those that are
    dispatchable, and `send_message` every one that is not finished.
    """

    def __init__(self, rows: list[Component]) -> None:
        super().__init__(timeout=None)
        self._rows = rows

    def to_components(self) -> list[dict[str, Any]]:
        return self._rows

    def is_dispatchable(self) -> bool:
        return False

    def is_finished(self) -> bool:
        return True


def buttons(rows: Iterable[Sequence[Component | None]]) -> discord.ui.View | None:
    """A view of these rows; what is None or empty is left out, and None is returned when nothing is left.

    Raises:
        ValueError: more rows, or more in a row, than Discord takes.
    """
    kept = [present for row in rows if (present := [component for component in row if component is not None])]
    if len(kept) > limits.ROWS or any(len(row) > limits.BUTTONS_IN_ROW for row in kept):
        raise ValueError("more components than Discord takes in one message")
    return Rows([{"type": 1, "components": row} for row in kept]) if kept else None


def button(label: str, custom_id: str, *, emoji: str | None = None, style: Style = Style.SECONDARY) -> Component:
    """A button whose press is routed by `custom_id`; `emoji` is a Unicode emoji."""
    component: Component = {
        "type": 2,
        "style": int(style),
        "label": plain(label, limits.BUTTON_LABEL),
        "custom_id": _checked(custom_id),
    }
    if emoji:
        component["emoji"] = {"name": emoji}
    return component


def link(label: str, url: str | None, *, emoji: str | None = None) -> Component | None:
    """A button that opens `url`; None where there is none, or none that Discord would take."""
    if url is None or len(url) > limits.BUTTON_URL or not url.startswith(("https://", "http://")):
        return None
    component: Component = {"type": 2, "style": 5, "label": plain(label, limits.BUTTON_LABEL), "url": url}
    if emoji:
        component["emoji"] = {"name": emoji}
    return component


def select(custom_id: str, placeholder: str, options: Sequence[Option]) -> Component | None:
    """A choice of one, which takes a row for itself; options beyond the 25 that Discord takes are left out."""
    if not options:
        return None
    return {
        "type": 3,
        "custom_id": _checked(custom_id),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "options": [_option(option) for option in options[: limits.OPTIONS]],
    }


def _option(option: Option) -> Component:
    shown: Component = {"label": plain(option.label, limits.OPTION_LABEL), "value": option.value}
    if option.description:
        shown["description"] = plain(option.description, limits.OPTION_DESCRIPTION)
    if option.chosen:
        shown["default"] = True
    return shown


def _checked(custom_id: str) -> str:
    if not 0 < len(custom_id) <= limits.CUSTOM_ID:
        raise ValueError(f"a custom id of {len(custom_id)} characters")
    return custom_id
