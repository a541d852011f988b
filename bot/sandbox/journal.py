"""What happened, kept in rings: REST calls, dispatches, violations."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from bot.sandbox.wire import Json, loads

if TYPE_CHECKING:
    from collections.abc import Callable

RING = 20_000
VIOLATIONS = 1_000


def readable(raw: bytes) -> Any:
    """A body as JSON where it is JSON, as text otherwise."""
    if not raw:
        return None
    try:
        return loads(raw)
    except ValueError:
        return raw[:2_000].decode(errors="replace")


class Ring:
    """The last entries, each numbered; made readable only when somebody asks."""

    def __init__(self, render: Callable[[Any], Json], size: int = RING) -> None:
        self._entries: deque[tuple[int, Any]] = deque(maxlen=size)
        self._render = render
        self._next = 1

    def add(self, entry: Any) -> int:
        number, self._next = self._next, self._next + 1
        self._entries.append((number, entry))
        return number

    def since(self, number: int) -> Json:
        """Entries with a number of at least this one, and the number to ask with next time."""
        entries = [{"n": n} | self._render(entry) for n, entry in self._entries if n >= number]
        return {"entries": entries, "next": self._next}

    def last(self, count: int) -> list[Any]:
        return [entry for _, entry in list(self._entries)[-count:]]


def rest_entry(entry: tuple[str, str, str, str, int, bytes, bytes, bool, str | None]) -> Json:
    """A REST call; status 0 = cut before it was carried out, `fault` = the kind of fault that struck it."""
    at, method, path, route, status, request, response, authorized, fault = entry
    return {
        "at": at,
        "method": method,
        "path": path,
        "route": route,
        "status": status,
        "request": readable(request),
        "response": readable(response),
        "authorized": authorized,
        "fault": fault,
    }


def dispatch_entry(entry: tuple[str, str, bytes]) -> Json:
    at, event, data = entry
    return {"at": at, "event": event, "data": readable(data)}


class Violations:
    """Rules of Discord, or of this project, that the bot broke."""

    def __init__(self, tell: Callable[[Json], None]) -> None:
        self._list: deque[Json] = deque(maxlen=VIOLATIONS)
        self._tell = tell
        self.invalid_requests = 0  # 401, 403 and 429 answers: 10 000 in 10 minutes are a ban by Cloudflare

    def add(self, rule: str, where: str, words: str) -> None:
        violation = {"rule": rule, "where": where, "words": words}
        self._list.append(violation)
        self._tell({"type": "violation", **violation})

    def all(self) -> list[Json]:
        return list(self._list)
