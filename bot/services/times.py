"""Reads the moments that moderators type, in the zone of the session: strictly, for a wrong guess brings nobody."""

import asyncio
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.errors import Refusal
from bot.domain.lookup import quoted
from bot.domain.wallclock import write_local
from bot.domain.zones import Choice, WrongTimeError, day_words, find_zone, resolve
from bot.services import days
from bot.services.durations import LONGEST as LONGEST_SESSION
from bot.services.durations import MOST_CHARACTERS, SHORTEST, duration_words, parse_duration, read_duration

P = ParamSpec("P")
T = TypeVar("T")

# A session further away is a slip of the pen.
YEARS_AHEAD = 5

_CLOCK = re.compile(
    r"(?<![\w:.+\-/])(?:(\d{1,2}):(\d{2})(?::(\d{2}))?\s?([ap]m\b)?|(\d{1,2})\s?([ap]m)\b|(noon|midnight)\b)(?![:\d])",
    re.ASCII,
)
_LABEL = re.compile(r"\s?((?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?|[a-z]{1,5})(?=\s|$)", re.ASCII)
_ISO_T = re.compile(r"(?<=\d)t(?=\d{1,2}:)", re.ASCII)
_DOTTED_HALF = re.compile(r"\b([ap])\.m\b\.?", re.ASCII)
_COUNTED = re.compile(r"in (.{1,60})", re.ASCII)
_A_FEW_DAYS = re.compile(r"\d{1,3} ?(?:d|days?|w|weeks?)", re.ASCII)
_ALWAYS_KNOWN = {"z", "utc", "gmt"}
_NOON = 12
# One thread of our own, not a lock around any: who is not waited for any more still has to be done before the next.
_READER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="times")


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is aware and in UTC; `written` is how to write it so that it is read as the same ("2027-05-24 10:00")."""

    at: datetime
    written: str


class TimeRefusal(Refusal):
    """A time that cannot be taken; `choices` are the times that could be meant, for buttons."""

    def __init__(self, words: str, choices: Iterable[Choice] = ()) -> None:
        self.choices = tuple(choices)
        listed = "".join(f"\n• `{choice.text}`: {_stamp(choice.moment)}" for choice in self.choices)
        super().__init__(f"{words}{listed}")


@dataclass(frozen=True, slots=True)
class _Written:
    """What was typed, taken apart: the time of day, the words about the day, the abbreviation beside the time."""

    clock: time
    day: str
    label: str | None


async def in_turn(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `read`, which reads times or days, returns: off the event loop, and one at a time.

    The library that knows the calendar words keeps what it is doing in places that all callers share.
    """
    return await asyncio.get_running_loop().run_in_executor(_READER, partial(read, *args, **kwargs))


def warm_up() -> None:
    """Load the library that knows the calendar words; takes a third of a second, so off the event loop, once."""
    for words in ("tomorrow", "24 may 2027"):
        days.read(words, time(_NOON), datetime(2027, 1, 1))  # noqa: DTZ001 - any day will do


def read_moment(text: str, zone: str, now: datetime) -> Moment:
    """The moment `text` names on the clocks of `zone` (IANA), at `now` or up to five years later.

    Takes about 3 milliseconds after `warm_up`.

    Raises:
        Refusal: the words say what is wrong with it and what to write; a TimeRefusal offers what could be meant.
    """
    plain = _plain(text)
    rules = _zone(zone)
    elapsed = _elapsed(plain)
    if elapsed is not None:
        at = (now.astimezone(UTC) + elapsed).replace(microsecond=0)
    else:
        at = _on_the_clock(text, plain, rules, now)
    return _to_come(text, at, rules, now)


