"""Which talk is on: an answer for every minute of every programme, and none that claims more than is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agenda import blocks, out_of_order, stage
from bot.domain.sessions import Phase, Session, SessionId, Status, Talk, TalkId

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
LENGTH = 90


def session(*minutes: int | None, status: Status = Status.SCHEDULED) -> Session:
    """A session whose talks begin so many minutes after its start (None: nobody knows)."""
    talks = tuple(
        Talk(
            TalkId(f"{number:032x}"),
            f"talk-{number}",
            number,
            f"Talk {number}",
            starts_at=None if minute is None else START + timedelta(minutes=minute),
        )
        for number, minute in enumerate(minutes, 1)
    )
    return Session(
        SessionId("5" * 32),
        1,
        "session",
        "A session",
        START,
        START + timedelta(minutes=LENGTH),
        "Europe/Berlin",
        status=status,
        talks=talks,
    )


def on(programme: Session, minute: int) -> tuple[list[int], list[int]]:
    """Positions of the talks that are on for sure, and of those that may be."""
    found = stage(programme, START + timedelta(minutes=minute)).current
    if found is None:
        return [], []
    return [talk.position for talk in found.begin], [talk.position for talk in found.follow]


@pytest.mark.parametrize(
    ("minutes", "minute", "expected"),
    [
        ((0, 20, 40), 0, ([1], [])),
        ((0, 20, 40), 19, ([1], [])),
        ((0, 20, 40), 20, ([2], [])),
        ((0, 20, 40), 89, ([3], [])),
        ((5, 20), 4, ([], [])),  # the opening
        ((0, 0, 30), 10, ([1, 2], [])),  # two at once
        ((40, 0), 10, ([2], [])),  # the times hold, not the order
        ((0, None, 40), 30, ([1], [2])),
        ((0, None, 40), 40, ([3], [])),
        ((None, 30), 10, ([], [1])),
        ((None, None), 10, ([], [1, 2])),
        ((), 10, ([], [])),
    ],
)
def test_what_is_on(minutes: tuple[int | None, ...], minute: int, expected: tuple[list[int], list[int]]) -> None:
    assert on(session(*minutes), minute) == expected


@pytest.mark.parametrize(
    ("minute", "status", "phase"),
    [
        (-1, Status.SCHEDULED, Phase.UPCOMING),
        (LENGTH, Status.SCHEDULED, Phase.OVER),
        (10, Status.CANCELLED, Phase.CANCELLED),
    ],
)
def test_nothing_is_on_before_after_or_when_cancelled(minute: int, status: Status, phase: Phase) -> None:
    found = stage(session(0, None, 30, status=status), START + timedelta(minutes=minute))
    assert (found.phase, found.current) == (phase, None)
    assert bool(found.coming) is (phase is Phase.UPCOMING)


PROGRAMMES = st.lists(st.none() | st.integers(-30, LENGTH + 30), max_size=8)


@given(PROGRAMMES, st.integers(-5, LENGTH + 5))
def test_every_minute_of_every_programme(minutes: list[int | None], minute: int) -> None:
    programme = session(*minutes)
    now = START + timedelta(minutes=minute)
    found = stage(programme, now)
    every = [talk.id for block in blocks(programme) for talk in block.talks]
    assert sorted(every) == sorted(talk.id for talk in programme.talks), "each talk stands in one block"
    if programme.phase(now) is not Phase.RUNNING:
        assert found.current is None
        return
    coming = {talk.id for block in found.coming for talk in block.talks}
    begin = {talk.id for talk in found.current.begin} if found.current else set()
    follow = {talk.id for talk in found.current.follow} if found.current else set()
    timed = {talk.id: talk.starts_at for talk in programme.talks if talk.starts_at is not None}
    # Known from the starts alone, without blocks.
    begun = [start for start in timed.values() if start <= now]
    latest = max(begun, default=None)
    untimed_first = any(minute is None for minute in minutes[:1])
    if latest is not None and not (untimed_first and latest < programme.starts_at):
        assert begin == {key for key, start in timed.items() if start == latest}
    assert not follow & timed.keys(), "a talk with a start is never a maybe"
    assert begin <= timed.keys(), "a talk without one is never on for sure"
    assert {key for key in coming if key in timed} == {key for key, start in timed.items() if start > now}
    assert [block.starts_at for block in found.coming] == sorted(block.starts_at for block in found.coming)
    # A talk without a start is out of question only if one behind it in the programme has begun.
    for talk in programme.talks:
        gone = talk.id not in begin | follow | coming
        if gone and talk.starts_at is None:
            assert latest is not None


@given(PROGRAMMES, st.integers(0, LENGTH - 1))
def test_the_answer_changes_only_when_a_talk_begins(minutes: list[int | None], minute: int) -> None:
    programme = session(*minutes)
    if minute == 0 or minute in minutes:
        return
    assert on(programme, minute) == on(programme, minute - 1)


@given(PROGRAMMES, st.randoms())
def test_the_order_of_the_tuple_says_nothing(minutes: list[int | None], random: object) -> None:
    programme = session(*minutes)
    shuffled = list(programme.talks)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    assert blocks(replace(programme, talks=tuple(shuffled))) == blocks(programme)


def test_out_of_order() -> None:
    assert out_of_order(session(10, None, 5).talks)
    assert not out_of_order(session(0, None, 5, 5).talks)
