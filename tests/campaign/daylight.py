"""Every change of the clocks from 2024 to 2037 in forty zones, against a computation of our own (`tzif`).

One round is one zone. Around each change: what typed times mean, what is offered where a time comes twice or not at
all, repeating sessions, moves of a whole series, moments of reminders, and what is shown, written and exported.
"""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from bot.domain.programme import parse_programme
from bot.domain.reminders import minutes_before, plan
from bot.domain.series import Every, Rule, Scope, move, occurrences
from bot.domain.sessions import Session, SessionId
from bot.domain.wallclock import write_local
from bot.domain.zones import WrongTimeError, resolve
from bot.formats.calendar import to_ical
from bot.formats.calendar_link import google_link
from bot.formats.toml_out import to_toml
from bot.services.times import read_moment
from bot.ui.sessions import MONTHS, when
from bot.ui.sessions import date as shown_day
from bot.ui.text import stamp
from tests.campaign.tally import Order, Tally
from tests.campaign.tzif import Clocks, clocks

ZONES = (
    *("Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Johannesburg", "America/Adak"),
    *("America/Anchorage", "America/Asuncion", "America/Chicago", "America/Denver", "America/Halifax"),
    *("America/Havana", "America/Los_Angeles", "America/Mexico_City", "America/Miquelon", "America/New_York"),
    *("America/Nuuk", "America/Santiago", "America/Sao_Paulo", "America/Scoresbysund", "America/St_Johns"),
    *("Antarctica/Troll", "Asia/Beirut", "Asia/Gaza", "Asia/Jerusalem", "Asia/Kathmandu"),
    *("Asia/Kolkata", "Asia/Tehran", "Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe"),
    *("Australia/Sydney", "Europe/Athens", "Europe/Berlin", "Europe/Chisinau", "Europe/Dublin"),
    *("Europe/Lisbon", "Europe/London", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter"),
)
ROUNDS = len(ZONES)
BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
_CHOICE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) (\S+)")


async def run(order: Order) -> Tally:
    tally = Tally("daylight", order.seed)
    for number in order.rounds:
        zone = ZONES[number % ROUNDS]
        reference = clocks(zone)
        changes = reference.between(BEGIN, END)
        for moment, size in changes or [(datetime(2030, 6, 1, tzinfo=UTC), timedelta())]:
            for words in _Change(zone, reference, moment, size).wrong():
                tally.fault(number, "corrupt", f"{zone}, {moment:%Y-%m-%d %H:%M} UTC: {words}")
        tally.did["changes of the clocks"] += len(changes)
        tally.rounds += 1
        order.progress(1)
        await asyncio.sleep(0)
    return tally


