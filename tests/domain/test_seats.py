"""Seats and the waiting list, against every sequence of presses."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.rsvps import MAX_ANSWERS, Answer, Change, Outcome, Press
from bot.domain.seats import After, Before, Place, Standing, settle
from bot.domain.sessions import Mode

NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
ANSWERS = [*Answer, None]


class Hall:
    """Keeps the rows between calls, as the store does."""

    def __init__(self, capacity: int | None, mode: Mode = Mode.HYBRID) -> None:
        self.capacity = capacity
        self.mode = mode
        self.rows: dict[int, Standing] = {}

    def settle(self, presses: list[Press]) -> After:
        after = settle(self.before({press.user_id for press in presses}), presses, NOW)
        self.rows |= {row.user_id: row for row in after.changed}
        for place in after.moved:
            self.rows[place.user_id] = replace(self.rows[place.user_id], waiting=False)
        return after

    def before(self, users: set[int]) -> Before:
        rows = self.rows.values()
        return Before(
            self.mode,
            self.capacity,
            answers=sum(row.answer is not None for row in rows),
            seated=len(self.seated()),
            last_queue=max((row.queue for row in rows), default=0),
            rows={user: self.rows[user] for user in users & self.rows.keys()},
            line=self.line(),
        )

    def seated(self) -> set[int]:
        return {row.user_id for row in self.rows.values() if row.answer is Answer.IN_PERSON and not row.waiting}

    def line(self) -> list[Place]:
        waiting = [row for row in self.rows.values() if row.waiting]
        return [Place(row.queue, row.user_id) for row in sorted(waiting, key=lambda row: row.queue)]


def presses(*answers: tuple[int, Answer | None]) -> list[Press]:
    return [Press(number, user, f"Member {user}", answer) for number, (user, answer) in enumerate(answers, 1)]


def coming(*users: int) -> list[Press]:
    return presses(*((user, Answer.IN_PERSON) for user in users))


any_presses = st.lists(
    st.builds(
        Press,
        press_id=st.integers(1, 60),
        user_id=st.integers(1, 9),
        name=st.just("Member"),
        answer=st.sampled_from(ANSWERS),
    ),
    max_size=40,
)


def cuts(sequence: list[Press], at: set[int]) -> list[list[Press]]:
    edges = [0, *sorted(cut for cut in at if cut < len(sequence)), len(sequence)]
    return [sequence[start:end] for start, end in pairwise(edges)]


@given(any_presses, st.one_of(st.none(), st.integers(1, 4)), st.sets(st.integers(1, 40)))
def test_any_way_of_cutting_presses_into_batches_comes_to_the_same(
    sequence: list[Press], capacity: int | None, at: set[int]
) -> None:
    whole, parts = Hall(capacity), Hall(capacity)
    together = whole.settle(sequence).outcomes
    apart = [outcome for part in cuts(sequence, at) for outcome in parts.settle(part).outcomes]
    assert list(together) == apart
    assert whole.rows == parts.rows


@given(any_presses, st.integers(1, 4), st.integers(1, 4))
def test_seats_are_never_overbooked_nor_left_empty_while_somebody_waits(
    sequence: list[Press], capacity: int, later: int
) -> None:
    hall = Hall(capacity)
    for press in sequence[::2]:
        hall.settle([press])
        assert len(hall.seated()) <= capacity
        assert not hall.line() or len(hall.seated()) == capacity
    kept = hall.seated()
    hall.capacity = later
    for press in sequence[1::2]:
        before = hall.seated()
        hall.settle([press])
        assert len(hall.seated()) <= max(later, len(before))
        assert not hall.line() or len(hall.seated()) >= later
    if later < len(kept):
        assert len(hall.seated() - kept) <= later


@given(any_presses, st.integers(1, 3))
def test_the_line_keeps_its_order_and_moves_up_from_the_front(sequence: list[Press], capacity: int) -> None:
    hall = Hall(capacity)
    for press in sequence:
        before = [place.user_id for place in hall.line()]
        moved = [place.user_id for place in hall.settle([press]).moved]
        stayed = [user for user in before if user != press.user_id]
        after = [place.user_id for place in hall.line()]
        assert stayed[: len(moved)] == moved
        assert [user for user in after if user != press.user_id] == stayed[len(moved) :]
        assert press.user_id not in after[:-1] or press.user_id in before


@given(any_presses)
def test_the_newest_press_of_each_person_stands_however_they_arrive(sequence: list[Press]) -> None:
    hall = Hall(None)
    hall.settle(sequence)
    for user in {press.user_id for press in sequence}:
        newest = max((press for press in sequence if press.user_id == user), key=lambda press: press.press_id)
        first = next(press for press in sequence if press.user_id == user and press.press_id == newest.press_id)
        assert hall.rows[user].answer is first.answer
        assert hall.rows[user].press_id == newest.press_id


def test_the_sixth_waits_and_moves_up_when_a_seat_is_given_up() -> None:
    hall = Hall(5)
    outcomes = hall.settle(coming(*range(1, 8))).outcomes
    assert [outcome.waiting for outcome in outcomes if isinstance(outcome, Outcome)] == [None] * 5 + [1, 2]
    after = hall.settle([Press(10, 3, "Member 3", Answer.ONLINE)])
    assert after.outcomes == (Outcome(Change.CHANGED, Answer.ONLINE, Answer.IN_PERSON, gave_up_seat=True),)
    assert [place.user_id for place in after.moved] == [6]
    assert hall.seated() == {1, 2, 4, 5, 6}


def test_pressing_again_keeps_seat_and_place() -> None:
    hall = Hall(1)
    hall.settle(coming(1, 2, 3))
    again = hall.settle([Press(20, 1, "Member 1", Answer.IN_PERSON), Press(21, 2, "Member 2", Answer.IN_PERSON)])
    assert again.outcomes == (
        Outcome(Change.SAME, Answer.IN_PERSON, Answer.IN_PERSON),
        Outcome(Change.SAME, Answer.IN_PERSON, Answer.IN_PERSON, waiting=1),
    )
    assert again.moved == ()


def test_leaving_the_line_gives_up_the_place_and_no_seat() -> None:
    hall = Hall(1)
    hall.settle(coming(1, 2, 3))
    after = hall.settle([Press(20, 2, "Member 2", None)])
    assert after.outcomes == (Outcome(Change.WITHDRAWN, None, Answer.IN_PERSON, left_line=True),)
    assert after.moved == ()
    assert [place.user_id for place in hall.line()] == [3]


def test_a_withdrawal_that_overtook_its_answer_stands() -> None:
    hall = Hall(1)
    first = hall.settle([Press(2, 1, "Member 1", None)])
    late = hall.settle([Press(1, 1, "Member 1", Answer.IN_PERSON)])
    assert first.outcomes == (Outcome(Change.NOTHING, None),)
    assert late.outcomes == (Outcome(Change.REPEATED, None),)
    assert hall.seated() == set()


def test_who_moves_up_and_leaves_in_the_same_batch_is_not_told() -> None:
    hall = Hall(1)
    hall.settle(coming(1, 2, 3))
    after = hall.settle([Press(10, 1, "Member 1", None), Press(11, 2, "Member 2", Answer.MAYBE)])
    assert [place.user_id for place in after.moved] == [3]


def test_a_raised_capacity_is_filled_from_the_line_and_a_lowered_one_takes_no_seat_away() -> None:
    hall = Hall(1)
    hall.settle(coming(1, 2, 3, 4))
    hall.capacity = 3
    assert [place.user_id for place in hall.settle([]).moved] == [2, 3]
    hall.capacity = 1
    hall.settle([Press(20, 1, "Member 1", None)])
    assert hall.seated() == {2, 3}
    hall.capacity = None
    assert [place.user_id for place in hall.settle([]).moved] == [4]


@pytest.mark.parametrize(
    ("mode", "answer", "words"),
    [(Mode.ONLINE, Answer.IN_PERSON, "online only"), (Mode.IN_PERSON, Answer.ONLINE, "in person only")],
)
def test_a_button_of_another_mode_is_refused_and_changes_nothing(mode: Mode, answer: Answer, words: str) -> None:
    hall = Hall(None, mode)
    (refusal,) = hall.settle([Press(1, 1, "Member 1", answer)]).outcomes
    assert isinstance(refusal, Refusal)
    assert words in str(refusal)
    assert hall.rows == {}


def test_a_full_session_refuses_new_people_only() -> None:
    row = Standing(1, "Member 1", Answer.MAYBE, waiting=False, queue=1, press_id=1, answered_at=NOW)
    full = Before(Mode.HYBRID, None, answers=MAX_ANSWERS, last_queue=9, rows={1: row})
    later = [Press(9, 2, "Member 2", Answer.ONLINE), Press(9, 1, "Member 1", Answer.ONLINE)]
    refusal, changed = settle(full, later, NOW).outcomes
    assert isinstance(refusal, Refusal)
    assert "5,000" in str(refusal)
    assert changed == Outcome(Change.CHANGED, Answer.ONLINE, Answer.MAYBE)
