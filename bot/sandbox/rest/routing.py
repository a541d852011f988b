"""Routes of the REST API: a tree by path segment, and the call that a handler gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.rules import Refusal
from bot.sandbox.rules.form import Form
from bot.sandbox.rules.refusal import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.core import Sandbox
    from bot.sandbox.uploads import Upload
    from bot.sandbox.wire import Json

TOP_LEVEL = ("{channel_id}", "{guild_id}", "{webhook_token}")


@dataclass(slots=True)
class Call:
    """One REST call: ids are the variable parts of the path, in order."""

    ids: list[str]
    query: Any
    body: Any = None
    files: dict[int, Upload] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        """The body where it must be an object."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise Refusal(400, 50035, "Invalid Form Body")
        return self.body

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A number of the query string within its limits. Raises Refusal."""
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isdigit() or not low <= int(text) <= high:
            words = f"int value should be between {low} and {high}."
            error = {"_errors": [{"code": "NUMBER_TYPE_MAX", "message": words}]}
            raise Refusal(400, 50035, "Invalid Form Body", {name: error})
        return int(text)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with another status than 200."""

    status: int
    value: Any


Handler = Callable[["Sandbox", Call], Any]


@dataclass(slots=True)
class Route:
    """A handler with what the front has to know before calling it; None as answer means 204."""

    method: str
    template: str
    handler: Handler
    open: bool = False  # reached by an interaction's token instead of the bot's; outside the global limit
    unlimited: bool = False
    top: int | None = None
    channel: int | None = None
    _names: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._names = [part for part in self.template.split("/") if part.startswith("{")]
        self.top = next((at for at, name in enumerate(self._names) if name in TOP_LEVEL), None)
        self.channel = self._names.index("{channel_id}") if "{channel_id}" in self._names else None

    def check_ids(self, ids: list[str]) -> None:
        """Refuse a path with something else where a snowflake belongs."""
        problems = Problems()
        for name, value in zip(self._names, ids, strict=True):
            if name.endswith("_id}"):
                Form({name[1:-1]: value}, problems).snowflake(name[1:-1])
        problems.refuse_if_any()


class Routes:
    """A list of routes that one family of endpoints fills."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def on(self, method: str, template: str, **how: bool) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self.all.append(Route(method, template, handler, **how))
            return handler

        return keep


class Router:
    """Finds the route of a path; fixed segments win over variable ones."""

    def __init__(self, families: Iterable[Routes]) -> None:
        self._root: dict[str, Any] = {}
        for family in families:
            for route in family.all:
                self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for part in route.template.strip("/").split("/"):
            node = node.setdefault("*" if part.startswith("{") else part, {})
        node.setdefault("", {})[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route | None, list[str]]:
        """The route and the variable parts; no route for an unknown path or method."""
        ids: list[str] = []
        node = self._root
        for part in path.strip("/").split("/"):
            if part in node and part not in ("*", ""):
                node = node[part]
            elif "*" in node:
                node = node["*"]
                ids.append(part)
            else:
                return None, ids
        route: Route | None = node.get("", {}).get(method)
        return route, ids
