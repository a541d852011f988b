"""Limits of embeds: each one's texts, and all of a message together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.rules.form import WEB, Form

if TYPE_CHECKING:
    from typing import Any

MAX_EMBEDS = 10
MAX_TOTAL = 6000
PICTURE = (*WEB, "attachment")
VISIBLE = ("title", "description", "fields", "author", "footer", "image", "thumbnail", "video", "provider", "timestamp")


def check_embeds(message: Form) -> None:
    """Check all embeds of a message; their texts together may have 6000 characters."""
    if sum([_check_embed(embed) for embed in message.children("embeds", MAX_EMBEDS)]) > MAX_TOTAL:
        message.wrong("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_TOTAL}", "embeds")


def is_blank(embed: dict[str, Any]) -> bool:
    """Whether an embed shows nothing: Discord drops such a one, a colour alone is not enough."""
    return not any(embed.get(key) for key in VISIBLE)


def _check_embed(embed: Form) -> int:
    """Check one embed; gives the characters it adds to the message's total."""
    total = embed.text("title", 256) + embed.text("description", 4096)
    embed.url("url")
    embed.integer("color", 0, 0xFFFFFF)
    embed.instant("timestamp")
    for field in embed.children("fields", 25):
        total += field.text("name", 256, required=True) + field.text("value", 1024, required=True)
        field.flag("inline")
    if footer := embed.child("footer"):
        total += footer.text("text", 2048)
        footer.url("icon_url", schemes=PICTURE)
    if author := embed.child("author"):
        total += author.text("name", 256)
        author.url("url")
        author.url("icon_url", schemes=PICTURE)
    for key in ("image", "thumbnail"):
        if picture := embed.child(key):
            picture.url("url", schemes=PICTURE)
    return total
