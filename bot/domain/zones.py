"""From what a clock on a wall shows to a moment: never guessing where there are two readings or none."""

import difflib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.domain.lookup import quoted

# Discord's timestamps and the time zone rules both reach further; a session outside of this is a slip of the pen.
FIRST_YEAR, LAST_YEAR = 1970, 2100

_ZONE = re.compile(r"(?:UTC|[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2})", re.ASCII)
# "Etc/GMT+2" is two hours *behind* UTC, "right/…" counts leap seconds: nobody who writes them means it.
_NO_PLACES = {"Etc", "SystemV"}
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d)(?::([0-5]\d))?)?", re.ASCII)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# Hours from UTC of the abbreviations people write, for saying what a misplaced one would mean; several where the
# world uses one for several zones. An abbreviation that the session's own zone uses needs no entry.
_HOURS: dict[str, tuple[float, ...]] = {
    "Z": (0,),
    "UTC": (0,),
    "GMT": (0,),
    "WET": (0,),
    "WEST": (1,),
    "BST": (1, 6),
    "IST": (5.5, 1, 2),
    "CET": (1,),
    "MEZ": (1,),
    "CEST": (2,),
    "MESZ": (2,),
    "EET": (2,),
    "EEST": (3,),
    "MSK": (3,),
    "WAT": (1,),
    "CAT": (2,),
    "SAST": (2,),
    "EAT": (3,),
    "GST": (4,),
    "PKT": (5,),
    "SGT": (8,),
    "HKT": (8,),
    "JST": (9,),
    "KST": (9,),
    "AWST": (8,),
    "ACST": (9.5,),
    "ACDT": (10.5,),
    "AEST": (10,),
    "AEDT": (11,),
    "NZST": (12,),
    "NZDT": (13,),
    "BRT": (-3,),
    "ART": (-3,),
    "NST": (-3.5,),
    "NDT": (-2.5,),
    "AST": (-4, 3),
    "ADT": (-3,),
    "EST": (-5,),
    "EDT": (-4,),
    "CST": (-6, 8),
    "CDT": (-5,),
    "MST": (-7,),
    "MDT": (-6,),
    "PST": (-8,),
    "PDT": (-7,),
    "AKST": (-9,),
    "AKDT": (-8,),
    "HST": (-10,),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A time that could be meant: `text` is how to write it ("2022-10-30 02:30 CEST"), `moment` what it is in UTC."""

    text: str
    moment: datetime


class WrongTimeError(ValueError):
    """The time cannot be taken as it was written: `str()` says why; `choices` are the times that could be meant."""

    def __init__(self, words: str, choices: tuple[Choice, ...] = ()) -> None:
        super().__init__(words)
        self.choices = choices


def find_zone(name: str) -> ZoneInfo:
    """The IANA zone `name`.

    Raises:
        WrongTimeError: it is none, or one that does not follow the clocks of a place; the words name similar ones.
    """
    if _ZONE.fullmatch(name) and name.partition("/")[0] not in _NO_PLACES:
        try:
            return ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise WrongTimeError(f"{quoted(name, 40)} is no time zone of a place: write {_similar_zones(name)}")


def resolve(local: datetime, zone: str, label: str | None = None) -> datetime:
    """The moment, in UTC, at which clocks in `zone` show `local` (naive).

    `label` is what was written beside the time: an abbreviation ("CEST") or an offset ("UTC+2", "+02:00", "Z"). It
    decides between the two readings when clocks are put back, and must not contradict the zone on that date.

    Raises:
        WrongTimeError: there is no such time, it comes twice, or the label contradicts; with the choices.
    """
    rules = find_zone(zone)
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise WrongTimeError(f"the year {local.year} is out of reach: write one from {FIRST_YEAR} to {LAST_YEAR}")
    readings = _readings(local, rules)
    real = [moment for moment in readings if moment.astimezone(rules).replace(tzinfo=None) == local]
    if not real:
        raise _gap(local, rules, readings)
    meant = real if label is None else _matching(real, rules, local, label)
    if not meant:
        raise _contradiction(local, rules, real, label or "")
    if len(meant) > 1:
        raise _twice(local, rules, meant)
    return meant[0]


def offset_words(offset: timedelta) -> str:
    """UTC, UTC+2, UTC-3:30."""
    seconds = int(offset.total_seconds())
    if not seconds:
        return "UTC"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    tail = (f":{minutes:02}" if minutes or rest else "") + (f":{rest:02}" if rest else "")
    return f"UTC{'-' if seconds < 0 else '+'}{hours}{tail}"


def day_words(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _readings(local: datetime, rules: ZoneInfo) -> list[datetime]:
    """What `local` may mean, earliest first: one moment, or two around a change of the clocks."""
    return sorted({local.replace(tzinfo=rules, fold=fold).astimezone(UTC) for fold in (0, 1)})


def _matching(moments: list[datetime], rules: ZoneInfo, local: datetime, label: str) -> list[datetime]:
    named = [moment for moment in moments if _name(moment, rules) == label.upper()]
    if named:
        return named
    offsets = _meanings(label, rules, local.year)
    return [moment for moment in moments if _offset(moment, rules) in offsets]


def _meanings(label: str, rules: ZoneInfo, year: int) -> list[timedelta]:
    """The offsets `label` may stand for, the zone's own use of it first; none for an unknown one."""
    written = _OFFSET.fullmatch(label.upper())
    if written:
        sign, hours, minutes, seconds = written.groups()
        size = timedelta(hours=int(hours), minutes=int(minutes or 0), seconds=int(seconds or 0))
        return [-size if sign == "-" else size]
    seasons = [datetime(year, month, 1, tzinfo=rules).astimezone(UTC) for month in range(1, 13)]
    own = {_offset(moment, rules) for moment in seasons if _name(moment, rules) == label.upper()}
    return [*sorted(own), *(timedelta(hours=hours) for hours in _HOURS.get(label.upper(), ()))]


def _gap(local: datetime, rules: ZoneInfo, readings: list[datetime]) -> WrongTimeError:
    choices = _choices(readings, rules)
    return WrongTimeError(
        f"{local:%H:%M} does not exist in {_place(rules)} on {day_words(local)}: the clocks are put forward past it."
        f" Write {_listed(choices)}.",
        choices,
    )


def _twice(local: datetime, rules: ZoneInfo, moments: list[datetime]) -> WrongTimeError:
    choices = _choices(moments, rules)
    return WrongTimeError(
        f"{local:%H:%M} comes twice in {_place(rules)} on {day_words(local)}: the clocks are put back."
        f" Write {_listed(choices)}.",
        choices,
    )


def _contradiction(local: datetime, rules: ZoneInfo, real: list[datetime], label: str) -> WrongTimeError:
    choices = _choices(real, rules)
    place, holds = _place(rules), " and ".join(_named_offset(moment, rules) for moment in real)
    here = f"in {place} {holds} {'holds' if len(real) == 1 else 'hold'} on {day_words(local)}"
    way_out = f"Write {' or '.join(_short(choice, local) for choice in choices)}"
    way_out += ", or leave the abbreviation out." if len(real) == 1 else "."
    meanings = _meanings(label, rules, local.year)
    if not meanings:
        return WrongTimeError(f"{quoted(label, 20)} beside a time is not known; {here}. {way_out}", choices)
    shown, other = label.upper(), local.replace(tzinfo=UTC) - meanings[0]
    is_offset = _OFFSET.fullmatch(shown) is not None or shown == offset_words(meanings[0])
    words = "" if is_offset else f" is {offset_words(meanings[0])}"
    return WrongTimeError(
        f"{shown}{words}, but {here}: {local:%H:%M} in {place} is {_clock(real[0], local)} UTC;"
        f" {local:%H:%M} {shown} would be {_clock(other, local)} UTC"
        f" ({_clock(other.astimezone(rules), local)} in {place}). {way_out}",
        (*choices, *_choices([other], rules)),
    )


def _choices(moments: list[datetime], rules: ZoneInfo) -> tuple[Choice, ...]:
    names = [_name(moment, rules) for moment in moments]
    if len(set(names)) < len(names) or not all(name.isalpha() for name in names):
        names = [offset_words(_offset(moment, rules)) for moment in moments]
    return tuple(
        Choice(f"{moment.astimezone(rules):%Y-%m-%d %H:%M} {name}", moment)
        for moment, name in zip(moments, names, strict=True)
    )


def _listed(choices: tuple[Choice, ...]) -> str:
    return " or ".join(f"{choice.text} ({choice.moment:%H:%M} UTC)" for choice in choices)


def _short(choice: Choice, local: datetime) -> str:
    """Without the date where that is as it was written."""
    return choice.text.removeprefix(f"{local:%Y-%m-%d} ")


def _clock(moment: datetime, local: datetime) -> str:
    return f"{moment:%H:%M}" if moment.date() == local.date() else f"{moment:%H:%M} on {day_words(moment)}"


def _named_offset(moment: datetime, rules: ZoneInfo) -> str:
    aware = moment.astimezone(rules)
    name, offset = _name(moment, rules), offset_words(_offset(moment, rules))
    season = "summer time " if (aware.dst() or timedelta()) > timedelta() else ""
    return f"{season}{name}, {offset}," if name.isalpha() and name != offset else f"{season}{offset}"


def _name(moment: datetime, rules: ZoneInfo) -> str:
    return moment.astimezone(rules).tzname() or ""


def _offset(moment: datetime, rules: ZoneInfo) -> timedelta:
    return moment.astimezone(rules).utcoffset() or timedelta()


def _place(rules: ZoneInfo) -> str:
    return rules.key.rpartition("/")[2].replace("_", " ")


def _similar_zones(name: str) -> str:
    if name.isupper():  # an abbreviation: what looks like it lies anywhere
        return '"Europe/Berlin" or another Area/City'
    zones = _zone_names()
    city = name[:64].rpartition("/")[2].replace(" ", "_").casefold()
    by_city = {zone.rpartition("/")[2].casefold(): zone for zone in zones}
    near = difflib.get_close_matches(city, by_city, n=3, cutoff=0.75)
    return " or ".join(f'"{by_city[key]}"' for key in near) or '"Europe/Berlin" or another Area/City'


@cache
def _zone_names() -> tuple[str, ...]:
    names = zoneinfo.available_timezones()
    return tuple(sorted(name for name in names if "/" in name and name.partition("/")[0] not in _NO_PLACES))
