"""Modals that carry their state in their custom ids, so that discord.py keeps nothing of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord

from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.text import plain, shorten
from bot.ui.views import Component, Option, Style, button, buttons

LABEL, TEXT_INPUT, SELECT = 18, 4, 3
SHORT, PARAGRAPH = 1, 2
REFUSED_WORDS = 1800  # leaves room for the line below, in the 2000 of a message

# What people fill in, by the key of the field; a `Pick` brings a list.
Values: TypeAlias = Mapping[str, "str | list[str]"]


@dataclass(frozen=True, slots=True)
class Text:
    """A line to type, or a paragraph; `key` is the name of its value. Maxima belong into `help`, for people to see.

    `value` is what stands in it; what is longer than `most` is cut.
    """

    key: str
    label: str
    value: str = ""
    example: str | None = None
    help: str | None = None
    required: bool = True
    most: int = limits.TEXT_INPUT
    paragraph: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """One to choose of some; the option that is `chosen` stands in it."""

    key: str
    label: str
    options: Sequence[Option]
    help: str | None = None
    required: bool = True


class Form(discord.ui.Modal):
    """A modal that only describes itself; what is submitted reaches us through `bot.presses`."""

    def __init__(self, title: str, custom_id: str, components: list[Component]) -> None:
        super().__init__(title=title, custom_id=custom_id, timeout=None)
        self._components = components

    def to_components(self) -> list[dict[str, Any]]:
        return self._components

    def is_finished(self) -> bool:
        return True  # or discord.py would keep it


def form(title: str, custom_id: str, fields: Iterable[Text | Pick]) -> discord.ui.Modal:
    """A modal; it must be the first answer to a command or press, and cannot answer a modal.

    Raises:
        ValueError: more fields, or a longer custom id, than Discord takes.
    """
    components = [_labelled(field) for field in fields]
    if not 0 < len(components) <= limits.MODAL_INPUTS or not 0 < len(custom_id) <= limits.CUSTOM_ID:
        raise ValueError("more fields, or a longer custom id, than Discord takes in a modal")
    return Form(plain(title, limits.MODAL_TITLE), custom_id, components)


def filled(values: Values, key: str) -> str:
    """What was typed or chosen for `key`, without the spaces around it; empty where nothing was."""
    value = values.get(key, "")
    return (value if isinstance(value, str) else next(iter(value), "")).strip()


def refused(words: str, again: str) -> Reply:
    """Why a form was not taken, with the button that opens it anew as it was filled in; `again` is its custom id.

    `words` are ours, with times and mentions that work; what people typed stands quoted in them.
    """
    edit = button("Edit again", again, emoji="✏️", style=Style.PRIMARY)
    kept = "-# Nothing was saved. What you typed is kept for 15 minutes."
    return Reply(content=f"{shorten(words, REFUSED_WORDS)}\n{kept}", view=buttons([[edit]]))


def _labelled(field: Text | Pick) -> Component:
    component: Component = {"type": LABEL, "label": plain(field.label, limits.MODAL_LABEL)}
    if field.help:
        component["description"] = plain(field.help, limits.MODAL_DESCRIPTION)
    component["component"] = _text(field) if isinstance(field, Text) else _pick(field)
    return component


def _text(field: Text) -> Component:
    component: Component = {
        "type": TEXT_INPUT,
        "custom_id": field.key,
        "style": PARAGRAPH if field.paragraph else SHORT,
        "required": field.required,
        "max_length": field.most,
    }
    if field.value:
        component["value"] = field.value[: field.most]
    if field.example:
        component["placeholder"] = plain(field.example, limits.INPUT_PLACEHOLDER)
    return component


def _pick(field: Pick) -> Component:
    options: list[Component] = []
    for option in field.options[: limits.OPTIONS]:
        shown: Component = {"label": plain(option.label, limits.OPTION_LABEL), "value": option.value}
        if option.description:
            shown["description"] = plain(option.description, limits.OPTION_DESCRIPTION)
        if option.chosen:
            shown["default"] = True
        options.append(shown)
    return {"type": SELECT, "custom_id": field.key, "options": options, "required": field.required}
