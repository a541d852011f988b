"""Limits of select menus, and of the option lists that radio and checkbox groups share with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.rules.form import Form

STRING_SELECT = 3
SELECTS = (STRING_SELECT, 5, 6, 7, 8)  # string, user, role, mentionable, channel
MAX_VALUES = 25


def check_select(select: Form) -> None:
    """Check everything of a select menu but its custom_id, which its message or modal counts."""
    select.text("placeholder", 150)
    select.flag("disabled")
    high = check_value_range(select, MAX_VALUES)
    if select.body["type"] == STRING_SELECT:
        # Discord measures the list against max_values: more to choose than there is gives a bad length.
        check_options(select, high, MAX_VALUES, high)
    elif len(select.children("default_values", MAX_VALUES)) > high:
        select.wrong("SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", f"At most {high} values may be set.", "default_values")


def check_value_range(form: Form, most: int, default_high: int = 1) -> int:
    """Check min_values (0 to most) and max_values (1 to most); gives how many may be chosen."""
    low, high = form.integer("min_values", 0, most), form.integer("max_values", 1, most)
    low = 1 if low is None else low
    high = default_high if high is None else max(1, min(high, most))
    if low > high:
        form.wrong("NUMBER_TYPE_MAX", f"min_values must be equal to or less than {high}", "min_values")
    return high


def check_options(form: Form, fewest: int, most: int, high: int) -> None:
    """Check the options of a string select, radio group or checkbox group, of which one may choose up to `high`."""
    options = form.children("options", most, fewest, required=True)
    values: set[str] = set()
    chosen = 0
    for option in options:
        option.text("label", 100, 1, required=True)
        option.text("value", 100, 1, required=True)
        option.text("description", 100)
        chosen += option.flag("default")
        value = str(option.body.get("value"))
        if value in values:
            option.wrong("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
        values.add(value)
    if chosen > high:
        form.wrong("SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", f"At most {high} options may be default.", "options")
