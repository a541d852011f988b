"""Sessions at another time: what moves along, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.moves import cancelled, delayed, moved, reopened
from bot.domain.sessions import Session, SessionId, Status, Talk, TalkId

START = datetime(2022, 5, 24, 8, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def talk(number: int, starts_at: datetime | None) -> Talk:
    return Talk(TalkId(f"{number:032}"), f"talk-{number}", number, f"Talk {number}", starts_at=starts_at)


SESSION = Session(
    SessionId("1" * 32),
    7,
    "open",
    "Open",
    START,
    START + 2 * HOUR,
    "Europe/Berlin",
    talks=(talk(1, START), talk(2, None), talk(3, START + HOUR)),
)


def starts(session: Session) -> list[datetime | None]:
    return [talk.starts_at for talk in session.talks]


def test_talks_keep_their_distance_from_the_start() -> None:
    later = moved(SESSION, START + 25 * HOUR, START + 27 * HOUR)
    assert starts(later) == [START + 25 * HOUR, None, START + 26 * HOUR]
    assert moved(later, START, START + 2 * HOUR) == SESSION


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (START, START + 30 * MINUTE, "Talk 3"),
        (START, START, "not after the start"),
        (START, START + timedelta(days=15), "at most 14 days"),
    ],
)
def test_impossible_times_are_refused(start: datetime, end: datetime, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        moved(SESSION, start, end)


@given(st.integers(-24 * 60, 119), st.integers(1, 24 * 60))
def test_a_delay_moves_all_that_is_to_come_and_nothing_else(minute: int, by_minutes: int) -> None:
    now, by = START + minute * MINUTE, by_minutes * MINUTE
    late = delayed(SESSION, by, now)
    assert late.ends_at == SESSION.ends_at + by
    for old, new in zip([SESSION.starts_at, *starts(SESSION)], [late.starts_at, *starts(late)], strict=True):
        if old is None:
            assert new is None
        else:
            assert new == (old + by if old > now else old)
    assert replace(late, starts_at=START, ends_at=SESSION.ends_at, talks=SESSION.talks) == SESSION


def test_what_is_over_or_off_is_not_put_off() -> None:
    with pytest.raises(Refusal, match="ended"):
        delayed(SESSION, MINUTE, SESSION.ends_at)
    off = cancelled(SESSION, "No room", START)
    assert (off.status, off.cancel_reason) == (Status.CANCELLED, "No room")
    with pytest.raises(Refusal, match="reopen"):
        delayed(off, MINUTE, START)
    with pytest.raises(Refusal, match="already"):
        cancelled(off, None, START)
    with pytest.raises(Refusal, match="over"):
        cancelled(SESSION, None, SESSION.ends_at)
    assert reopened(off, START) == SESSION
    with pytest.raises(Refusal, match="past"):
        reopened(off, SESSION.ends_at)
    with pytest.raises(Refusal, match="not cancelled"):
        reopened(SESSION, START)
