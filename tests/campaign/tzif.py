"""Reads the time zone database by itself: a second opinion on what clocks on walls show.

Shares nothing with the bot but the files: neither `zoneinfo` nor the bot's arithmetic computes anything here. Format:
RFC 9636 (TZif), whose last line is a rule of POSIX for all years after the last stored change.
"""

import re
import struct
import zoneinfo
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from operator import itemgetter
from pathlib import Path

LAST_YEAR = 2040  # rules are worked out up to here
DAY = 86_400
_FARTHEST = 2 * DAY  # further from UTC is no clock
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEADER = struct.Struct(">4sc15x6l")
_NAME = r"(?:<[^>]+>|[A-Za-z]{3,})"
_OFFSET = r"[+-]?\d{1,3}(?::\d\d){0,2}"
_RULE = re.compile(rf"{_NAME}({_OFFSET})(?:{_NAME}({_OFFSET})?,([^,/]+)(?:/([^,]+))?,([^,/]+)(?:/(.+))?)?")


@dataclass(frozen=True, slots=True)
class Clocks:
    """`changes` are seconds since 1970 and the offset (seconds east of UTC) that holds from then on."""

    first: int
    changes: tuple[tuple[int, int], ...]

    def offset(self, moment: datetime) -> timedelta:
        """How far clocks are ahead of UTC at `moment` (aware)."""
        return timedelta(seconds=self._offset(_seconds(moment)))

    def shows(self, moment: datetime) -> datetime:
        """What clocks show at `moment`, naive."""
        return moment.astimezone(UTC).replace(tzinfo=None) + self.offset(moment)

    def meanings(self, wall: datetime) -> list[datetime]:
        """The moments at which clocks show `wall` (naive), in their order: none in a gap, two in an overlap."""
        as_utc = _seconds(wall.replace(tzinfo=UTC))
        first, last = (self._place(as_utc + side * _FARTHEST) for side in (-1, 1))
        offsets = {self._at(place) for place in range(first, last + 1)}
        found = {_moment(as_utc - offset) for offset in offsets}
        return sorted(moment for moment in found if self.shows(moment) == wall)

    def between(self, begin: datetime, end: datetime) -> list[tuple[datetime, timedelta]]:
        """Changes in that time: the moment, and by how much clocks are put forward."""
        found, before = [], self.first
        for second, offset in self.changes:
            if offset != before and begin <= _moment(second) < end:
                found.append((_moment(second), timedelta(seconds=offset - before)))
            before = offset
        return found

    def _offset(self, second: int) -> int:
        return self._at(self._place(second))

    def _place(self, second: int) -> int:
        return bisect_right(self.changes, second, key=itemgetter(0))

    def _at(self, place: int) -> int:
        return self.changes[place - 1][1] if place else self.first


@cache
def clocks(zone: str) -> Clocks:
    data = _file(zone)
    *_, skip = _block(data, 0, 4)
    times, kinds, offsets, end = _block(data, skip, 8)
    changes = [(second, offsets[kind]) for second, kind in zip(times, kinds, strict=True)]
    last = changes[-1][0] if changes else 0
    footer = data[end:].decode().strip("\n")
    changes += [change for change in _by_rule(footer) if change[0] > last]
    return Clocks(offsets[0], tuple(changes))


def _file(zone: str) -> bytes:
    for folder in zoneinfo.TZPATH:
        path = Path(folder, zone)
        if path.is_file():
            return path.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", zone).read_bytes()


def _block(data: bytes, at: int, size: int) -> tuple[list[int], list[int], list[int], int]:
    """Moments of changes, which kind begins there, the offsets of the kinds, and where the block ends."""
    magic, _, utc_marks, standard_marks, leaps, count, kinds, letters = _HEADER.unpack_from(data, at)
    assert magic == b"TZif"
    at += _HEADER.size
    times = list(struct.unpack_from(f">{count}{'q' if size > 4 else 'l'}", data, at))
    at += count * size
    which = list(data[at : at + count])
    at += count
    offsets = [struct.unpack_from(">l", data, at + 6 * kind)[0] for kind in range(kinds)]
    return times, which, offsets, at + 6 * kinds + letters + leaps * (size + 4) + standard_marks + utc_marks


def _by_rule(footer: str) -> list[tuple[int, int]]:
    rule = _RULE.fullmatch(footer)
    if rule is None or rule[3] is None:
        return []
    standard = -_clock(rule[1])
    summer = -_clock(rule[2]) if rule[2] else standard + 3600
    found = []
    for year in range(1990, LAST_YEAR):
        begins = _day(rule[3], year) * DAY + _clock(rule[4] or "2") - standard
        ends = _day(rule[5], year) * DAY + _clock(rule[6] or "2") - summer
        found += [(begins, summer), (ends, standard)]
    return sorted(found)


def _day(text: str, year: int) -> int:
    """Days since 1970 of "M10.5.0" (the last Sunday in October), "J60" or "59"."""
    if text[0] == "M":
        month, week, weekday = (int(part) for part in text[1:].split("."))
        days = [day for day in _days_of(year, month) if day.isoweekday() % 7 == weekday]
        return _number(days[-1] if week == 5 else days[week - 1])
    if text[0] == "J":  # without the 29th of February
        number = int(text[1:])
        leap = date(year, 12, 31).timetuple().tm_yday == 366
        return _number(date(year, 1, 1)) + number - 1 + (leap and number >= 60)
    return _number(date(year, 1, 1)) + int(text)


def _days_of(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    return [day for number in range(31) if (day := first + timedelta(days=number)).month == month]


def _number(day: date) -> int:
    return (day - _EPOCH.date()).days


def _clock(text: str) -> int:
    """Seconds of "2", "-1" or "+3:30"."""
    hours, *rest = text.lstrip("+-").split(":")
    minutes, seconds = (*(int(part) for part in rest), 0, 0)[:2]
    size = int(hours) * 3600 + minutes * 60 + seconds
    return -size if text.startswith("-") else size


def _seconds(moment: datetime) -> int:
    return round((moment - _EPOCH).total_seconds())


def _moment(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second)