def read_end(text: str, zone: str, starts_at: datetime) -> Moment:
    """When a session ends that begins at `starts_at`: typed as a length ("90m"), a time of day or a moment.

    Raises:
        Refusal: as `read_moment`; or the session would be shorter than 5 minutes or longer than 7 days.
    """
    if re.fullmatch(r"\d:[0-5]\d", text.strip(), re.ASCII):
        raise _two_meanings(text.strip(), zone, starts_at)
    if parse_duration(text) is not None and not re.fullmatch(r"\d\d:\d\d", text.strip(), re.ASCII):
        at = starts_at + read_duration(text)
        return Moment(at, write_local(at, zone))
    end = read_moment(text, zone, starts_at)
    if not SHORTEST <= end.at - starts_at <= LONGEST_SESSION:
        raise TimeRefusal(
            f"A session lasts {duration_words(SHORTEST)} to {duration_words(LONGEST_SESSION)}; it starts"
            f" {_stamp(starts_at)} and {quoted(text)} is {_stamp(end.at)}. Correct one of the two."
        )
    return end


def _plain(text: str) -> str:
    """On one line, with single spaces and without commas; still in the capitals it was typed in."""
    if len(text) > MOST_CHARACTERS:
        raise Refusal(f"The time has {len(text)} characters and {MOST_CHARACTERS} fit: write it like `tomorrow 20:00`.")
    if any(not sign.isprintable() for sign in text):
        raise Refusal("The time has an invisible character or a line break in it: type it anew, on one line.")
    return " ".join(text.replace(",", " ").split())


def _zone(name: str) -> ZoneInfo:
    try:
        return find_zone(name)
    except WrongTimeError as error:
        raise Refusal(f"The time zone cannot be used: {error}") from None


def _elapsed(plain: str) -> timedelta | None:
    """For "in 2 hours": time that passes, whatever the clocks on the walls do meanwhile. "in 3 days" needs a time."""
    counted = _COUNTED.fullmatch(plain.lower())
    if counted is None or _A_FEW_DAYS.fullmatch(counted[1]) or ":" in counted[1]:
        return None
    words = re.sub(r"\b(?:an?|one)\b(?= )", "1", counted[1])
    return parse_duration(words)


def _on_the_clock(text: str, plain: str, rules: ZoneInfo, now: datetime) -> datetime:
    base = now.astimezone(rules).replace(tzinfo=None, microsecond=0)
    written = _taken_apart(text, plain, rules, base)
    try:
        local = days.read(written.day, written.clock, base)
    except days.SeveralDaysError as error:
        raise TimeRefusal(f"{quoted(text)} {error}", _choices(error.days, written, rules)) from None
    except days.NoDayError as error:
        raise TimeRefusal(f"{quoted(text)} {error}") from None
    if local is None:
        raise _not_understood(text, base)
    try:
        return resolve(local, rules.key, written.label)
    except WrongTimeError as error:
        raise TimeRefusal(str(error), error.choices) from None


def _taken_apart(text: str, plain: str, rules: ZoneInfo, base: datetime) -> _Written:
    if not plain.isascii():
        raise _not_understood(text, base)
    lower = _ISO_T.sub(" ", _DOTTED_HALF.sub(r"\1m", plain.lower()))
    clocks = list(_CLOCK.finditer(lower))
    if not clocks:
        raise _no_clock(text, lower, base)
    if len(clocks) > 1:
        raise TimeRefusal(f"{quoted(text)} names two times of day: write one of them here.")
    found = clocks[0]
    clock = _clock(text, found)
    label = _label(lower[found.end() :], plain, rules, base)
    rest = lower[found.end() :].removeprefix(label[0]) if label else lower[found.end() :]
    return _Written(clock, " ".join((lower[: found.start()] + " " + rest).split()), label[1] if label else None)


