"""Rate limits as Discord answers them: buckets per route and top-level id, and the global one."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.wire import Json

GLOBAL_PER_SECOND = 50
DEFAULT = (50, 1.0)
# (calls, seconds) per route and top-level id. Discord publishes none of them; these are of the size that is seen.
LIMITS: dict[tuple[str, str], tuple[int, float]] = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): (5, 1.0),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"): (5, 2.0),
    ("POST", "/users/@me/channels"): (10, 10.0),
    ("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"): (10, 10.0),
    ("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"): (10, 10.0),
    ("POST", "/guilds/{guild_id}/scheduled-events"): (5, 5.0),
    ("POST", "/channels/{channel_id}/threads"): (10, 10.0),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): (10, 10.0),
}
OLD_EDITS = (30, 60.0)  # edits of messages older than an hour, per channel: error 30046
_KEEP = 10_000


@dataclass(slots=True)
class Window:
    ends: float
    used: int = 0


@dataclass(slots=True)
class Verdict:
    """Headers to send, and the body of a refusal when the limit is over."""

    headers: dict[str, str]
    refusal: Json | None = None


class RateLimits:
    """Counts calls on real monotonic seconds; switched off it lets everything pass and sends no headers."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._windows: dict[tuple[str, str], Window] = {}
        self._second = Window(0.0)

    def take(self, method: str, template: str, top_id: str, *, under_global: bool) -> Verdict:
        """Count one call."""
        now = time.monotonic()
        if under_global and self._over(self._second, now, GLOBAL_PER_SECOND, 1.0):
            wait = self._second.ends - now
            return Verdict({"X-RateLimit-Global": "true", **refused("global", wait)}, limited(wait, everywhere=True))
        limit, seconds = LIMITS.get((method, template), DEFAULT)
        window = self._window((f"{method} {template}", top_id), now)
        over = self._over(window, now, limit, seconds)
        headers = self._headers(method, template, limit, window, now)
        if not over:
            return Verdict(headers)
        wait = window.ends - now
        return Verdict(headers | refused("user", wait), limited(wait))

    def old_edit(self, channel_id: str) -> Verdict | None:
        """Count one edit of a message older than an hour; a verdict only when there were too many."""
        now = time.monotonic()
        window = self._window(("old edits", channel_id), now)
        if not self.enabled or not self._over(window, now, *OLD_EDITS):
            return None
        wait = window.ends - now
        message = "Maximum number of edits to messages older than 1 hour reached. Try again later."
        return Verdict(refused("user", wait), {**limited(wait), "message": message, "code": 30046})

    def _window(self, key: tuple[str, str], now: float) -> Window:
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= _KEEP:
                self._windows = {each: old for each, old in self._windows.items() if old.ends > now}
            window = self._windows[key] = Window(0.0)
        return window

    @staticmethod
    def _over(window: Window, now: float, limit: int, seconds: float) -> bool:
        if now >= window.ends:
            window.ends, window.used = now + seconds, 0
        if window.used >= limit:
            return True
        window.used += 1
        return False

    @staticmethod
    def _headers(method: str, template: str, limit: int, window: Window, now: float) -> dict[str, str]:
        rest = window.ends - now
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - window.used),
            "X-RateLimit-Reset": f"{time.time() + rest:.3f}",
            "X-RateLimit-Reset-After": f"{rest:.3f}",
            "X-RateLimit-Bucket": bucket_hash(method, template),
        }


_hashes: dict[tuple[str, str], str] = {}


def bucket_hash(method: str, template: str) -> str:
    key = (method, template)
    if key not in _hashes:
        _hashes[key] = blake2b(f"{method} {template}".encode(), digest_size=16).hexdigest()
    return _hashes[key]


def refused(scope: str, wait: float) -> dict[str, str]:
    """Headers of a 429; without `Via` a client must take it for one of Cloudflare's."""
    return {"Via": "1.1 sandbox", "X-RateLimit-Scope": scope, "Retry-After": str(math.ceil(wait))}


def limited(wait: float, *, everywhere: bool = False) -> Json:
    return {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everywhere}
