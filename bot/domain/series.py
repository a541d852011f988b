"""Sessions that repeat: the same time on the wall clock each time, whatever the clocks do in between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refusal
from bot.domain.zones import FIRST_YEAR, LAST_YEAR, WrongTimeError, day_words, find_zone, resolve

# A year of weekly sessions; Discord holds 100 scheduled events per guild.
MOST = 52
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_MONTHS = 12


class Every(StrEnum):
    """The steps that a series can take."""

    WEEK = "week"
    SECOND_WEEK = "second_week"
    MONTH = "month"


class Fate(StrEnum):
    """What became of one occurrence: one that is skipped was never announced, a cancelled one stays visible."""

    PLANNED = "planned"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Scope(StrEnum):
    """How far an edit reaches."""

    THIS = "this"
    FOLLOWING = "following"


@dataclass(frozen=True, slots=True)
class Rule:
    """Steps, and where they end: after `count` occurrences or on the day `until`, one of the two.

    `nth` is for months: the first to fourth of its weekday, or -1 for the last one; the weekday is that of the start.
    """

    every: Every
    count: int | None = None
    until: date | None = None
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One session of a series. `number` counts from 1 and stays, `local` is what the clocks in its zone show (naive).

    `starts_at` is in UTC; it differs from `local` by more than the offset only where `note` says why.
    """

    number: int
    local: datetime
    starts_at: datetime
    fate: Fate = Fate.PLANNED
    moved: bool = False
    note: str | None = None


def monthly(first: date, *, last: bool = False, count: int | None = None, until: date | None = None) -> Rule:
    """The rule "every month on the same weekday" of which `first` is a day; `last` where that is the month's last one.

    Raises:
        Refusal: it is a fifth weekday, which most months lack, or not the last one.
    """
    nth = -1 if last else (first.day - 1) // 7 + 1
    rule = Rule(Every.MONTH, count, until, nth)
    _check_month(rule, first)
    return rule


def occurrences(rule: Rule, first: datetime, zone: str) -> tuple[Occurrence, ...]:
    """All of a series; `first` is what the clocks in `zone` (IANA) show at its first session (naive).

    A time that is left out when clocks are put forward is shifted by as much; of two, the first is taken; both noted.

    Raises:
        Refusal: the rule has no end or two, more than 52 occurrences, or does not fit `first`; with the way out.
    """
    _check(rule, first)
    days = [day for day in (_step(rule, first.date(), number) for number in range(_steps(rule))) if day is not None]
    if rule.until is not None:
        days = [day for day in days if day <= rule.until]
        if len(days) > MOST:
            raise _too_many(f"until {day_words(rule.until)} there are more than that")
    if any(day.year > LAST_YEAR for day in days):
        raise Refusal(f"The series goes on beyond the year {LAST_YEAR}: let it end earlier.")
    return tuple(
        _occurrence(number, datetime.combine(day, first.time()), zone) for number, day in enumerate(days, start=1)
    )


def numbers(series: Sequence[Occurrence], number: int, scope: Scope) -> tuple[int, ...]:
    """The numbers of those that an edit of `number` reaches: itself, or with all that follow and are still planned.

    Raises:
        Refusal: the series has no occurrence with that number.
    """
    _find(series, number)
    if scope is Scope.THIS:
        return (number,)
    return tuple(
        each.number for each in series if each.number == number or (each.number > number and each.fate is Fate.PLANNED)
    )


def set_fate(series: Sequence[Occurrence], number: int, scope: Scope, fate: Fate) -> tuple[Occurrence, ...]:
    """Skip or cancel one or all that follow, or plan them again.

    Raises:
        Refusal: there is no occurrence with that number.
    """
    _find(series, number)
    following = scope is Scope.FOLLOWING
    return tuple(
        replace(each, fate=fate) if each.number == number or (following and each.number > number) else each
        for each in series
    )


def move(
    series: Sequence[Occurrence], number: int, scope: Scope, new_local: datetime, zone: str
) -> tuple[Occurrence, ...]:
    """Put `number` at `new_local` (naive, in `zone`); with FOLLOWING the later ones shift by as much on the wall clock.

    Of the later ones, those that were moved for themselves stay: people have been told. A series of Tuesdays moved to
    a Thursday goes on on Thursdays; for months by weekday, start a new series instead.

    Raises:
        Refusal: there is no occurrence with that number, or a time is out of reach.
    """
    moved = _find(series, number)
    shift = new_local - moved.local
    try:
        return tuple(_moved(each, number, scope, shift, zone) for each in series)
    except OverflowError:
        raise _out_of_reach() from None


