"""Repeating sessions: compared with dateutil over all changes of clocks from 2024 to 2037 in 40 zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from dateutil.rrule import FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.series import Every, Fate, Rule, Scope, monthly, move, numbers, occurrences, rule_words, set_fate

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Dubai",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/London",
    "Pacific/Auckland",
    "Pacific/Chatham",
]
WEEKDAYS = (MO, TU, WE, TH, FR, SA, SU)
BERLIN = "Europe/Berlin"


def at(year: int, month: int, day: int, hour: int = 20, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - what clocks on a wall show


def changes(zone: str) -> list[tuple[datetime, timedelta]]:
    """Each change of the clocks: the first moment after it, and by how much they are put forward."""
    rules, found = ZoneInfo(zone), []
    moment, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
    while moment < end:
        following = moment + timedelta(days=1)
        before, after = (each.astimezone(rules).utcoffset() or timedelta() for each in (moment, following))
        if before != after:
            low, high = moment, following
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if middle.astimezone(rules).utcoffset() == before else (low, middle)
            found.append((high.replace(second=0, microsecond=0), after - before))
        moment = following
    return found


def expected(local: datetime, zone: str) -> datetime:
    """Independently, by dateutil: first of two readings, shifted forward out of a gap."""
    place = tz.gettz(zone)
    assert place is not None
    shifted: datetime = tz.resolve_imaginary(local.replace(tzinfo=place, fold=0))
    return shifted.astimezone(UTC)


def test_there_are_forty_zones_and_many_changes() -> None:
    assert len(ZONES) == 40
    assert sum(len(changes(zone)) for zone in ZONES) > 700


@pytest.mark.parametrize("zone", ZONES)
def test_weekly_over_every_change(zone: str) -> None:
    rules = ZoneInfo(zone)
    for moment, size in changes(zone):
        wall = (moment.astimezone(rules) - abs(size) / 2).replace(tzinfo=None, second=0, microsecond=0)
        for local in (wall, wall.replace(hour=20, minute=0)):
            first = local - timedelta(weeks=2)
            series = occurrences(Rule(Every.WEEK, count=4), first, zone)
            assert [each.local for each in series] == list(rrule(WEEKLY, dtstart=first, count=4))
            assert [each.starts_at for each in series] == [expected(each.local, zone) for each in series]


@given(
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2036, 1, 1)),
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0, fold=0)),
    st.sampled_from(Every),
    st.integers(1, 52),
    st.booleans(),
)
def test_any_rule_is_what_dateutil_computes(  # noqa: PLR0917 - the parts of a rule
    zone: str, day: date, clock: time, every: Every, count: int, last: bool
) -> None:
    first = datetime.combine(day, clock)
    nth = None
    if every is Every.MONTH:
        try:
            nth = monthly(day, last=last, count=count).nth
        except Refusal:
            return
    rule = Rule(every, count=count, nth=nth)
    weekday = WEEKDAYS[day.weekday()]
    reference = {
        Every.WEEK: lambda: rrule(WEEKLY, dtstart=first, count=count),
        Every.SECOND_WEEK: lambda: rrule(WEEKLY, interval=2, dtstart=first, count=count),
        Every.MONTH: lambda: rrule(MONTHLY, byweekday=weekday(nth or 0), dtstart=first, count=count),
    }[every]()
    series = occurrences(rule, first, zone)
    assert [each.local for each in series] == list(reference)
    assert [each.starts_at for each in series] == [expected(each.local, zone) for each in series]
    assert [each.number for each in series] == list(range(1, count + 1))
    by_date = occurrences(Rule(every, until=series[-1].local.date(), nth=nth), first, zone)
    assert by_date == series


def test_a_gap_is_shifted_and_an_overlap_takes_the_first_both_with_a_note() -> None:
    gap = occurrences(Rule(Every.WEEK, count=2), at(2027, 3, 21, 2, 30), BERLIN)
    assert gap[0].note is None
    assert gap[1].starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert gap[1].note == "02:30 does not exist on 28 March 2027, when clocks are put forward: it is 03:30 that day."
    overlap = occurrences(Rule(Every.WEEK, count=2), at(2027, 10, 24, 2, 30), BERLIN)
    assert overlap[1].starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "comes twice" in (overlap[1].note or "")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(Every.WEEK), "give one of the two"),
        (Rule(Every.WEEK, count=3, until=date(2027, 6, 1)), "give one of the two"),
        (Rule(Every.WEEK, count=53), "at most 52 sessions, and you asked for 53"),
        (Rule(Every.WEEK, count=10**9), "at most 52"),
        (Rule(Every.WEEK, count=0), "at least one"),
        (Rule(Every.WEEK, until=date(2030, 1, 1)), "at most 52"),
        (Rule(Every.WEEK, until=date.max), "at most 52"),
        (Rule(Every.WEEK, until=date(2027, 5, 1)), "before it begins"),
        (Rule(Every.MONTH, count=3, nth=3), "is not the third Monday"),
        (Rule(Every.MONTH, count=3, nth=5), "no fifth Monday"),
        (Rule(Every.MONTH, count=3), "no fifth Monday"),
    ],
)
def test_rules_that_cannot_be(rule: Rule, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        occurrences(rule, at(2027, 5, 24), BERLIN)


def test_a_year_out_of_reach_is_refused() -> None:
    with pytest.raises(Refusal, match="2100"):
        occurrences(Rule(Every.WEEK, count=52), at(2100, 6, 1), BERLIN)
    with pytest.raises(Refusal, match="2100"):
        occurrences(Rule(Every.WEEK, count=1), at(9999, 12, 31), BERLIN)


def test_monthly_is_made_from_the_first_day() -> None:
    assert monthly(date(2027, 5, 11), count=3).nth == 2
    assert monthly(date(2027, 5, 28), last=True, count=3).nth == -1
    days = [
        each.local.day for each in occurrences(monthly(date(2027, 5, 28), last=True, count=4), at(2027, 5, 28), BERLIN)
    ]
    assert days == [28, 25, 30, 27]
    with pytest.raises(Refusal, match="fifth Monday"):
        monthly(date(2027, 5, 31), count=3)


def test_words() -> None:
    day = date(2027, 5, 11)
    assert rule_words(Rule(Every.SECOND_WEEK, count=10), day) == "every second week on Tuesday, 10 times"
    assert rule_words(monthly(day, until=date(2027, 12, 1)), day) == (
        "every month on the second Tuesday, until 1 December 2027"
    )


def test_one_is_moved_and_the_others_stay() -> None:
    series = occurrences(Rule(Every.WEEK, count=4), at(2027, 10, 19), BERLIN)
    moved = move(series, 2, Scope.THIS, at(2027, 10, 28, 19), BERLIN)
    assert moved[1].local == at(2027, 10, 28, 19)
    assert moved[1].starts_at == datetime(2027, 10, 28, 17, 0, tzinfo=UTC)
    assert moved[1].moved
    assert (moved[0], *moved[2:]) == (series[0], *series[2:])


def test_all_that_follow_move_on_the_wall_clock_except_those_moved_before() -> None:
    series = occurrences(Rule(Every.WEEK, count=5), at(2027, 10, 12), BERLIN)
    series = move(series, 4, Scope.THIS, at(2027, 11, 3, 18), BERLIN)
    series = set_fate(series, 5, Scope.THIS, Fate.CANCELLED)
    moved = move(series, 2, Scope.FOLLOWING, at(2027, 10, 20, 19, 30), BERLIN)
    assert [each.local for each in moved] == [
        at(2027, 10, 12),
        at(2027, 10, 20, 19, 30),
        at(2027, 10, 27, 19, 30),
        at(2027, 11, 3, 18),
        at(2027, 11, 10, 19, 30),
    ]
    assert moved[4].starts_at == datetime(2027, 11, 10, 18, 30, tzinfo=UTC)
    assert moved[4].fate is Fate.CANCELLED


def test_fates_and_reach() -> None:
    series = occurrences(Rule(Every.WEEK, count=4), at(2027, 5, 24), BERLIN)
    series = set_fate(series, 3, Scope.THIS, Fate.SKIPPED)
    assert [each.fate for each in series] == [Fate.PLANNED, Fate.PLANNED, Fate.SKIPPED, Fate.PLANNED]
    assert numbers(series, 2, Scope.FOLLOWING) == (2, 4)
    assert numbers(series, 2, Scope.THIS) == (2,)
    ended = set_fate(series, 2, Scope.FOLLOWING, Fate.CANCELLED)
    assert [each.fate for each in ended] == [Fate.PLANNED, *[Fate.CANCELLED] * 3]
    with pytest.raises(Refusal, match="no session number 9"):
        numbers(series, 9, Scope.THIS)
    with pytest.raises(Refusal, match="2100"):
        move(series, 1, Scope.FOLLOWING, at(9999, 12, 31), BERLIN)
