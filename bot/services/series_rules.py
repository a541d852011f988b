"""Reads how often a session is to take place, as moderators choose and type it."""

from datetime import date, datetime, time

from bot.domain.errors import Refusal
from bot.domain.lookup import quoted
from bot.domain.series import Every, Rule, monthly
from bot.domain.sessions import Session
from bot.domain.zones import find_zone
from bot.services import days
from bot.services.durations import MOST_CHARACTERS

LAST_OF_MONTH = "month_last"  # how a rule is asked for, beside the values of Every


def read_rule(session: Session, every: str, times: int | None, until: str | None, now: datetime) -> Rule:
    """The rule; `every` is a value of Every or LAST_OF_MONTH, `until` a day as people type it.

    Takes a few milliseconds, see `times.read_moment`.

    Raises:
        Refusal: it does not fit the session, or the day cannot be read.
    """
    last = None if until is None else _read_day(until, session.zone, now)
    if every in (Every.MONTH.value, LAST_OF_MONTH):
        return monthly(local_start(session).date(), last=every == LAST_OF_MONTH, count=times, until=last)
    return Rule(Every(every), times, last)


def local_start(session: Session) -> datetime:
    """What the clocks at its place show when the session begins (naive)."""
    return session.starts_at.astimezone(find_zone(session.zone)).replace(tzinfo=None)


def _read_day(text: str, zone: str, now: datetime) -> date:
    """The last day of a series, as people type it: "24 may 2027", "2027-05-24"."""
    plain = " ".join(text.replace(",", " ").lower().split())
    if not plain.isascii() or not 0 < len(plain) <= MOST_CHARACTERS:
        raise _no_day(text, now)
    base = now.astimezone(find_zone(zone)).replace(tzinfo=None, microsecond=0)
    try:
        found = days.read(plain, time(23, 59), base)
    except days.SeveralDaysError as error:
        listed = " or ".join(f"`{day}`" for day in error.days)
        raise Refusal(f"{quoted(text)} {error} {listed}.") from None
    except days.NoDayError as error:
        raise Refusal(f"{quoted(text)} {error}") from None
    if found is None:
        raise _no_day(text, now)
    return found.date()


def _no_day(text: str, now: datetime) -> Refusal:
    return Refusal(f"I cannot read {quoted(text)} as a day. Write it like `{now.year + 1}-05-24` or `24 May`.")