def rule_words(rule: Rule, first: date) -> str:
    """Every second week on Tuesday, 10 times."""
    weekday = _WEEKDAYS[first.weekday()]
    if rule.every is Every.MONTH:
        steps = f"every month on the {_ORDINALS.get(rule.nth or 0, '?')} {weekday}"
    else:
        steps = f"every {'second ' if rule.every is Every.SECOND_WEEK else ''}week on {weekday}"
    return f"{steps}, until {day_words(rule.until)}" if rule.until else f"{steps}, {rule.count} times"


def _moved(each: Occurrence, number: int, scope: Scope, shift: timedelta, zone: str) -> Occurrence:
    if each.number == number:
        fresh = _occurrence(number, each.local + shift, zone)
        return replace(fresh, fate=each.fate, moved=scope is Scope.THIS or each.moved)
    if scope is Scope.THIS or each.number < number or each.moved:
        return each
    return replace(_occurrence(each.number, each.local + shift, zone), fate=each.fate)


def _check(rule: Rule, first: datetime) -> None:
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise _out_of_reach()
    if (rule.count is None) == (rule.until is None):
        raise Refusal("A series ends after a number of sessions or on a day: give one of the two.")
    if rule.count is not None and rule.count > MOST:
        raise _too_many(f"you asked for {rule.count}")
    if rule.count is not None and rule.count < 1:
        raise Refusal("A series has at least one session: write 1 or more.")
    if rule.until is not None and rule.until < first.date():
        raise Refusal(f"The series ends on {day_words(rule.until)}, before it begins: correct one of the dates.")
    if rule.every is Every.MONTH:
        _check_month(rule, first.date())


def _check_month(rule: Rule, first: date) -> None:
    weekday = _WEEKDAYS[first.weekday()]
    if rule.nth not in _ORDINALS:
        raise Refusal(
            f"Most months have no fifth {weekday}: choose the last {weekday} of the month, or an earlier one."
        )
    if _nth_weekday(first.year, first.month, first.weekday(), rule.nth) != first:
        raise Refusal(
            f"{day_words(first)} is not the {_ORDINALS[rule.nth]} {weekday} of its month:"
            " correct the first day or the rule."
        )


def _steps(rule: Rule) -> int:
    """How many steps to look at: with a last day one more than fits, to see whether there are too many."""
    return MOST + 1 if rule.count is None else rule.count


def _step(rule: Rule, first: date, number: int) -> date | None:
    """The day of the step `number`, counted from 0; None beyond what a calendar holds."""
    try:
        if rule.every is not Every.MONTH:
            return first + timedelta(weeks=number * (2 if rule.every is Every.SECOND_WEEK else 1))
        months = first.month - 1 + number
        year, month = first.year + months // _MONTHS, months % _MONTHS + 1
        return _nth_weekday(year, month, first.weekday(), rule.nth or 1)
    except (OverflowError, ValueError):
        return None


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    if nth > 0:
        start = date(year, month, 1)
        return start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (nth - 1))
    end = date(year + month // _MONTHS, month % _MONTHS + 1, 1) - timedelta(days=1)
    return end - timedelta(days=(end.weekday() - weekday) % 7)


def _occurrence(number: int, local: datetime, zone: str) -> Occurrence:
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise _out_of_reach()
    try:
        return Occurrence(number, local, resolve(local, zone))
    except WrongTimeError as error:
        if not error.choices:
            raise Refusal(f"The series cannot be planned: {error}") from None
        moments = [choice.moment for choice in error.choices]
    rules = find_zone(zone)
    if moments[0].astimezone(rules).replace(tzinfo=None) == local:
        note = f"{local:%H:%M} comes twice on {day_words(local)}, when clocks are put back: the first is taken."
        return Occurrence(number, local, min(moments), note=note)
    shifted = max(moments)
    note = (
        f"{local:%H:%M} does not exist on {day_words(local)}, when clocks are put forward:"
        f" it is {shifted.astimezone(rules):%H:%M} that day."
    )
    return Occurrence(number, local, shifted.astimezone(UTC), note=note)


def _find(series: Sequence[Occurrence], number: int) -> Occurrence:
    for each in series:
        if each.number == number:
            return each
    raise Refusal(f"The series has no session number {number}: it has {len(series)}.")


def _too_many(words: str) -> Refusal:
    return Refusal(
        f"A series has at most {MOST} sessions, and {words}: let it end earlier, and begin another one then."
    )


def _out_of_reach() -> Refusal:
    return Refusal(f"A series lies between the years {FIRST_YEAR} and {LAST_YEAR}: correct the date.")