class _Change:
    """One change of the clocks, and the walls around it: naive times, as clocks show them."""

    def __init__(self, zone: str, reference: Clocks, moment: datetime, size: timedelta) -> None:
        self.zone = zone
        self.reference = reference
        self.moment = moment
        before = reference.shows(moment - timedelta(seconds=1)) + timedelta(seconds=1)
        after = before + size
        low, high = min(before, after), max(before, after)
        self.middle = low + (high - low) / 2
        edges = (low - MINUTE, low, low + MINUTE, high - MINUTE, high, high + MINUTE)
        self.walls = tuple(dict.fromkeys((low - DAY, *edges, self.middle, high + DAY, high.replace(hour=20, minute=0))))

    def wrong(self) -> Iterator[str]:
        """What is not as it should be, in words."""
        for wall in self.walls:
            yield from self._typed(wall)
            yield from self._repeated(wall)
        yield from self._moved()
        for offset in (-HOUR, timedelta(), 26 * HOUR):
            yield from self._session(self.moment + offset)
        yield from self._written(self._made(self.moment - HOUR))
        yield from self._read()

    def _typed(self, wall: datetime) -> Iterator[str]:
        real = self.reference.meanings(wall)
        try:
            found = [resolve(wall, self.zone)]
        except WrongTimeError as error:
            found = []
            for choice in error.choices:
                yield from self._offered(choice.text, choice.moment)
            expected = real or self._beside(wall)
            if [choice.moment for choice in error.choices] != expected:
                yield f"{wall} is offered as {error.choices}, not {expected}"
        if found != (real if len(real) == 1 else []):
            yield f"{wall} is read as {found} and means {real}"

    def _offered(self, text: str, moment: datetime) -> Iterator[str]:
        """What is offered can be typed, and is what it says."""
        parts = _CHOICE.fullmatch(text)
        if parts is None:
            yield f"the choice {text!r} is no time with a label"
            return
        wall = datetime.fromisoformat(parts[1])
        if self.reference.shows(moment) != wall or resolve(wall, self.zone, parts[2]) != moment:
            yield f"the choice {text!r} is not {moment}"

    def _beside(self, wall: datetime) -> list[datetime]:
        """For a time that is left out: read by the clocks as they were before, and as they are after."""
        offsets = {self.reference.offset(self.moment - MINUTE), self.reference.offset(self.moment)}
        return sorted(wall.replace(tzinfo=UTC) - offset for offset in offsets)

    def _taken(self, wall: datetime) -> datetime:
        """What a series takes: the first of two, and shifted forward where there is none."""
        real = self.reference.meanings(wall)
        return real[0] if real else wall.replace(tzinfo=UTC) - self.reference.offset(self.moment - MINUTE)

    def _repeated(self, wall: datetime) -> Iterator[str]:
        first = wall - 2 * WEEK
        for each in occurrences(Rule(Every.WEEK, count=4), first, self.zone):
            expected = first + (each.number - 1) * WEEK
            if each.local != expected:
                yield f"a weekly session is at {each.local}, not {expected}"
            if each.number == 3 and each.starts_at != self._taken(expected):
                yield f"a weekly session at {expected} is at {each.starts_at}"
            if (each.note is not None) != (len(self.reference.meanings(expected)) != 1):
                yield f"a weekly session at {expected} has the note {each.note!r}"

    def _moved(self) -> Iterator[str]:
        evening = self.middle.replace(hour=20, minute=0, second=0, microsecond=0)
        series = occurrences(Rule(Every.WEEK, count=4), evening - 2 * WEEK, self.zone)
        start = self.middle - WEEK
        moved = move(series, 2, Scope.FOLLOWING, start, self.zone)
        for each in moved[1:]:
            expected = start + (each.number - 2) * WEEK
            if each.local != expected or (each.number == 3 and each.starts_at != self._taken(expected)):
                yield f"a series that was moved is at {each.local} ({each.starts_at}), not {expected}"

    def _session(self, starts_at: datetime) -> Iterator[str]:
        session = self._made(starts_at)
        seconds = round(starts_at.timestamp())
        for reminder in plan(session, starts_at - WEEK):
            minutes = minutes_before(reminder.kind)
            if minutes is not None and round(reminder.due_at.timestamp()) != seconds - minutes * 60:
                yield f"{reminder.kind} is due at {reminder.due_at}"
        if stamp(starts_at) != f"<t:{seconds}:f>" or not when(session).startswith(f"<t:{seconds}:F>"):
            yield f"it is shown as {stamp(starts_at)} and {when(session)}"
        if shown_day(session) != _day(self.reference.shows(starts_at).date()):
            yield f"its day is shown as {shown_day(session)}"

    def _made(self, starts_at: datetime) -> Session:
        return Session(SessionId("5" * 32), 1, "s", "A session", starts_at, starts_at + 2 * HOUR, self.zone)

    def _written(self, session: Session) -> Iterator[str]:
        starts_at = session.starts_at
        text = write_local(starts_at, self.zone)
        if not text.startswith(f"{self.reference.shows(starts_at):%Y-%m-%d %H:%M}"):
            yield f"{starts_at} is written as {text!r}"
        again = parse_programme(to_toml(session).encode(), "x.toml").session(1)
        if (again.starts_at, again.ends_at) != (starts_at, session.ends_at):
            yield f"{starts_at} is read from its own programme file as {again.starts_at} to {again.ends_at}"
        (event,) = Calendar.from_ical(to_ical([session], starts_at)).walk("VEVENT")
        if event.decoded("dtstart") != starts_at or event.decoded("dtend") != session.ends_at:
            yield f"{starts_at} stands in the calendar file as {event.decoded('dtstart')}"
        if f"{starts_at:%Y%m%dT%H%M%SZ}" not in google_link(session):
            yield f"{starts_at} stands as {google_link(session)}"

    def _read(self) -> Iterator[str]:
        """As moderators type it, two days before."""
        now = self.moment - 2 * DAY
        evening = self.middle.replace(hour=20, minute=0, second=0, microsecond=0)
        (expected,) = self.reference.meanings(evening)
        found = read_moment(f"{evening:%A} 8pm", self.zone, now).at
        if found != expected:
            yield f"“{evening:%A} 8pm” is read as {found}, not {expected}"
        if read_moment("in 50 hours", self.zone, now).at != self.moment + 2 * HOUR:
            yield "50 hours are not 50 hours"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
