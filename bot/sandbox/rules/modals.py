"""Limits of modals: the dialogue window that may answer a command or a press."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rules.components import MAX_CUSTOM_ID, ROW, TEXT, Used, check_type
from bot.sandbox.rules.form import Form
from bot.sandbox.rules.refusal import Problems
from bot.sandbox.rules.selects import SELECTS, check_options, check_select, check_value_range

TEXT_INPUT, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 4, 18, 19, 21, 22, 23
IN_LABEL = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
MAX_TOP_LEVEL = 5  # the OpenAPI file says 40, the documentation and the client 5
MAX_TITLE = 45
MAX_LABEL = 45
MAX_INPUT = 4000
MAX_FILES = 10
MAX_CHOICES = 10


def check_modal(data: dict[str, Any]) -> None:
    """Refuse a modal that Discord refuses; `data` is that of the interaction callback of type 9.

    Raises:
        Refusal: 400 with 50035; the places begin with `data`, as in the callback's body.
    """
    problems = Problems()
    check_modal_form(Form(data, problems, ("data",)))
    problems.refuse_if_any()


def check_modal_form(modal: Form) -> None:
    """Note every problem of a modal."""
    modal.text("title", MAX_TITLE, 1, required=True)
    modal.text("custom_id", MAX_CUSTOM_ID, 1, required=True)
    used = Used()
    for component in modal.children("components", MAX_TOP_LEVEL, 1, required=True):
        if not check_type(component, (ROW, LABEL, TEXT)):
            continue
        used.count(component)
        _check_top_level(component, used)


def _check_top_level(component: Form, used: Used) -> None:
    kind = component.body["type"]
    if kind == TEXT:
        component.text("content", MAX_INPUT, 1, required=True)
    elif kind == ROW:
        for text_input in component.children("components", 1, 1, required=True):
            if check_type(text_input, (TEXT_INPUT,)):
                text_input.text("label", MAX_LABEL, 1, required=True)
                _check_field(text_input, used)
    else:
        component.text("label", MAX_LABEL, 1, required=True)
        component.text("description", 100)
        field = component.child("component", required=True)
        if field and check_type(field, IN_LABEL):
            _check_field(field, used)


def _check_field(field: Form, used: Used) -> None:
    """Check one thing to fill in."""
    used.count(field)
    used.custom_id(field)
    field.flag("required")
    kind = field.body["type"]
    if kind == TEXT_INPUT:
        _check_text_input(field)
    elif kind in SELECTS:
        if field.flag("disabled"):
            field.wrong("COMPONENT_DISABLED_IN_MODAL", "A select in a modal cannot be disabled", "disabled")
        check_select(field)
    elif kind == FILE_UPLOAD:
        check_value_range(field, MAX_FILES)
    elif kind == RADIO_GROUP:
        check_options(field, 2, MAX_CHOICES, 1)
    elif kind == CHECKBOX_GROUP:
        check_options(field, 1, MAX_CHOICES, check_value_range(field, MAX_CHOICES, MAX_CHOICES))
    else:
        field.flag("default")


def _check_text_input(field: Form) -> None:
    field.one_of("style", (1, 2), required=True)
    field.text("placeholder", 100)
    low = field.integer("min_length", 0, MAX_INPUT) or 0
    high = field.integer("max_length", 1, MAX_INPUT)
    high = MAX_INPUT if high is None else high
    if low > high:
        field.wrong("NUMBER_TYPE_MAX", f"min_length must be equal to or less than {high}", "min_length")
    elif field.body.get("value"):
        field.text("value", min(high, MAX_INPUT), low)
