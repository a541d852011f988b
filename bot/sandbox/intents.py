"""Which gateway events need which intent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.wire import Json

GUILDS, GUILD_MEMBERS, GUILD_PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT, SCHEDULED_EVENTS = 1 << 9, 1 << 12, 1 << 15, 1 << 16
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN = (1 << 26) - 1

_BY_PREFIX = (
    ("GUILD_SCHEDULED_EVENT_", SCHEDULED_EVENTS),
    ("GUILD_MEMBER_", GUILD_MEMBERS),
    ("GUILD_ROLE_", GUILDS),
    ("CHANNEL_", GUILDS),
    ("THREAD_", GUILDS),
)
_CONTENT = ("content", "embeds", "attachments", "components")


def needed(event: str, *, in_guild: bool) -> int:
    """The intent without which an event is not sent; 0 when it always is."""
    if event.startswith("MESSAGE_"):
        return GUILD_MESSAGES if in_guild else DIRECT_MESSAGES
    if event in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"):
        return GUILDS
    return next((intent for prefix, intent in _BY_PREFIX if event.startswith(prefix)), 0)


def without_content(message: Json) -> Json:
    """A message of somebody else, as a bot without the message content intent sees it."""
    return {key: ("" if key == "content" else []) if key in _CONTENT else value for key, value in message.items()}
