"""Embeds in the shape in which Discord keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.wire import Json

TEXTS = ("title", "description", "url", "color", "timestamp")
# Parts of an embed: the key without which the part is nothing, and what else is kept of it.
PARTS: dict[str, tuple[str, ...]] = {
    "author": ("name", "url", "icon_url"),
    "footer": ("text", "icon_url"),
    "image": ("url",),
    "thumbnail": ("url",),
}


def kept(embeds: list[Json]) -> list[Json]:
    """The embeds of a request as an answer shows them: of a bot's own always rich, known keys only, none of them null.

    `video`, `provider` and `flags` are Discord's to set, not the sender's.
    """
    return [_kept(each) for each in embeds]


def _kept(embed: Json) -> Json:
    stored: Json = {"type": "rich"} | _known(embed, TEXTS)
    for name, keys in PARTS.items():
        part = _known(embed.get(name) or {}, keys)
        if keys[0] in part:
            stored[name] = part
    if fields := embed.get("fields"):
        stored["fields"] = [{"inline": False} | _known(each, ("name", "value", "inline")) for each in fields]
    return stored


def _known(part: Json, keys: tuple[str, ...]) -> Json:
    return {key: part[key] for key in keys if part.get(key) not in (None, "")}
