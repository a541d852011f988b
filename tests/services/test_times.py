"""Times, durations and delays as people type them."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.plans import Plan, Typed
from bot.domain.sessions import Session, SessionId, Talk, TalkId
from bot.domain.wallclock import write_local
from bot.services import days
from bot.services.attendance import AttendanceService
from bot.services.changes import Changes
from bot.services.durations import duration_words, read_delay, read_duration
from bot.services.plans import PlanService
from bot.services.series import SeriesService
from bot.services.sessions import SessionService
from bot.services.talks import TalkService
from bot.services.times import Moment, TimeRefusal, in_turn, read_end, read_moment, warm_up
from bot.store import sessions
from bot.store.database import Database

BERLIN = "Europe/Berlin"
# A Wednesday, noon in Berlin.
NOW = datetime(2027, 5, 19, 10, 0, tzinfo=UTC)


def utc(month: int, day: int, hour: int, minute: int = 0, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tomorrow 8pm", utc(5, 20, 18)),
        ("Tomorrow, at 8:30 p.m.", utc(5, 20, 18, 30)),
        ("tomorrow noon", utc(5, 20, 10)),
        ("today 12:01", utc(5, 19, 10, 1)),
        ("tonight 8pm", utc(5, 19, 18)),
        ("20:00", utc(5, 19, 18)),
        ("at 11:00", utc(5, 20, 9)),
        ("12am", utc(5, 19, 22)),
        ("12pm tomorrow", utc(5, 20, 10)),
        ("friday 18:30", utc(5, 21, 16, 30)),
        ("18:30 on Fri", utc(5, 21, 16, 30)),
        ("wednesday 10:00", utc(5, 26, 8)),
        ("24 May 2027 10:00", utc(5, 24, 8)),
        ("24 May 10:00", utc(5, 24, 8)),
        ("3 May 10:00", utc(5, 3, 8, year=2028)),
        ("29 february 10:00", utc(2, 29, 9, year=2028)),
        ("May 24th, 2027 at 10am", utc(5, 24, 8)),
        ("Mon, 24 May 2027, 10:00", utc(5, 24, 8)),
        ("the 1st of december 2027 10:00", utc(12, 1, 9)),
        ("24.05.2027 10:00", utc(5, 24, 8)),
        ("24.5. 10:00", utc(5, 24, 8)),
        ("03.04.2028 10:00", utc(4, 3, 8, year=2028)),
        ("2027-06-07 10:00", utc(6, 7, 8)),
        ("2027-05-24T10:00:00+02:00", utc(5, 24, 8)),
        ("2027-05-24 10:00:30", utc(5, 24, 8).replace(second=30)),
        ("2027-05-24 10:00 CEST", utc(5, 24, 8)),
        ("2027-05-24 10:00 cest", utc(5, 24, 8)),
        ("2027-05-24 10:00 UTC+2", utc(5, 24, 8)),
        ("24/05/2027 10:00", utc(5, 24, 8)),
        ("05/24/2027 10:00", utc(5, 24, 8)),
        ("in 2 hours", utc(5, 19, 12)),
        ("in 90 minutes", utc(5, 19, 11, 30)),
        ("in an hour", utc(5, 19, 11)),
        ("in 1h30", utc(5, 19, 11, 30)),
        ("in 3 days 10:00", utc(5, 22, 8)),
        ("in 2 weeks at 10:00", utc(6, 2, 8)),
        ("2027-10-31 02:30 CEST", utc(10, 31, 0, 30)),
        ("2027-10-31 02:30 CET", utc(10, 31, 1, 30)),
        ("2027-10-31 02:30 UTC+1", utc(10, 31, 1, 30)),
    ],
)
def test_what_is_understood(text: str, moment: datetime) -> None:
    assert read_moment(text, BERLIN, NOW).at == moment


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot read"),
        ("5", "can mean many things: write `5:00`, `5am` or `5pm`"),
        ("at 8", "`8pm`"),
        ("99", "cannot read"),
        ("20000000000", "cannot read"),
        ("tomorrow", "names no time of day"),
        ("24 May 2027", "names no time of day"),
        ("in 3 days", "names no time of day"),
        ("2027", "cannot read"),
        ("now", "cannot read"),
        ("soon 10:00", "cannot read"),
        ("10:00 24 may 27", "cannot read"),
        ("20.05 20:00", "cannot read"),
        ("yesterday 10:00", "cannot read"),
        ("2 hours ago", "cannot read"),
        ("\uff11\uff10:00", "cannot read"),
        ("demain 10:00", "cannot read"),
        ("10:00 20:00", "two times of day"),
        ("tomorrow midnight", "midnight begins a day or ends it"),
        ("tomorrow 24:00", "no clock shows that"),
        ("tomorrow 10:61", "no clock shows that"),
        ("tomorrow 13pm", "goes from 1 to 12"),
        ("tonight 8:00", "cannot read"),
        ("31 february 2028 10:00", "on no calendar"),
        ("29 february 2027 10:00", "on no calendar"),
        ("40.05.2027 10:00", "on no calendar"),
        ("01.13.2027 10:00", "there are 12"),
        ("friday 24 may 2027 10:00", "24 May 2027 is a Monday"),
        ("2022-05-24 10:00", "which is past"),
        ("today 11:59", "which is past"),
        ("2033-05-24 10:00", "more than 5 years ahead"),
        ("in 9999 weeks 10:00", "cannot read"),
        ("in 99999 hours", "more than 5 years ahead"),
        ("tomorrow 10:00 XYZ", "`XYZ` beside a time is not known"),
        ("tomorrow 10:00\x00", "invisible character"),
        ("tomorrow\n10:00", "line break"),
        ("tomorrow \u202e10:00", "invisible character"),
        ("tomorrow 10:00" + " " * 90, "104 characters and 100 fit"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_moment(text, BERLIN, NOW)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("next friday 18:30", [utc(5, 21, 16, 30), utc(5, 28, 16, 30)]),
        ("wednesday 18:30", [utc(5, 19, 16, 30), utc(5, 26, 16, 30)]),
        ("03/04/2028 10:00", [utc(3, 4, 9, year=2028), utc(4, 3, 8, year=2028)]),
        ("03-04-2028 10:00", [utc(3, 4, 9, year=2028), utc(4, 3, 8, year=2028)]),
        ("2027-10-31 02:30", [utc(10, 31, 0, 30), utc(10, 31, 1, 30)]),
        ("2028-03-26 02:30", [utc(3, 26, 0, 30, 2028), utc(3, 26, 1, 30, 2028)]),
        ("2027-05-24 10:00 CET", [utc(5, 24, 8), utc(5, 24, 9)]),
    ],
)
def test_both_readings_are_offered_and_each_can_be_typed(text: str, choices: list[datetime]) -> None:
    with pytest.raises(TimeRefusal) as caught:
        read_moment(text, BERLIN, NOW)
    assert [choice.moment for choice in caught.value.choices] == choices
    for choice in caught.value.choices:
        assert f"`{choice.text}`: <t:{int(choice.moment.timestamp())}:F>" in str(caught.value)
        assert read_moment(choice.text, BERLIN, NOW).at == choice.moment


@pytest.mark.parametrize(
    "text", ["tomorrow 10:00", "friday 10:00", "24 may 2027 10:00", "24 may 10:00", "in 3 days 10:00"]
)
@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=1), timedelta(days=30), timedelta(seconds=1)])
def test_a_guess_of_the_library_is_not_taken(monkeypatch: pytest.MonkeyPatch, text: str, off: timedelta) -> None:
    ask = days._ask_library

    def guess(words: str, base: datetime) -> datetime | None:
        found = ask(words, base)
        return found + off if found else None

    monkeypatch.setattr(days, "_ask_library", guess)
    with pytest.raises(Refusal, match="on no calendar"):
        read_moment(text, BERLIN, NOW)


def test_hours_pass_however_the_clocks_are_put() -> None:
    before = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assert read_moment("in 2 hours", BERLIN, before).at == before + timedelta(hours=2)


def test_the_zone_is_the_sessions_and_an_unknown_one_is_refused() -> None:
    assert read_moment("tomorrow 20:00", "Asia/Kathmandu", NOW).at == utc(5, 20, 14, 15)
    # In Auckland it is Wednesday evening already.
    assert read_moment("21:00", "Pacific/Auckland", NOW).at == utc(5, 20, 9)
    with pytest.raises(Refusal, match="time zone"):
        read_moment("20:00", "Mars/Olympus", NOW)


def test_the_hosts_zone_and_language_play_no_part() -> None:
    program = (
        "from datetime import UTC, datetime; from bot.services.times import read_moment;"
        "print(read_moment('tomorrow 8pm', 'Europe/Berlin', datetime(2027, 5, 19, 10, tzinfo=UTC)).at)"
    )
    for zone in ("Asia/Kolkata", "America/Los_Angeles"):
        environment = {**os.environ, "TZ": zone, "LANG": "de_DE.UTF-8"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "2027-05-20 18:00:00+00:00"


def test_the_library_is_loaded_when_it_is_needed() -> None:
    program = "import sys, bot.services.times; print('dateparser' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


_ZONES = st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])


@given(st.integers(0, 5 * 365 * 24 * 60), _ZONES)
def test_what_is_written_is_read_again(minutes: int, zone: str) -> None:
    moment = NOW + timedelta(minutes=minutes)
    written = write_local(moment, zone)
    assert read_moment(written, zone, NOW) == Moment(moment, written)


@given(st.datetimes(datetime(2028, 1, 1), datetime(2031, 12, 31)))  # noqa: DTZ001 - what clocks on a wall show
def test_every_date_is_the_one_that_was_typed(day: datetime) -> None:
    expected = day.replace(second=0, microsecond=0, tzinfo=UTC)
    clock = f"{day:%H:%M}"
    for text in (
        f"{day:%Y-%m-%d} {clock}",
        f"{day:%d.%m.%Y} {clock}",
        f"{day:%d %B %Y} {clock}",
        f"{day:%b %d %Y} {clock}",
        f"{day:%A %d %B %Y} {day:%I:%M %p}",
    ):
        assert read_moment(text, "UTC", NOW).at == expected


_WORDS = st.sampled_from(
    [
        *(
            "in",
            "at",
            "on",
            "next",
            "this",
            "friday",
            "tues",
            "may",
            "march",
            "first",
            "24th",
            "tomorrow",
            "ago",
            "hours",
        ),
        *("24", "5", "2027", "99999", "-1", "1e9", "0x10", "10:00", "00:00", "8pm", "am", "pm", "noon", "week", "days"),
        *(
            "+02:00",
            "CET",
            "UTC",
            "T",
            "Z",
            "2027-05-24",
            "24.05.2027",
            "3/4/2028",
            ",",
            ".",
            ":",
            "(",
            "%",
            "{}",
            "\\",
        ),
    ]
)


@given(st.lists(_WORDS, max_size=14).map(" ".join) | st.text(max_size=120), _ZONES)
def test_any_text_is_a_moment_to_come_or_a_refusal_within_50_ms(text: str, zone: str) -> None:
    before = time.thread_time()
    try:
        moment = read_moment(text, zone, NOW)
    except Refusal as refusal:
        words = str(refusal)
        assert 0 < len(words) <= 2000
        words.encode()
    else:
        assert NOW <= moment.at <= NOW + timedelta(days=5 * 366)
        assert read_moment(moment.written, zone, NOW).at == moment.at
    assert time.thread_time() - before < 0.05


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90m", 90),
        ("1h30", 90),
        ("1h30m", 90),
        ("1:30", 90),
        ("1 hour 30 min", 90),
        ("1 hour and 30 minutes", 90),
        ("1.5h", 90),
        ("1,5 hours", 90),
        ("2 days", 2 * 24 * 60),
        ("1d 2h", 26 * 60),
        ("1 week", 7 * 24 * 60),
        ("5m", 5),
    ],
)
def test_durations(text: str, minutes: int) -> None:
    assert read_duration(text) == timedelta(minutes=minutes)
    assert read_duration(duration_words(timedelta(minutes=minutes))) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("90", "A number needs its unit: `90m` or `90h`"),
        ("", "cannot read"),
        ("h", "cannot read"),
        ("1h 90", "cannot read"),
        ("30m 1h", "cannot read"),
        ("1h 1h", "cannot read"),
        ("1:75", "cannot read"),
        ("-1h", "cannot read"),
        ("an eternity", "cannot read"),
        ("4m", "5 minutes to 7 days"),
        ("8 days", "5 minutes to 7 days"),
        ("99999w", "5 minutes to 7 days"),
        ("9" * 5000, "cannot read"),
    ],
)
def test_durations_that_are_refused(text: str, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_duration(text)
    assert words in str(caught.value)


def test_delays_have_bounds_of_their_own() -> None:
    assert read_delay("1m") == timedelta(minutes=1)
    assert read_delay("24h") == timedelta(days=1)
    with pytest.raises(Refusal, match="1 minute to 1 day"):
        read_delay("25h")


_SCRAPS = st.sampled_from(["1", "30", "h", "m", "d", ":", " ", "and", ",", ".", "9" * 30])


@given(st.lists(_SCRAPS, max_size=40).map("".join))
def test_any_duration_is_within_bounds_or_refused(text: str) -> None:
    before = time.thread_time()
    with contextlib.suppress(Refusal):
        assert timedelta(minutes=5) <= read_duration(text) <= timedelta(days=7)
    assert time.thread_time() - before < 0.05


def test_an_end_is_a_length_or_a_time_after_the_start() -> None:
    start = utc(5, 24, 18)
    assert read_end("90m", BERLIN, start).at == utc(5, 24, 19, 30)
    assert read_end("22:00", BERLIN, start).at == utc(5, 24, 20)
    assert read_end("01:30", BERLIN, start).at == utc(5, 24, 23, 30)
    assert read_end("tomorrow 10:00", BERLIN, start).at == utc(5, 25, 8)
    with pytest.raises(TimeRefusal) as caught:
        read_end("1:30", BERLIN, start)
    assert [choice.text for choice in caught.value.choices] == ["1h30", "01:30"]
    assert [choice.moment for choice in caught.value.choices] == [utc(5, 24, 19, 30), utc(5, 24, 23, 30)]
    with pytest.raises(Refusal, match="5 minutes to 7 days"):
        read_end("2028-05-24 10:00", BERLIN, start)
    with pytest.raises(Refusal, match="5 minutes to 7 days"):
        read_end("1m", BERLIN, start)


class Turns:
    """Notes how many are inside at once."""

    def __init__(self) -> None:
        self.inside = self.most = self.done = 0
        self.begun = threading.Event()

    def take(self) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.begun.set()
        time.sleep(0.02)
        self.inside -= 1
        self.done += 1


async def test_all_doors_ask_the_library_one_at_a_time(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now() + timedelta(days=1)
    talk = Talk(TalkId("2" * 32), "talk", 1, "Talk")
    session = Session(
        SessionId("1" * 32), 7, "open", "Open", start, start + timedelta(days=3), "Europe/Berlin", talks=(talk,)
    )
    await db.write(sessions.save, session)
    turns, read = Turns(), days.read

    def watched(*args: object) -> object:
        turns.take()
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(days, "read", watched)
    changes = Changes()
    plans = PlanService(db, clock, changes)
    draft_id, plan = await plans.begin(7, 1, Plan(Typed()))
    typed = Typed(title="Evening", start="26 may 2022 18:00", end="26 may 2022 20:00", zone=plan.typed.zone)
    series = SeriesService(db, clock, changes)
    await asyncio.gather(
        SessionService(db, clock, changes).read_times(session, "25 may 2022 10:00", ""),
        series.moment(session, "26 may 2022 10:00"),
        series.rule(session, "week", None, "30 june 2022"),
        plans.fill_in(7, 1, draft_id, typed),
        TalkService(db, clock, changes).read_start(7, talk.id, "25 may 2022 10:00"),
        AttendanceService(db, clock, changes).read_deadline(session, "24 may 2022 10:00"),
    )
    assert turns.done >= 6
    assert turns.most == 1


async def test_who_is_not_waited_for_is_still_done_before_the_next() -> None:
    turns = Turns()
    given_up = asyncio.create_task(in_turn(turns.take))
    await asyncio.to_thread(turns.begun.wait)
    given_up.cancel()
    await in_turn(turns.take)
    assert (turns.done, turns.most) == (2, 1)
