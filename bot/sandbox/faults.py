"""Faults to order: what goes wrong with which calls, how often."""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.wire import Json

KINDS = (
    "status",
    "rate_limit",
    "cloudflare_429",
    "drop_before",
    "drop_after",
    "hang_after",
    "delay",
    "hold",
    "hold_after",
    "status_after",
    "error",
)
AFTER = ("drop_after", "hang_after", "hold_after", "status_after")  # carried out: only the answer suffers
NUMBERS = ("seconds", "status", "retry_after", "code")


@dataclass(slots=True)
class Fault:
    """One ordered fault: which calls it meets and what it does to them."""

    id: int
    match: Json
    fault: Json
    times: int | None = None
    probability: float = 1.0
    seed: int | None = None
    hits: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)  # ended by order: calls that are held go on
    _route: re.Pattern[str] | None = None
    _body: re.Pattern[str] | None = None
    _random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._random.seed(self.seed)
        route = self.match.get("route")
        self._route = re.compile(route) if route else None
        body = self.match.get("body")
        self._body = re.compile(body) if body else None

    @property
    def kind(self) -> str:
        return str(self.fault["kind"])

    @property
    def used_up(self) -> bool:
        return self.times is not None and self.hits >= self.times

    @property
    def reads(self) -> bool:
        """Whether it depends on what a call says."""
        return self._body is not None and not self.used_up

    def meets(self, method: str, path: str, template: str, channel: str, body: bytes) -> bool:
        """Whether this call is struck; counts when it is."""
        match = self.match
        if self.used_up or (match.get("method") or method).upper() != method:
            return False
        if match.get("channel") and str(match["channel"]) != channel:
            return False
        if self._route is not None:
            route = match["route"]
            literal = path.startswith(route) or template.startswith(route)
            if not (literal or self._route.match(path) or self._route.match(template)):
                return False
        if self._body is not None and not self._body.search(body.decode(errors="replace")):
            return False
        if self.probability < 1.0 and self._random.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "match": self.match,
            "fault": self.fault,
            "times": self.times,
            "probability": self.probability,
            "seed": self.seed,
            "hits": self.hits,
        }


class Faults:
    """The faults in force; the first that meets a call strikes it, used-up ones stay listed with their hits."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._next = 1

    def order(self, order: Json) -> Fault:
        """Add a fault. Raises ValueError with words when the order makes no sense."""
        fault = order.get("fault")
        if not isinstance(fault, dict) or fault.get("kind") not in KINDS:
            raise ValueError(f"fault.kind must be one of {', '.join(KINDS)}")
        for name in NUMBERS:
            if not isinstance(fault.get(name, 0), int | float):
                raise ValueError(f"fault.{name} must be a number")  # noqa: TRY004  # the caller knows one error
        match: Any = order.get("match") or {}
        try:
            made = Fault(
                self._next,
                match,
                fault,
                order.get("times"),
                float(order.get("probability", 1.0)),
                order.get("seed"),
            )
        except re.error as problem:
            raise ValueError(f"match.route or match.body is no regular expression: {problem}") from problem
        self._faults[made.id] = made
        self._next += 1
        return made

    @property
    def read(self) -> bool:
        """Whether `strike` needs the body."""
        return any(fault.reads for fault in self._faults.values())

    def strike(self, method: str, path: str, template: str, channel: str, body: bytes = b"") -> Fault | None:
        for fault in self._faults.values():
            if fault.meets(method, path, template, channel, body):
                return fault
        return None

    def all(self) -> list[Json]:
        return [fault.as_json() for fault in self._faults.values()]

    def clear(self, fault_id: int | None = None) -> None:
        for number in list(self._faults) if fault_id is None else [fault_id]:
            fault = self._faults.pop(number, None)
            if fault is not None:
                fault.over.set()
