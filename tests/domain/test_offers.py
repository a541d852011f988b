"""Seats that are offered, and who may answer, against every sequence of presses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.admission import Admission, check_admission, check_offer_minutes, offered_until
from bot.domain.errors import Refusal
from bot.domain.rsvps import Answer, Change, Outcome, Press
from bot.domain.seats import After, Before, Place, Standing, settle
from bot.domain.sessions import Mode

NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
ANSWERS = [Answer.IN_PERSON, Answer.IN_PERSON, Answer.ONLINE, Answer.DECLINED, None]


class Hall:
    """Keeps rows and offers between calls, as the store does."""

    def __init__(self, capacity: int | None, admission: Admission) -> None:
        self.capacity = capacity
        self.admission = admission
        self.rows: dict[int, Standing] = {}
        self.offers: dict[int, int] = {}

    def settle(self, presses: list[Press]) -> After:
        rows = self.rows.values()
        before = Before(
            Mode.HYBRID,
            self.capacity,
            answers=sum(row.answer is not None for row in rows),
            seated=len(self.seated()),
            last_queue=max((row.queue for row in rows), default=0),
            rows={user: self.rows[user] for user in {press.user_id for press in presses} & self.rows.keys()},
            line=self.line(),
            admission=self.admission,
            held=self.held(),
        )
        after = settle(before, presses, NOW)
        self.rows |= {row.user_id: row for row in after.changed}
        for place in after.moved:
            self.rows[place.user_id] = replace(self.rows[place.user_id], waiting=False)
        self.offers |= {place.user_id: place.queue for place in after.offered}
        return after

    def seated(self) -> set[int]:
        return {row.user_id for row in self.rows.values() if row.answer is Answer.IN_PERSON and not row.waiting}

    def line(self) -> list[Place]:
        waiting = [row for row in self.rows.values() if row.waiting]
        return [Place(row.queue, row.user_id) for row in sorted(waiting, key=lambda row: row.queue)]

    def held(self) -> frozenset[int]:
        return frozenset(place.user_id for place in self.line() if self.offers.get(place.user_id) == place.queue)


any_presses = st.lists(
    st.builds(
        Press,
        press_id=st.integers(1, 60),
        user_id=st.integers(1, 7),
        name=st.just("Member"),
        answer=st.sampled_from(ANSWERS),
    ),
    max_size=40,
)
OFFERING = Admission(offer_minutes=30)


@given(any_presses, st.integers(1, 3), st.sets(st.integers(1, 40)))
def test_every_free_seat_is_kept_for_one_person_and_no_more(sequence: list[Press], capacity: int, at: set[int]) -> None:
    whole, parts = Hall(capacity, OFFERING), Hall(capacity, OFFERING)
    together = whole.settle(sequence).outcomes
    edges = [0, *sorted(cut for cut in at if cut < len(sequence)), len(sequence)]
    apart: list[Outcome | Refusal] = []
    for start, end in pairwise(edges):
        after = parts.settle(sequence[start:end])
        apart += after.outcomes
        assert after.moved == ()
        taken = len(parts.seated()) + len(parts.held())
        assert taken <= capacity
        assert taken == capacity or not {place.user_id for place in parts.line()} - parts.held()
    assert list(together) == apart
    assert whole.rows == parts.rows
    assert whole.held() == parts.held()


@given(any_presses, st.integers(1, 3))
def test_turning_offers_off_gives_all_seats_that_are_not_kept(sequence: list[Press], capacity: int) -> None:
    hall = Hall(capacity, OFFERING)
    hall.settle(sequence)
    hall.admission = Admission()
    hall.capacity = capacity + 2
    kept = hall.held()
    hall.settle([])
    assert hall.held() == kept
    assert len(hall.seated()) + len(kept) == capacity + 2 or {place.user_id for place in hall.line()} == kept
    hall.capacity = None
    hall.settle([])
    assert hall.line() == []


def presses(*answers: tuple[int, Answer | None], first: int = 1) -> list[Press]:
    return [Press(number, user, f"Member {user}", answer) for number, (user, answer) in enumerate(answers, first)]


def test_the_same_press_again_takes_the_seat_that_is_kept() -> None:
    hall = Hall(1, OFFERING)
    hall.settle(presses((1, Answer.IN_PERSON), (2, Answer.IN_PERSON), (3, Answer.IN_PERSON)))
    after = hall.settle(presses((1, Answer.ONLINE), first=10))
    assert after.offered == (Place(2, 2),)
    waiting, taken = hall.settle(presses((3, Answer.IN_PERSON), (2, Answer.IN_PERSON), first=20)).outcomes
    assert waiting == Outcome(Change.SAME, Answer.IN_PERSON, Answer.IN_PERSON, waiting=2)
    assert taken == Outcome(Change.SEATED, Answer.IN_PERSON, Answer.IN_PERSON)
    assert hall.seated() == {2}


def test_a_moderator_gives_a_seat_though_none_is_free_and_answers_are_closed() -> None:
    hall = Hall(1, Admission(closed=True))
    order = Press(1, 1, "Member 1", Answer.IN_PERSON, by_moderator=True)
    hall.settle([order, replace(order, press_id=2, user_id=2), replace(order, press_id=3, user_id=3)])
    after = hall.settle([replace(order, press_id=4, user_id=3, seat=True)])
    assert after.outcomes == (Outcome(Change.SEATED, Answer.IN_PERSON, Answer.IN_PERSON),)
    assert [place.user_id for place in after.moved] == [3], "who is told"
    assert hall.seated() == {1, 3}
    refused, moved = hall.settle(
        [
            replace(order, press_id=5, user_id=2, seat=False),
            replace(order, press_id=6, user_id=1, seat=False),
        ]
    ).outcomes
    assert isinstance(refused, Refusal)
    assert moved == Outcome(Change.CHANGED, Answer.IN_PERSON, Answer.IN_PERSON, waiting=2, gave_up_seat=True)
    assert hall.seated() == {3}, "two had sat where one can: nobody moves up"


@pytest.mark.parametrize(
    ("admission", "words"),
    [
        (Admission(closed=True), "closed"),
        (Admission(deadline_at=NOW), "were taken until"),
        (Admission(only_role_id=5), "<@&5>"),
    ],
)
def test_who_may_not_answer_may_still_give_up(admission: Admission, words: str) -> None:
    hall = Hall(1, Admission())
    hall.settle(presses((1, Answer.IN_PERSON)))
    hall.admission = admission
    refused, same, declined = hall.settle(
        presses((2, Answer.ONLINE), (1, Answer.IN_PERSON), (1, Answer.DECLINED), first=10)
    ).outcomes
    assert isinstance(refused, Refusal)
    assert words in str(refused)
    assert isinstance(same, Outcome)
    assert same.change is Change.SAME
    assert isinstance(declined, Outcome)
    assert declined.gave_up_seat
    assert 2 not in hall.rows


def test_with_the_role_one_may() -> None:
    hall = Hall(None, Admission(only_role_id=5, deadline_at=NOW + timedelta(seconds=1)))
    press = Press(1, 1, "Member 1", Answer.ONLINE, frozenset({4, 5}))
    assert hall.settle([press]).outcomes == (Outcome(Change.ANSWERED, Answer.ONLINE),)


def test_a_seat_is_kept_within_bounds_and_no_longer_than_the_session() -> None:
    assert check_offer_minutes(5) == 5
    for minutes in (0, 4, 4321):
        with pytest.raises(Refusal):
            check_offer_minutes(minutes)
    ends_at = NOW + timedelta(minutes=20)
    assert offered_until(OFFERING, NOW, ends_at) == ends_at


def test_a_press_that_is_delivered_again_takes_no_seat_that_was_offered_since() -> None:
    hall = Hall(1, Admission(offer_minutes=60))
    first, second = Press(1, 1, "Member 1", Answer.IN_PERSON), Press(2, 2, "Member 2", Answer.IN_PERSON)
    hall.settle([first, second])
    hall.settle([Press(3, 1, "Member 1", None)])
    assert hall.held() == {2}
    assert hall.settle([second]).outcomes == (Outcome(Change.REPEATED, Answer.IN_PERSON, Answer.IN_PERSON, 1),)
    assert not hall.seated()
    assert hall.settle([replace(second, press_id=4)]).outcomes == (
        Outcome(Change.SEATED, Answer.IN_PERSON, Answer.IN_PERSON),
    )


def test_a_deadline_is_the_first_moment_at_which_no_answer_is_taken() -> None:
    admission = Admission(deadline_at=NOW)
    check_admission(admission, frozenset(), NOW - timedelta(seconds=1))
    assert not admission.shut(NOW - timedelta(seconds=1))
    assert admission.shut(NOW)
    with pytest.raises(Refusal, match="were taken until"):
        check_admission(admission, frozenset(), NOW)


def test_who_sits_beyond_the_limit_can_be_put_on_the_waiting_list() -> None:
    hall = Hall(2, OFFERING)
    hall.settle(presses((1, Answer.IN_PERSON), (2, Answer.IN_PERSON), (3, Answer.IN_PERSON)))
    hall.settle(presses((2, Answer.DECLINED), first=10))
    assert hall.held() == {3}
    hall.capacity = 1
    order = Press(20, 1, "Member 1", Answer.IN_PERSON, by_moderator=True, seat=False)
    (moved,) = hall.settle([order]).outcomes
    assert isinstance(moved, Outcome), "one sits and one seat is on offer, where there is one: none comes free"
    assert not hall.seated()
    assert hall.held() == {3}
    hall.settle(presses((3, Answer.IN_PERSON), first=30))
    assert hall.seated() == {3}
    (again,) = hall.settle([replace(order, press_id=40)]).outcomes
    assert isinstance(again, Refusal)
    assert "end of the waiting list already" in str(again)
    hall.settle(presses((1, None), first=50))
    (alone,) = hall.settle([replace(order, press_id=60, user_id=3)]).outcomes
    assert isinstance(alone, Refusal)
    assert "come straight back" in str(alone)


def test_who_cannot_come_as_said_may_answer_anew_also_when_answers_are_closed() -> None:
    before = Before(
        Mode.ONLINE,
        1,
        answers=2,
        seated=1,
        last_queue=2,
        rows={
            user: Standing(user, f"Member {user}", what, waiting=False, queue=user, press_id=user, answered_at=NOW)
            for user, what in ((1, Answer.IN_PERSON), (2, Answer.MAYBE))
        },
        admission=Admission(closed=True),
    )
    anew, other, new = settle(
        before, presses((1, Answer.ONLINE), (2, Answer.ONLINE), (3, Answer.ONLINE), first=10), NOW
    ).outcomes
    assert anew == Outcome(Change.CHANGED, Answer.ONLINE, Answer.IN_PERSON)
    assert isinstance(other, Refusal)
    assert isinstance(new, Refusal)
