"""A bot that dies again and again logs in less than 200 times a day, however it dies; a clean end never counts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.starts import FREE, LONGEST_PAUSE, Starts, pause
from bot.starts import Start as Begun

NOON = datetime(2022, 5, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTES = [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 15, 15)]


def lives(journal: Starts, lengths: Iterator[timedelta]) -> Iterator[tuple[datetime, timedelta]]:
    """Login and pause of one start after another; each dies so long after its login, the next comes at once."""
    now = NOON
    while True:
        wait = journal.begin(now)
        yield now + wait, wait
        now += wait + next(lengths)


def most_in_a_day(logins: list[datetime]) -> int:
    return max(sum(first <= login < first + DAY for login in logins) for first in logins)


def forever(seconds: float) -> Iterator[timedelta]:
    while True:
        yield timedelta(seconds=seconds)


def test_five_starts_are_free_then_each_waits_longer(tmp_path: Path) -> None:
    starts = lives(Starts(tmp_path / "a.db"), forever(3))
    assert [next(starts)[1] for _ in range(12)] == [timedelta()] * FREE + MINUTES


@pytest.mark.parametrize("seconds", [0.1, 3, 60, 119, 121, 300, 599, 601, 899, 1200])
def test_less_than_200_logins_a_day_at_any_pace(tmp_path: Path, seconds: float) -> None:
    logins = []
    for login, _ in lives(Starts(tmp_path / "a.db"), forever(seconds)):
        if login > NOON + 3 * DAY:
            break
        logins.append(login)
    assert len(logins) > 100
    assert most_in_a_day(logins) < 200


@pytest.mark.parametrize("seed", range(8))
def test_less_than_200_logins_a_day_whatever_the_lives(tmp_path: Path, seed: int) -> None:
    """Among them the worst there is: dying at once while that is free, else living just long enough to be forgiven."""
    random = Random(seed)
    former: list[Begun] = []
    now = NOON
    while now < NOON + 3 * DAY:
        former.append(Begun(now, pause(former[-199:], now)))
        lengths = (0.01, 0.01, 5, 121, 600.01, random.uniform(0, 1200))
        mean = seed == 0 and former[-1].pause
        now = former[-1].login + timedelta(seconds=600.01 if mean else 0.01 if seed == 0 else random.choice(lengths))
    assert most_in_a_day([start.login for start in former]) < 200


def test_a_clean_end_does_not_count(tmp_path: Path) -> None:
    journal = Starts(tmp_path / "a.db")
    for second in range(50):
        moment = NOON + timedelta(seconds=second)
        assert journal.begin(moment) == timedelta()
        journal.forget(moment)
    assert (tmp_path / "a.db.starts").read_text() == ""


def test_after_a_good_life_nothing_is_held_against_it(tmp_path: Path) -> None:
    journal = Starts(tmp_path / "a.db")
    for second in range(6):
        journal.begin(NOON + timedelta(seconds=second))
    assert journal.begin(NOON + timedelta(minutes=5)) == timedelta(minutes=2)
    assert journal.begin(NOON + timedelta(minutes=18)) == timedelta()


def test_the_journal_is_pruned_and_an_unreadable_one_stops_nobody(tmp_path: Path) -> None:
    file = tmp_path / "a.db.starts"
    journal = Starts(tmp_path / "a.db")
    journal.begin(NOON - timedelta(days=2))
    journal.begin(NOON)
    assert len(file.read_text().splitlines()) == 1
    for damage in (
        b"\xff\xfe",
        b"yesterday\n",
        b"9999-12-31T23:59:59+00:00 90\n",
        b"2022-05-24T11:59:00+00:00 1e300\n",
        b"2022-05-24\n",
    ):
        file.write_bytes(damage)
        assert journal.begin(NOON) == timedelta()
    file.unlink()
    file.mkdir()
    assert journal.begin(NOON) == timedelta()


def test_a_clock_that_was_set_back_makes_nobody_wait(tmp_path: Path) -> None:
    journal = Starts(tmp_path / "a.db")
    for second in range(20):
        journal.begin(NOON + timedelta(days=400, seconds=second))
    assert journal.begin(NOON) == timedelta()


def test_the_longest_wait_is_a_quarter_of_an_hour() -> None:
    assert timedelta(minutes=15) == LONGEST_PAUSE
