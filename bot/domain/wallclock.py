"""Writes a moment as the clocks of a place show it, so that it reads back as the same moment."""

from datetime import datetime, timedelta

from bot.domain.zones import WrongTimeError, find_zone, offset_words, resolve


def write_local(moment: datetime, zone: str) -> str:
    """`moment` (aware, whole seconds) in `zone`: 2027-05-24 10:00.

    Seconds are written where there are some; an offset (UTC+2) only where the clocks show that time twice.
    """
    aware = moment.astimezone(find_zone(zone))
    written = f"{aware:%Y-%m-%d %H:%M:%S}" if aware.second else f"{aware:%Y-%m-%d %H:%M}"
    try:
        resolve(aware.replace(tzinfo=None, microsecond=0), zone)
    except WrongTimeError:
        return f"{written} {offset_words(aware.utcoffset() or timedelta())}"
    return written
