"""How answers came in, in numbers that tell nothing about any one person."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.rsvps import Answer
from bot.domain.seats import After, Before, Standing
from bot.domain.sessions import Session

WAITING = "waiting"  # in person, without a seat yet
# In the order in which they are shown; `rows` in the database and the picture name them so.
GROUPS = (Answer.IN_PERSON.value, WAITING, Answer.ONLINE.value, Answer.MAYBE.value, Answer.DECLINED.value)
COMING = (Answer.IN_PERSON.value, Answer.ONLINE.value)

POINTS = 500  # of a curve: more than its picture has room for
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Point:
    """How many there were of each group from `at` on."""

    at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShowUp:
    """Of those who said they come this way, how many were checked in."""

    said: int = 0
    came: int = 0

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None when nobody said so."""
        return self.came / self.said if self.said else None


@dataclass(frozen=True, slots=True)
class Figures:
    """A session in numbers. `others` were checked in and had not said that they come.

    `doors` counts check-ins by where they were made. `known`: the single answers are still stored, so that show-up can
    be told; those of sessions long over are not.
    """

    session: Session
    points: tuple[Point, ...] = ()
    show_up: Mapping[str, ShowUp] = field(default_factory=dict)
    others: int = 0
    doors: Mapping[str, int] = field(default_factory=dict)
    known: bool = True

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each group there are at the end of the curve."""
        return self.points[-1].counts if self.points else {}

    @property
    def total(self) -> ShowUp:
        rates = self.show_up.values()
        return ShowUp(sum(rate.said for rate in rates), sum(rate.came for rate in rates))


def deltas(before: Before, after: After) -> dict[str, int]:
    """By how many each group grows or shrinks through presses; groups that stay as they are are left out."""
    news: Counter[str] = Counter()
    known = before.rows or {}
    for row in after.changed:
        news[_group(row)] += 1
        news[_group(known.get(row.user_id))] -= 1
    pressed = {row.user_id for row in after.changed}
    moved = sum(place.user_id not in pressed for place in after.moved)
    news[Answer.IN_PERSON.value] += moved
    news[WAITING] -= moved
    return {name: delta for name, delta in news.items() if name and delta}


def _group(row: Standing | None) -> str:
    if row is None or row.answer is None:
        return ""
    return WAITING if row.waiting else row.answer.value


def curve(events: Iterable[tuple[datetime, str, int]]) -> tuple[Point, ...]:
    """The counts after each moment, from (moment, group, delta) in the order of the moments."""
    counts = dict.fromkeys(GROUPS, 0)
    points: list[Point] = []
    for at, group, delta in events:
        counts[group] += delta
        if points and points[-1].at == at:
            points.pop()
        points.append(Point(at, dict(counts)))
    return tuple(points)


def thinned(points: Sequence[Point], most: int = POINTS) -> tuple[Point, ...]:
    """At most `most` of the points, the first and the last among them."""
    if len(points) <= most:
        return tuple(points)
    step = (len(points) - 1) / (most - 1)
    return tuple(points[round(number * step)] for number in range(most))
