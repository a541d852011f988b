"""Which answer fits which interaction, and the limits of each answer."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rules.form import Form
from bot.sandbox.rules.messages import check_content, is_empty, refuse_empty
from bot.sandbox.rules.modals import check_modal_form
from bot.sandbox.rules.refusal import Problems

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
PONG, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
EPHEMERAL = 1 << 6
MAX_CHOICES = 25
MAX_CHOICE = 100
# A modal cannot open a modal. Types 10 and 12 (purchase, activity) fit nowhere: this application has neither. Whether
# a submitted modal stands on a message, which 6 and 7 need, is for the server to know.
ANSWERS = {
    1: (PONG,),
    COMMAND: (MESSAGE, DEFERRED, MODAL),
    COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    MODAL_SUBMIT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE),
}


def check_interaction_response(
    kind: int, body: dict[str, Any], *, has_files: bool = False, flags_before: int = 0
) -> None:
    """Refuse a callback body that Discord refuses for an interaction of this kind (its `type`).

    `has_files` says that the request uploads files; `flags_before` are the flags of the message that an update
    (callback type 7) changes.

    Raises:
        Refusal: 400 with 50035 and every problem, or with 50006 when the message is empty.
    """
    problems = Problems()
    form = Form(body, problems)
    answer = form.one_of("type", ANSWERS[kind], required=True)
    data = form.child("data", required=answer in {MESSAGE, CHOICES, MODAL})
    if data is not None and answer is not None:
        _check_data(answer, data, flags_before)
    problems.refuse_if_any()
    if answer == MESSAGE and data is not None and is_empty(data.body, has_files=has_files):
        refuse_empty()


def check_choices(data: dict[str, Any]) -> None:
    """Refuse an autocomplete result that Discord refuses; `data` is that of the callback of type 8.

    Raises:
        Refusal: 400 with 50035; the places begin with `data`, as in the callback's body.
    """
    problems = Problems()
    check_choices_form(Form(data, problems, ("data",)))
    problems.refuse_if_any()


def check_choices_form(data: Form) -> None:
    """Note every problem of an autocomplete result."""
    for choice in data.children("choices", MAX_CHOICES):
        choice.text("name", MAX_CHOICE, 1, required=True)
        if isinstance(choice.body.get("value"), (int, float)):
            continue
        choice.text("value", MAX_CHOICE, required=True)


def _check_data(answer: int, data: Form, flags_before: int) -> None:
    if answer == MESSAGE:
        check_content(data)
    elif answer == UPDATE:
        check_content(data, flags_before=flags_before)
    elif answer == DEFERRED:
        flags = data.integer("flags", 0) or 0
        if flags & ~EPHEMERAL:
            data.wrong("MESSAGE_FLAGS_INVALID", "Only EPHEMERAL may be set on a deferred answer.", "flags")
    elif answer == CHOICES:
        check_choices_form(data)
    elif answer == MODAL:
        check_modal_form(data)
