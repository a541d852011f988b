"""Reads how long something lasts, as people type it: 90m, 1h30, 1:30, "1 hour 30 min"."""

import re
from datetime import timedelta

from bot.domain.errors import Refusal
from bot.domain.lookup import quoted

# Our own bounds for what is typed: "5 min .. 7 days" for a session, one minute to a day for a delay.
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=7)
SHORTEST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=24)
# Longer than any duration or time that somebody types by hand.
MOST_CHARACTERS = 100

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)", re.ASCII)
_PART = re.compile(
    r"(\d{1,5})(?:[.,](\d{1,2}))?\s?(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m)?(?![a-z0-9])", re.ASCII
)
_GLUED = re.compile(r"(\d)\s?(h|d|w)\s?(?=\d)", re.ASCII)
_BETWEEN = re.compile(r"\s?(?:,|and\b)?\s?", re.ASCII)
_MINUTES = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}


def read_duration(text: str) -> timedelta:
    """How long a session lasts: 5 minutes to 7 days, in whole minutes.

    Raises:
        Refusal: it cannot be read, or is out of bounds; the words say what to write.
    """
    return _bounded(text, SHORTEST, LONGEST, "A session lasts")


def read_delay(text: str) -> timedelta:
    """By how much something is put off: 1 minute to 24 hours, in whole minutes.

    Raises:
        Refusal: it cannot be read, or is out of bounds; the words say what to write.
    """
    return _bounded(text, SHORTEST_DELAY, LONGEST_DELAY, "A delay is")


def parse_duration(text: str) -> timedelta | None:
    """The duration that `text` names, without bounds; None where it names none (also for a number without a unit)."""
    if len(text) > MOST_CHARACTERS or not text.isascii():
        return None
    plain = " ".join(text.lower().split())
    if clock := _CLOCK.fullmatch(plain):
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]))
    return _added_up(_GLUED.sub(r"\1\2 ", plain))


def duration_words(duration: timedelta) -> str:
    """1 hour 30 minutes."""
    minutes = round(duration.total_seconds() / 60)
    parts = []
    for name, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        number, minutes = divmod(minutes, size)
        if number:
            parts.append(f"{number} {name}" if number == 1 else f"{number} {name}s")
    return " ".join(parts) or "0 minutes"


def _bounded(text: str, shortest: timedelta, longest: timedelta, what: str) -> timedelta:
    duration = parse_duration(text)
    if duration is None:
        bare = text.strip()
        unit = f" A number needs its unit: `{bare}m` or `{bare}h`." if re.fullmatch(r"\d{1,3}", bare, re.ASCII) else ""
        raise Refusal(
            f"I cannot read {quoted(text)} as a length of time.{unit} Write it like `90m`, `1h30` or `1 hour 30 min`."
        )
    if not shortest <= duration <= longest:
        raise Refusal(
            f"{what} {duration_words(shortest)} to {duration_words(longest)}; {quoted(text)} is"
            f" {duration_words(duration)}. Write a length within that."
        )
    return duration


def _added_up(text: str) -> timedelta | None:
    """The sum of parts that go from large to small, each unit once; a last number behind hours counts minutes."""
    minutes, position, before = 0.0, 0, ""
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            return None
        number, fraction, unit = float(f"{part[1]}.{part[2] or 0}"), part[2], (part[3] or "")[:1]
        if not unit:
            if before != "h" or fraction or number >= 60 or part.end() < len(text):  # noqa: PLR2004 - minutes of an hour
                return None
            unit = "m"
        if before and _MINUTES[unit] >= _MINUTES[before]:
            return None
        minutes, before = minutes + number * _MINUTES[unit], unit
        between = _BETWEEN.match(text, part.end())
        position = between.end() if between else part.end()
    return timedelta(minutes=round(minutes)) if before else None
