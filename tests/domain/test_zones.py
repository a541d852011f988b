"""Wall-clock times become moments, or are refused with the choices."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.zones import WrongTimeError, find_zone, offset_words, resolve

PLACES = sorted(
    name for name in available_timezones() if "/" in name and name.partition("/")[0] not in {"Etc", "SystemV"}
)
CLOCK = "%Y-%m-%d %H:%M"


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return wall(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "label", "expected"),
    [
        ("2022-05-24 10:00", "Europe/Berlin", None, "2022-05-24 08:00"),
        ("2022-05-24 10:00", "Europe/Berlin", "CEST", "2022-05-24 08:00"),
        ("2022-05-24 10:00", "Europe/Berlin", "cest", "2022-05-24 08:00"),
        ("2022-05-24 10:00", "Europe/Berlin", "MESZ", "2022-05-24 08:00"),
        ("2022-05-24 10:00", "Europe/Berlin", "+02:00", "2022-05-24 08:00"),
        ("2022-05-24 10:00", "Europe/Berlin", "UTC+2", "2022-05-24 08:00"),
        ("2022-01-24 10:00", "Europe/Berlin", "CET", "2022-01-24 09:00"),
        ("2022-05-24 10:00", "UTC", "Z", "2022-05-24 10:00"),
        ("2022-07-01 10:00", "Asia/Kolkata", "IST", "2022-07-01 04:30"),
        ("2022-07-01 10:00", "Europe/Dublin", "IST", "2022-07-01 09:00"),
        ("2022-07-01 10:00", "Asia/Jerusalem", "UTC+3", "2022-07-01 07:00"),
        ("2022-07-01 10:00", "Africa/Lagos", "CET", "2022-07-01 09:00"),  # the same offset under another name
        ("2022-10-30 02:30", "Europe/Berlin", "CEST", "2022-10-30 00:30"),
        ("2022-10-30 02:30", "Europe/Berlin", "CET", "2022-10-30 01:30"),
        ("2022-11-06 01:30", "America/New_York", "EDT", "2022-11-06 05:30"),
        ("2022-11-06 01:30", "America/New_York", "EST", "2022-11-06 06:30"),
        ("2022-04-03 01:45", "Australia/Lord_Howe", "UTC+10:30", "2022-04-02 15:15"),
        ("2014-10-26 01:30", "Europe/Moscow", "UTC+3", "2014-10-25 22:30"),
        ("2022-05-24 10:00", "Asia/Kathmandu", None, "2022-05-24 04:15"),
    ],
)
def test_a_time_that_can_mean_one_moment(local: str, zone: str, label: str | None, expected: str) -> None:
    assert resolve(wall(local), zone, label) == utc(expected)


# Times in the gap (none) or the overlap (two) of a change of the clocks, and what they could mean.
@pytest.mark.parametrize(
    ("local", "zone", "choices"),
    [
        ("2022-03-27 02:30", "Europe/Berlin", ["2022-03-27 01:30 CET", "2022-03-27 03:30 CEST"]),
        ("2022-03-13 02:00", "America/New_York", ["2022-03-13 01:00 EST", "2022-03-13 03:00 EDT"]),
        ("2022-10-02 02:15", "Australia/Lord_Howe", ["2022-10-02 01:45 UTC+10:30", "2022-10-02 02:45 UTC+11"]),
        ("2022-09-25 02:30", "Pacific/Auckland", ["2022-09-25 01:30 NZST", "2022-09-25 03:30 NZDT"]),
        ("2018-11-04 00:00", "America/Sao_Paulo", ["2018-11-03 23:00 UTC-3", "2018-11-04 01:00 UTC-2"]),
        ("2011-12-30 09:00", "Pacific/Apia", ["2011-12-29 09:00 UTC-10", "2011-12-31 09:00 UTC+14"]),
        ("2022-10-30 02:00", "Europe/Berlin", ["2022-10-30 02:00 CEST", "2022-10-30 02:00 CET"]),
        ("2022-11-06 01:59", "America/New_York", ["2022-11-06 01:59 EDT", "2022-11-06 01:59 EST"]),
        ("2022-04-03 01:45", "Australia/Lord_Howe", ["2022-04-03 01:45 UTC+11", "2022-04-03 01:45 UTC+10:30"]),
        # Both were called MSK: only the offset tells them apart.
        ("2014-10-26 01:30", "Europe/Moscow", ["2014-10-26 01:30 UTC+4", "2014-10-26 01:30 UTC+3"]),
    ],
)
def test_none_and_two_are_refused_with_choices_that_are_taken(local: str, zone: str, choices: list[str]) -> None:
    with pytest.raises(WrongTimeError) as caught:
        resolve(wall(local), zone)
    assert [choice.text for choice in caught.value.choices] == choices
    for choice in caught.value.choices:
        day, clock, label = choice.text.split()
        assert resolve(wall(f"{day} {clock}"), zone, label) == choice.moment
        assert choice.text in str(caught.value)


@pytest.mark.parametrize("name", ["2022-03-27 01:59", "2022-03-27 03:00", "2022-10-30 01:59", "2022-10-30 03:00"])
def test_the_minutes_beside_a_change_are_taken(name: str) -> None:
    assert resolve(wall(name), "Europe/Berlin").astimezone(ZoneInfo("Europe/Berlin")).strftime(CLOCK) == name


def test_cet_in_may_shows_both_readings() -> None:
    with pytest.raises(WrongTimeError) as caught:
        resolve(wall("2022-05-24 10:00"), "Europe/Berlin", "CET")
    assert str(caught.value) == (
        "CET is UTC+1, but in Berlin summer time CEST, UTC+2, holds on 24 May 2022: 10:00 in Berlin is 08:00 UTC;"
        " 10:00 CET would be 09:00 UTC (11:00 in Berlin). Write 10:00 CEST, or leave the abbreviation out."
    )
    assert [choice.moment for choice in caught.value.choices] == [utc("2022-05-24 08:00"), utc("2022-05-24 09:00")]


@pytest.mark.parametrize(
    ("local", "zone", "label"),
    [
        ("2022-01-24 10:00", "Europe/Berlin", "CEST"),
        ("2022-01-24 10:00", "Europe/London", "BST"),
        ("2022-07-24 10:00", "America/New_York", "EST"),
        ("2022-07-24 10:00", "America/New_York", "UTC"),
        ("2022-07-24 10:00", "America/New_York", "+00:00"),
        ("2022-07-24 10:00", "America/Phoenix", "MDT"),
        ("2022-10-30 02:30", "Europe/Berlin", "EST"),
        ("2022-07-24 10:00", "Europe/Berlin", "XYZ"),
    ],
)
def test_a_label_that_contradicts_is_refused(local: str, zone: str, label: str) -> None:
    with pytest.raises(WrongTimeError, match=label.replace("+", r"\+")) as caught:
        resolve(wall(local), zone, label)
    assert caught.value.choices


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Europe/berlin", "Europe/Berlin"),
        ("CET", "Europe/Berlin"),
        ("Etc/GMT+2", "Area/City"),  # which is two hours behind UTC
        ("right/Europe/Berlin", "Europe/Berlin"),
        ("../../etc/passwd", "Area/City"),
        ("Europe/\0", "Area/City"),
        ("Europe", "Area/City"),
        ("", "Area/City"),
        ("x" * 100_000, "Area/City"),
    ],
)
def test_what_is_no_zone_of_a_place(name: str, suggested: str) -> None:
    with pytest.raises(WrongTimeError) as caught:
        find_zone(name)
    assert suggested in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("year", [1, 1969, 2101, 9999])
def test_years_out_of_reach(year: int) -> None:
    with pytest.raises(WrongTimeError, match="out of reach"):
        resolve(wall(f"{year:04}-12-31 23:59"), "Pacific/Kiritimati")


@settings(deadline=None)
@given(
    st.sampled_from(PLACES),
    st.datetimes(wall("1971-01-01"), wall("2099-12-31")).map(lambda moment: moment.replace(microsecond=0)),
)
def test_every_moment_can_be_written_with_its_offset(zone: str, moment: datetime) -> None:
    there = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    label = offset_words(there.utcoffset() or timedelta())
    assert resolve(there.replace(tzinfo=None), zone, label) == there


@settings(deadline=None)
@given(st.sampled_from(PLACES), st.datetimes(wall("1971-01-01"), wall("2099-12-31")), st.text(max_size=8))
def test_whatever_is_written_beside_a_time_gives_a_right_moment_or_a_refusal(
    zone: str, local: datetime, label: str
) -> None:
    with contextlib.suppress(WrongTimeError):
        assert resolve(local, zone, label or None).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
