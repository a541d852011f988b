"""Limits of a message: content, mentions, nonce, attachments, and what may not stand beside what."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rules.components import check_components
from bot.sandbox.rules.embeds import check_embeds, is_blank
from bot.sandbox.rules.form import Form
from bot.sandbox.rules.refusal import Problems, Refusal

COMPONENTS_V2 = 1 << 15
EMPTY_MESSAGE = 50006
MAX_CONTENT = 2000
MAX_NONCE = 25
MAX_MENTIONS = 100
MAX_ATTACHMENTS = 10
MENTION_TYPES = ("everyone", "roles", "users")
LEGACY_FIELDS = ("content", "embeds", "sticker_ids", "poll")
FORWARD = 1


def check_message(
    body: dict[str, Any], *, is_edit: bool = False, has_files: bool = False, flags_before: int = 0
) -> None:
    """Refuse the body of a message that Discord refuses; it may be a new one or, with `is_edit`, a change.

    `has_files` says that the request uploads files; `flags_before` are those of the message that is edited. Whether an
    edit leaves a message empty is known only after merging it: ask `is_empty` then.

    Raises:
        Refusal: 400 with 50035 and every problem of the body, or with 50006 when a new message is empty.
    """
    problems = Problems()
    check_content(Form(body, problems), flags_before=flags_before)
    problems.refuse_if_any()
    if not is_edit and is_empty(body, has_files=has_files):
        refuse_empty()


def check_content(message: Form, *, flags_before: int = 0) -> None:
    """Note every problem of a message, wherever in a request it stands."""
    flags = message.integer("flags", 0) or 0
    version_2 = bool((flags | flags_before) & COMPONENTS_V2)
    message.text("content", MAX_CONTENT)
    check_embeds(message)
    check_components(message, version_2=version_2)
    if version_2:
        _check_nothing_beside_layout(message)
    _check_allowed_mentions(message)
    _check_nonce(message)
    _check_attachments(message)
    message.flag("tts")
    message.snowflakes("sticker_ids", 3)
    if poll := message.child("poll"):
        _check_poll(poll)
    if reference := message.child("message_reference"):
        reference.snowflake("message_id", required=True)
        reference.snowflake("channel_id")


def check_layout_stands_alone(message: dict[str, Any]) -> None:
    """Refuse a message, as it would be after an edit, that has content or embeds beside a version 2 layout.

    Raises:
        Refusal: 400 with 50035; an edit that turns a message into a layout has to empty the other fields.
    """
    problems = Problems()
    _check_nothing_beside_layout(Form(message, problems))
    problems.refuse_if_any()


def is_empty(message: dict[str, Any], *, has_files: bool = False) -> bool:
    """Whether a message would show nothing at all."""
    content = message.get("content")
    if content is not None and str(content).strip():
        return False
    if has_files or any(message.get(key) for key in ("components", "sticker_ids", "poll", "attachments")):
        return False
    if (message.get("message_reference") or {}).get("type") == FORWARD:
        return False
    return all(is_blank(embed) for embed in message.get("embeds") or ())


def refuse_empty() -> None:
    """Raise the refusal of a message that shows nothing (50006)."""
    raise Refusal(400, EMPTY_MESSAGE, "Cannot send an empty message")


def _check_nothing_beside_layout(message: Form) -> None:
    for key in LEGACY_FIELDS:
        if message.body.get(key):
            message.wrong(
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                key,
            )


def _check_allowed_mentions(message: Form) -> None:
    mentions = message.child("allowed_mentions")
    if mentions is None:
        return
    parse = mentions.items("parse", len(MENTION_TYPES))
    for index, kind in enumerate(parse):
        if kind not in MENTION_TYPES:
            listed = ", ".join(f"'{name}'" for name in MENTION_TYPES)
            mentions.wrong("BASE_TYPE_CHOICES", f"Value must be one of ({listed}).", "parse", index)
    for key in ("users", "roles"):
        if mentions.snowflakes(key, MAX_MENTIONS) and key in parse:
            mentions.wrong(
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.',
            )
    mentions.flag("replied_user")


def _check_nonce(message: Form) -> None:
    if isinstance(message.body.get("nonce"), int):
        message.integer("nonce")
    else:
        message.text("nonce", MAX_NONCE)
    message.flag("enforce_nonce")


def _check_attachments(message: Form) -> None:
    for attachment in message.children("attachments", MAX_ATTACHMENTS):
        attachment.snowflake("id", required=True)
        attachment.text("filename", 1024)
        attachment.text("description", 1024)


def _check_poll(poll: Form) -> None:
    if question := poll.child("question", required=True):
        question.text("text", 300, 1, required=True)
    for answer in poll.children("answers", 10, 1, required=True):
        if media := answer.child("poll_media", required=True):
            media.text("text", 55, 1, required=True)
    poll.integer("duration", 1, 768)