def _clock(text: str, found: re.Match[str]) -> time:
    hour, minute, second, half, only_hour, its_half, word = found.groups()
    if word == "midnight":
        raise TimeRefusal(f"{quoted(text)}: midnight begins a day or ends it. Write `00:00` with the day that begins.")
    if word == "noon":
        return time(_NOON)
    number, half = int(hour or only_hour), half or its_half
    if half and not 1 <= number <= _NOON:
        raise TimeRefusal(f"{quoted(text)}: an hour with {half} goes from 1 to 12. Write `8pm` or `20:00`.")
    if half:
        number = number % _NOON + (_NOON if half == "pm" else 0)
    try:
        return time(number, int(minute or 0), int(second or 0))
    except ValueError:
        raise TimeRefusal(
            f"{quoted(text)}: no clock shows that. Hours go from 00 to 23 and minutes to 59; the end of a day is"
            " `00:00` of the next one."
        ) from None


def _label(after: str, plain: str, rules: ZoneInfo, base: datetime) -> tuple[str, str] | None:
    """The abbreviation or offset that stands behind the time: as it stands there, and alone."""
    found = _LABEL.match(after)
    if found is None or days.is_word(found[1]):
        return None
    label = found[1]
    if label.isalpha() and label.upper() not in plain.split() and not _is_known(label, rules, base.year):
        return None
    return found[0], label.upper()


def _is_known(label: str, rules: ZoneInfo, year: int) -> bool:
    own = {datetime(year, month, 1, tzinfo=rules).tzname() for month in (1, 4, 7, 10)}
    return label in _ALWAYS_KNOWN or label.upper() in own


def _to_come(text: str, at: datetime, rules: ZoneInfo, now: datetime) -> Moment:
    if at < now:
        raise TimeRefusal(f"{quoted(text)} is {_stamp(at)}, which is past: write a time to come, with its date.")
    if at > now + timedelta(days=round(YEARS_AHEAD * 365.25)):
        raise TimeRefusal(f"{quoted(text)} is {_stamp(at)}, more than {YEARS_AHEAD} years ahead: correct the year.")
    return Moment(at, write_local(at, rules.key))


def _not_understood(text: str, base: datetime) -> TimeRefusal:
    day = base.date() + timedelta(days=1)
    return TimeRefusal(
        f"I cannot read {quoted(text)} as a time. Write it like `tomorrow 8pm`, `friday 18:30`,"
        f" `{day_words(day)} 10:00`, `{day} 10:00` or `in 2 hours`."
    )


def _no_clock(text: str, lower: str, base: datetime) -> TimeRefusal:
    if re.fullmatch(r"(?:at )?(?:1?\d|2[0-3])", lower):
        number = lower.removeprefix("at ")
        return TimeRefusal(f"{quoted(text)} can mean many things: write `{number}:00`, `{number}am` or `{number}pm`.")
    try:
        known = bool(lower) and days.describe(lower) is not None
    except (days.SeveralDaysError, days.NoDayError):
        known = True
    if known:
        return TimeRefusal(f"{quoted(text)} names no time of day: add it, like {quoted(text.strip() + ' 20:00')}.")
    return _not_understood(text, base)


def _choices(found: Iterable[date], written: _Written, rules: ZoneInfo) -> list[Choice]:
    """The days that could be meant, each with the time that was written; without those that have no such time."""
    choices = []
    for day in found:
        local = datetime.combine(day, written.clock)
        try:
            at = resolve(local, rules.key, written.label)
        except WrongTimeError:
            continue
        choices.append(Choice(write_local(at, rules.key), at))
    return choices


def _two_meanings(text: str, zone: str, starts_at: datetime) -> TimeRefusal:
    hours, minutes = text.split(":")
    as_length = Choice(f"{hours}h{minutes}", starts_at + timedelta(hours=int(hours), minutes=int(minutes)))
    as_clock = Choice(f"0{text}", read_moment(f"0{text}", zone, starts_at).at)
    choices = [each for each in (as_length, as_clock) if each.moment - starts_at >= SHORTEST]
    return TimeRefusal(f"{quoted(text)} can be a length or a time of day. Write one of these:", choices)


def _stamp(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:F>"
