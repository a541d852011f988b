"""Reads the times of a programme file: a wall clock's date and time, and the zone written beside it, if any."""

import re
from datetime import date, datetime, time

from bot.domain.zones import offset_words

EXAMPLE = "2022-05-24 10:00"

_WRITTEN = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2}))?"
    r"\s*([A-Z]{1,5}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_LONGEST = 60


def read_time(value: object) -> tuple[datetime, str | None]:
    """A naive datetime, and what was written beside it ("CET", "+02:00"), from a value of a TOML file.

    Raises:
        ValueError: it is no date with a time of day; the words say what to write.
    """
    if isinstance(value, datetime):
        offset = value.utcoffset()
        return value.replace(tzinfo=None, microsecond=0), None if offset is None else offset_words(offset)
    if isinstance(value, date):
        raise ValueError(f'is a date without a time of day: write "{value} 10:00"')  # noqa: TRY004 - pydantic collects it
    if isinstance(value, time):
        raise ValueError(f'is a time of day without a date: write the date too, like "{EXAMPLE}"')  # noqa: TRY004
    if not isinstance(value, str):
        raise ValueError(f'must be a date and time like "{EXAMPLE}"')  # noqa: TRY004
    return _read_text(value.strip())


def _read_text(text: str) -> tuple[datetime, str | None]:
    written = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    shown = f'"{text[:_LONGEST]}"'
    if written is None and not _YEAR.search(text[:_LONGEST]):
        raise ValueError(f'{shown} names no year: write the date in full, like "{EXAMPLE}"')
    if written is None:
        raise ValueError(f'{shown} cannot be read as a date and time: write it like "{EXAMPLE}"')
    year, month, day, hour, minute, second = (int(number or 0) for number in written.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second), written[7]  # noqa: DTZ001 - the file names the zone
    except ValueError:
        raise ValueError(f"{shown} is on no calendar or clock: correct the date or the time") from None
