"""Limits of message components: classic action rows, and version 2 layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.rules.form import WEB
from bot.sandbox.rules.selects import SELECTS, check_select

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.sandbox.rules.form import Form

ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 1, 2, 9, 10, 11, 12, 13, 14, 17
TOP_LEVEL_V2 = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
IN_ROW = (BUTTON, *SELECTS)
MAX_ROWS = 5
MAX_BUTTONS = 5
MAX_COMPONENTS_V2 = 40
MAX_TEXT_V2 = 4000
MAX_CUSTOM_ID = 100
MAX_MEDIA_TEXT = 1024
INT32_MAX = 2**31 - 1
LINK_STYLE = 5
PREMIUM_STYLE = 6
BUTTON_SCHEMES = (*WEB, "discord")
MEDIA_SCHEMES = (*WEB, "attachment")


def check_components(message: Form, *, version_2: bool) -> None:
    """Check all components of a message."""
    used = Used()
    if version_2:
        _check_layout(message, used)
        return
    for row in message.children("components", MAX_ROWS):
        if check_type(row, (ROW,)):
            _check_row(row, used)


class Used:
    """What the components of one message or modal share: their number, their texts and their ids."""

    __slots__ = ("_custom_ids", "_ids", "characters", "components")

    def __init__(self) -> None:
        self.components = 0
        self.characters = 0
        self._custom_ids: set[str] = set()
        self._ids: set[int] = set()

    def count(self, component: Form) -> None:
        """Count one component, whose `id`, a number other than 0, may not come twice."""
        self.components += 1
        number = component.integer("id", 0, INT32_MAX)
        if not number:
            return
        if number in self._ids:
            component.wrong("COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated", "id")
        self._ids.add(number)

    def custom_id(self, component: Form) -> None:
        """Check a custom_id: 1 to 100 characters, and no second one like it, not even on a disabled component."""
        component.text("custom_id", MAX_CUSTOM_ID, 1, required=True)
        value = component.body.get("custom_id")
        if value is None:
            return
        if str(value) in self._custom_ids:
            component.wrong("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", "custom_id")
        self._custom_ids.add(str(value))


def check_type(component: Form, allowed: Collection[int]) -> bool:
    """Whether a component may stand in its place; notes the problem when it may not."""
    kind = component.body.get("type")
    if kind is None:
        component.missing("type")
        return False
    if isinstance(kind, int) and kind in allowed:
        return True
    listed = ", ".join(map(str, allowed))
    component.wrong("UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({listed},).', "type")
    return False


def _check_row(row: Form, used: Used) -> None:
    """Check an action row: up to 5 buttons, or one select and nothing beside it."""
    used.count(row)
    has_select = False
    for index, component in enumerate(row.children("components", MAX_BUTTONS, 1, required=True)):
        if not check_type(component, IN_ROW):
            continue
        is_select = component.body["type"] != BUTTON
        if index and (is_select or has_select):
            component.wrong("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
        has_select = has_select or is_select
        used.count(component)
        if is_select:
            used.custom_id(component)
            check_select(component)
        else:
            _check_button(component, used)


def _check_button(button: Form, used: Used) -> None:
    style = button.one_of("style", range(1, PREMIUM_STYLE + 1), required=True)
    button.flag("disabled")
    if style == PREMIUM_STYLE:
        button.snowflake("sku_id", required=True)
        _forbid(button, "custom_id", "url", "label", "emoji")
        return
    labelled = button.text("label", 80)
    if emoji := button.child("emoji"):
        _check_emoji(emoji)
    elif not labelled:
        button.wrong("BUTTON_COMPONENT_EMPTY", "A button needs a label or an emoji", "label")
    if style == LINK_STYLE:
        button.url("url", 512, BUTTON_SCHEMES, required=True)
        _forbid(button, "custom_id", "sku_id")
    elif style is not None:
        used.custom_id(button)
        _forbid(button, "url", "sku_id")


def _forbid(button: Form, *keys: str) -> None:
    for key in keys:
        if button.body.get(key) is not None:
            button.wrong("BUTTON_COMPONENT_FIELD_FORBIDDEN", f"{key} cannot be used with this button style", key)


def _check_emoji(emoji: Form) -> None:
    """Check an emoji: a custom one has an id, any other must be a character that is no plain ASCII text."""
    emoji.snowflake("id")
    emoji.text("name", 32)
    if emoji.body.get("id") is None and str(emoji.body.get("name") or "").isascii():
        emoji.wrong("BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji", "name")


def _check_layout(message: Form, used: Used) -> None:
    for component in message.children("components", MAX_COMPONENTS_V2):
        _check_block(component, used, TOP_LEVEL_V2)
    if used.components > MAX_COMPONENTS_V2:
        message.wrong(
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The maximum total number of components was exceeded ({used.components} > {MAX_COMPONENTS_V2})",
            "components",
        )
    if used.characters > MAX_TEXT_V2:
        message.wrong(
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The total displayable text size ({used.characters}) exceeds the maximum size of {MAX_TEXT_V2}",
            "components",
        )


def _check_block(component: Form, used: Used, allowed: Collection[int]) -> None:
    """Check one version 2 component with all it holds."""
    if not check_type(component, allowed):
        return
    kind = component.body["type"]
    if kind == ROW:
        _check_row(component, used)
    elif kind == BUTTON:
        used.count(component)
        _check_button(component, used)
    else:
        used.count(component)
        CONTENT_CHECKS[kind](component, used)


def _check_text(text: Form, used: Used) -> None:
    used.characters += text.text("content", MAX_TEXT_V2, 1, required=True)


def _check_gallery(gallery: Form, used: Used) -> None:
    for item in gallery.children("items", 10, 1, required=True):
        _check_media(item, used)


def _check_file(component: Form, _used: Used) -> None:
    if file := component.child("file", required=True):
        file.url("url", schemes=("attachment",), required=True)


def _check_separator(separator: Form, _used: Used) -> None:
    separator.one_of("spacing", (1, 2))
    separator.flag("divider")


def _check_container(container: Form, used: Used) -> None:
    container.integer("accent_color", 0, 0xFFFFFF)
    for inner in container.children("components", MAX_COMPONENTS_V2, 1, required=True):
        _check_block(inner, used, IN_CONTAINER)


def _check_section(section: Form, used: Used) -> None:
    for text in section.children("components", 3, 1, required=True):
        _check_block(text, used, (TEXT,))
    if accessory := section.child("accessory", required=True):
        _check_block(accessory, used, (BUTTON, THUMBNAIL))


def _check_media(item: Form, _used: Used) -> None:
    item.text("description", MAX_MEDIA_TEXT, int(item.body.get("description") is not None))
    item.flag("spoiler")
    if media := item.child("media", required=True):
        media.url("url", schemes=MEDIA_SCHEMES, required=True)


CONTENT_CHECKS = {
    SECTION: _check_section,
    TEXT: _check_text,
    THUMBNAIL: _check_media,
    GALLERY: _check_gallery,
    FILE: _check_file,
    SEPARATOR: _check_separator,
    CONTAINER: _check_container,
}
