"""What was measured, round by round, and how it is told."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

Compared = Literal["ratio", "more", "value"]

# A goal is told as a share of what is beside it, as so much more than that, or as it is.
_COMPARE: dict[Compared, Callable[[float, float], float]] = {
    "ratio": lambda ours, beside: ours / beside,
    "more": lambda ours, beside: ours - beside,
    "value": lambda ours, _: ours,
}


@dataclass
class Row:
    """One line of the table. Without a goal it is there to be read only."""

    what: str
    goal: float | None
    unit: str = ""
    compared: Compared = "ratio"
    at_most: bool = False
    digits: int = 0
    ours: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)

    def add(self, ours: float, beside: float = 0.0) -> None:
        self.ours.append(ours)
        self.beside.append(beside)

    def rounds(self) -> list[float]:
        """What is held against the goal, of each round."""
        return [_COMPARE[self.compared](*pair) for pair in zip(self.ours, self.beside, strict=True)]

    @property
    def result(self) -> float:
        # What must never happen must not happen in any round.
        return max(self.rounds()) if self.goal == 0 else statistics.median(self.rounds())

    @property
    def reached(self) -> bool:
        if self.goal is None:
            return True
        return self.result <= self.goal if self.at_most else self.result >= self.goal

    @property
    def score(self) -> float:
        """How far it goes beyond the goal: from 1 on it is reached."""
        assert self.goal
        if not self.at_most:
            return self.result / self.goal
        return self.goal / self.result if self.result > 0 else float("inf")

    def line(self) -> str:
        beside = "" if self.compared == "value" else self._figure(statistics.median(self.beside))
        ours = self._figure(statistics.median(self.ours))
        reached = "" if self.goal is None else "yes" if self.reached else "**no**"
        return f"| {self.what} | {ours} | {beside} | {self.told()} | {self.told_goal()} | {reached} |"

    def told(self) -> str:
        rounds = self.rounds()
        middle, low, high = (self._compared(each) for each in (self.result, min(rounds), max(rounds)))
        return middle if low == high else f"{middle} ({low} to {high})"

    def told_goal(self) -> str:
        if self.goal is None:
            return ""
        unit = "" if self.compared == "ratio" or not self.unit else f" {self.unit}"
        number = f"{self.goal:.2f}" if self.compared == "ratio" or self.goal % 1 else f"{self.goal:.0f}"
        return f"{'at most' if self.at_most else 'at least'} {number}{unit}{' more' if self.compared == 'more' else ''}"

    def _figure(self, value: float) -> str:
        return f"{value:,.{self.digits}f}{f' {self.unit}' if self.unit else ''}"

    def _compared(self, value: float) -> str:
        if self.compared == "ratio":
            return f"{value:.2f}"
        return f"{value:+,.{self.digits}f}" if self.compared == "more" else f"{value:,.{self.digits}f}"


@dataclass(frozen=True)
class Part:
    """What one part of the bench found; `rows` stand in the first table and in the picture, `details` below."""

    title: str
    words: str
    rows: list[Row]
    details: list[Row] = field(default_factory=list)


def worst(what: str, rows: Iterable[Row]) -> Row:
    """A line for the row of all that is the slowest beside the other."""
    found = max(rows, key=lambda row: row.result)
    return replace(found, what=f"{what}: {found.what}")


def table(rows: Iterable[Row]) -> str:
    head = "| what | ours | beside | compared (lowest to highest round) | goal | reached |\n|-|-:|-:|-:|-|-|\n"
    return head + "".join(f"{row.line()}\n" for row in rows)


def quantile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[round((len(ordered) - 1) * share)]
