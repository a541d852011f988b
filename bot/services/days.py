"""Words about a day: checked against a short grammar first, since the library that reads them takes anything."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.domain.zones import day_words

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAY = r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_FILLERS = {"on", "at", "the", "of", "@"}
_WORDS = {*_FILLERS, "in", "next", "this", "today", "tomorrow", "tonight", "days", "day", "weeks", "week", "am", "pm"}
_NAMED = re.compile(rf"{_WEEKDAY}|{_MONTH}", re.ASCII)
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", re.ASCII)
_COUNTED = re.compile(r"in (\d{1,3}) ?(d|days?|w|weeks?)", re.ASCII)
_THAT_WEEKDAY = re.compile(rf"(?:(next|this) )?({_WEEKDAY})", re.ASCII)
_BEFORE = re.compile(rf"({_WEEKDAY}) (.+)", re.ASCII)
_DATES = (
    re.compile(rf"(?P<day>\d{{1,2}})\.? (?P<name>{_MONTH})\.?(?: (?P<year>\d{{4}}))?", re.ASCII),
    re.compile(rf"(?P<name>{_MONTH})\.? (?P<day>\d{{1,2}})(?: (?P<year>\d{{4}}))?", re.ASCII),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})?", re.ASCII),
)
_EITHER_ORDER = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.ASCII)
_EVENING = 17
_MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Day:
    """`words` is what the library is given; the rest is what its answer must agree with."""

    words: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    ahead: int | None = None
    evening: bool = False


class NoDayError(ValueError):
    """There is no such day; the words go on after what was typed."""


class SeveralDaysError(ValueError):
    """More than one day can be meant: `days`."""

    def __init__(self, words: str, days: tuple[date, ...]) -> None:
        super().__init__(words)
        self.days = days


def is_word(text: str) -> bool:
    """Whether it belongs to the words about days, so that it is no abbreviation of a zone."""
    return text in _WORDS or _NAMED.fullmatch(text) is not None


def read(words: str, clock: time, base: datetime) -> datetime | None:
    """The wall-clock time (naive) next after `base` (naive) that lower-case `words` and `clock` name; None: not read.

    Raises:
        NoDayError: no calendar has that day.
        SeveralDaysError: two days can be meant.
    """
    day = describe(words)
    if day is None or (day.evening and clock.hour < _EVENING):
        return None
    _check_weekday(words, day, clock, base)
    found = _ask_library(f"{day.words} {clock:%H:%M:%S}".strip(), base)
    if found is None or not _agrees(found, day, clock, base):
        raise NoDayError("is on no calendar: correct the date, or write it in full, like `2027-05-24 10:00`.")
    if day.month and day.weekday is not None and found.weekday() != day.weekday:
        right = _WEEKDAYS[found.weekday()].capitalize()
        raise NoDayError(f"cannot be: {day_words(found)} is a {right}. Correct the weekday or the date.")
    return found


def describe(words: str) -> Day | None:
    """What lower-case `words` say about the day; None where they are none of the forms that are taken.

    Raises:
        SeveralDaysError: day and month can be read in either order.
    """
    plain = _ORDINAL.sub(r"\1", " ".join(word for word in words.split() if word not in _FILLERS))
    if plain in {"", "today", "tomorrow"}:
        return Day(plain, ahead={"today": 0, "tomorrow": 1}.get(plain))
    if plain == "tonight":
        return Day("today", ahead=0, evening=True)
    if counted := _COUNTED.fullmatch(plain):
        number, unit = int(counted[1]), "weeks" if counted[2].startswith("w") else "days"
        return Day(f"in {number} {unit}", ahead=number * (7 if unit == "weeks" else 1))
    if named := _THAT_WEEKDAY.fullmatch(plain):
        weekday = _number(_WEEKDAYS, named[2])
        return Day(_WEEKDAYS[weekday], weekday=weekday)
    before = _BEFORE.fullmatch(plain)
    date_words, weekday_word = (before[2], before[1]) if before else (plain, None)
    return _date(date_words, None if weekday_word is None else _number(_WEEKDAYS, weekday_word))


def _date(plain: str, weekday: int | None) -> Day | None:
    if either := _EITHER_ORDER.fullmatch(plain):
        plain = _ordered(*map(int, either.groups()))
    written = next(filter(None, (form.fullmatch(plain) for form in _DATES)), None)
    if written is None:
        return None
    parts = written.groupdict()
    day, year = int(parts["day"]), int(parts["year"]) if parts["year"] else None
    month = int(parts["month"]) if parts.get("month") else _number(_MONTHS, parts["name"]) + 1
    if not 1 <= month <= _MOST_MONTHS:
        raise NoDayError(f"has a month {month}, and there are {_MOST_MONTHS}: correct the date.")
    named = f"{day} {_MONTHS[month - 1]}"
    return Day(named if year is None else f"{named} {year:04}", year, month, day, weekday)


def _ordered(first: int, second: int, year: int) -> str:
    """As year, month, day, where one of the numbers can only be the day."""
    try:
        readings = {date(year, second, first)} if second <= _MOST_MONTHS else set()
        if first <= _MOST_MONTHS:
            readings.add(date(year, first, second))
    except ValueError:
        raise NoDayError("is on no calendar: correct the date.") from None
    if len(readings) > 1:
        shown = " or ".join(day_words(day) for day in sorted(readings))
        raise SeveralDaysError(f"is {shown}, depending on the country. Write one of these:", tuple(sorted(readings)))
    return str(readings.pop()) if readings else ""


def _check_weekday(words: str, day: Day, clock: time, base: datetime) -> None:
    """People understand "next friday" in two ways and, on a Friday, "friday" too."""
    if day.weekday is None or day.month is not None:
        return
    coming = base.date() + timedelta(days=(day.weekday - base.weekday()) % 7)
    days = (coming, coming + timedelta(days=7))
    if "next" in words.split():
        raise SeveralDaysError("can be understood in two ways. Write one of these:", days)
    if coming == base.date() and datetime.combine(coming, clock) > base:
        raise SeveralDaysError("can be today or a week from today. Write one of these:", days)


def _ask_library(words: str, base: datetime) -> datetime | None:
    """`words` have months by their English names, so no order is guessed; the host's zone plays no part."""
    import dateparser  # noqa: PLC0415 - it takes a seventh of a second, which a start without it does not pay

    settings: dict[str, Any] = {
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": base,
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "DATE_ORDER": "DMY",
    }
    try:
        found = dateparser.parse(words, languages=["en"], settings=settings)
    except (ValueError, OverflowError):
        return None
    return None if found is None else found.replace(tzinfo=None)


def _agrees(found: datetime, day: Day, clock: time, base: datetime) -> bool:
    return (
        found.time() == clock
        and day.year in {None, found.year}
        and day.month in {None, found.month}
        and day.day in {None, found.day}
        and (day.weekday is None or day.month is not None or found.weekday() == day.weekday)
        and (day.ahead is None or found.date() == base.date() + timedelta(days=day.ahead))
    )


def _number(names: tuple[str, ...], word: str) -> int:
    return next(number for number, name in enumerate(names) if name.startswith(word[:3]))
