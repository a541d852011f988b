"""Who gets a seat: presses are applied in order, seats and the waiting list follow."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.admission import Admission, check_admission
from bot.domain.errors import Refusal
from bot.domain.rsvps import MAX_ANSWERS, Answer, Change, Outcome, Press, check_choice, choices
from bot.domain.sessions import Mode


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of one person and one session.

    `answer` is None once it was withdrawn: the row stays, so that a late repetition of an older press is known by
    its `press_id`. `queue` rises with every new answer in the session and orders the waiting list.
    """

    user_id: int
    name: str
    answer: Answer | None
    waiting: bool
    queue: int
    press_id: int
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the waiting list; places are ordered by `queue`."""

    queue: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Before:
    """What must be known of a session to apply presses to it: `rows` of those who press, and the whole `line`.

    `answers` counts the people with an answer, `seated` those in person who do not wait; `capacity` None: no limit.
    `held` are those in line for whom a seat is kept until they take it or pass.
    """

    mode: Mode
    capacity: int | None
    answers: int = 0
    seated: int = 0
    last_queue: int = 0
    rows: Mapping[int, Standing] | None = None
    line: Sequence[Place] = ()
    admission: Admission = field(default_factory=Admission)
    held: AbstractSet[int] = frozenset()


@dataclass(frozen=True, slots=True)
class After:
    """What to store and to tell: an outcome for each press, the rows that changed, and who moved up to a seat.

    `moved` names only those who hold that seat at the end, by the place they waited in; of these, `changed` has
    only those who pressed, too. `offered` are those in line for whom a seat is kept from now on.
    """

    outcomes: tuple[Outcome | Refusal, ...]
    changed: tuple[Standing, ...]
    moved: tuple[Place, ...]
    offered: tuple[Place, ...] = ()


def settle(before: Before, presses: Iterable[Press], now: datetime) -> After:
    """Apply `presses` in the order given.

    Outcomes and rows come out the same for any way of cutting a sequence of presses into several calls: each press
    finds what the one before it left. Free seats are filled from the waiting list first, so nobody overtakes those who
    wait, also after the capacity was raised.
    """
    table = _Table(before, now)
    table.fill()
    outcomes = tuple(table.press(press) for press in presses)
    return table.after(outcomes)


class _Table:
    """The state between two presses of one call."""

    def __init__(self, before: Before, now: datetime) -> None:
        self._mode = before.mode
        # Online only: nobody needs a seat. The line is left as it stands, for the case that there are seats again.
        self._seatless = before.mode is Mode.ONLINE
        self._capacity = None if self._seatless else before.capacity
        self._answers = before.answers
        self._seated = before.seated
        self._last_queue = before.last_queue
        self._rows = dict(before.rows or {})
        self._line = [(place.queue, place.user_id) for place in before.line]
        self._admission = before.admission
        self._held = set(before.held) if self._capacity is not None else set()
        self._offered: dict[int, int] = {}
        self._now = now
        self._changed: set[int] = set()
        self._moved: dict[int, int] = {}

    def press(self, press: Press) -> Outcome | Refusal:
        row = self._rows.get(press.user_id)
        if row is not None and press.press_id <= row.press_id:
            return Outcome(Change.REPEATED, row.answer, row.answer, self._place(row))
        previous = row.answer if row else None
        try:
            self._check(press, previous)
        except Refusal as refusal:
            return refusal
        if row is not None and row.waiting and previous is press.answer and self._gets_seat(press):
            return self._seat(press, row)
        if row is None or previous is not press.answer or press.seat is False:
            return self._set(press, row, previous)
        self._store(replace(row, name=press.name, press_id=press.press_id))
        change = Change.NOTHING if previous is None else Change.SAME
        return Outcome(change, previous, previous, self._place(row))

    def fill(self) -> None:
        """Give free seats to those who wait longest, or keep the seats for them until they say whether they take it."""
        while self._has_room() and not self._seatless:
            place = next((place for place in self._line if place[1] not in self._held), None)
            if place is None:
                return
            queue, user_id = place
            if self._capacity is not None and self._admission.offer_minutes is not None:
                self._held.add(user_id)
                self._offered[user_id] = queue
                continue
            self._line.remove(place)
            self._seated += 1
            self._moved[user_id] = queue
            if user_id in self._rows:
                self._store(replace(self._rows[user_id], waiting=False))

    def after(self, outcomes: tuple[Outcome | Refusal, ...]) -> After:
        changed = tuple(self._rows[user_id] for user_id in self._changed)
        given_up = {row.user_id for row in changed if row.queue != self._moved.get(row.user_id) or row.answer is None}
        moved = tuple(Place(queue, user_id) for user_id, queue in self._moved.items() if user_id not in given_up)
        waiting = set(self._line) if self._offered else set()
        offered = tuple(Place(queue, user) for user, queue in self._offered.items() if (queue, user) in waiting)
        return After(outcomes, changed, moved, offered)

    def _check(self, press: Press, previous: Answer | None) -> None:
        answer = press.answer
        if answer is None:
            return
        check_choice(self._mode, answer)
        # Who was let in and cannot come that way any more answers anew, also when nobody else may answer.
        anew = previous is not None and previous not in choices(self._mode)
        if not (press.by_moderator or anew) and answer not in {Answer.DECLINED, previous}:
            check_admission(self._admission, press.roles, self._now)
        if press.seat is False:
            self._check_end_of_line(press.user_id, sat=previous is Answer.IN_PERSON and not self._waits(press.user_id))
        if previous is None and self._answers >= MAX_ANSWERS:
            raise Refusal(f"{MAX_ANSWERS:,} people have answered already, and no more fit. Please tell the organizers.")

    def _check_end_of_line(self, user_id: int, *, sat: bool) -> None:
        if any(user != user_id and user not in self._held for _, user in self._line):
            return
        if self._waits(user_id) and user_id not in self._held:
            raise Refusal("Nobody else waits, so this person is at the end of the waiting list already.")
        # Where more sit, or are offered a seat, than there are seats, none comes free.
        if self._capacity is None or self._seated - sat + len(self._held - {user_id}) < self._capacity:
            raise Refusal(
                "Nobody else waits for a seat, so the seat would come straight back, and nothing was changed. "
                "Choose another answer for this person, or use `/attendee remove`."
            )

    def _waits(self, user_id: int) -> bool:
        row = self._rows.get(user_id)
        return row is not None and row.waiting

    def _gets_seat(self, press: Press) -> bool:
        return bool(press.seat) or (press.seat is None and not press.by_moderator and press.user_id in self._held)

    def _seat(self, press: Press, row: Standing) -> Outcome:
        """From the waiting list to a seat that was kept for the person, or that a moderator gives."""
        self._leave_line(row)
        self._seated += 1
        if press.by_moderator:
            self._moved[row.user_id] = row.queue
        self._store(replace(row, name=press.name, waiting=False, press_id=press.press_id))
        return Outcome(Change.SEATED, row.answer, row.answer)

    def _set(self, press: Press, row: Standing | None, previous: Answer | None) -> Outcome:
        waited, sat = self._leave(row)
        self._answers += (press.answer is not None) - (previous is not None)
        # A withdrawn row keeps its number: nothing new was answered.
        if press.answer is not None or row is None:
            self._last_queue += 1
        queue = self._last_queue if press.answer is not None or row is None else row.queue
        waiting = press.answer is Answer.IN_PERSON and not self._sit_down(queue, press)
        standing = Standing(
            press.user_id, press.name, press.answer, waiting, queue, press.press_id, answered_at=self._now
        )
        self._store(standing)
        return Outcome(
            _change(press.answer, previous),
            press.answer,
            previous,
            self._place(standing),
            gave_up_seat=sat and self._capacity is not None,
            left_line=waited and not self._seatless,
        )

    def _leave(self, row: Standing | None) -> tuple[bool, bool]:
        """Take a person out of the line or off the seat; (waited, sat)."""
        if row is None or row.answer is not Answer.IN_PERSON:
            return False, False
        if row.waiting:
            kept = self._leave_line(row)
            if kept:
                self.fill()
            return True, False
        self._seated -= 1
        self.fill()
        return False, True

    def _leave_line(self, row: Standing) -> bool:
        """Take a person out of the line; whether a seat was kept for that person."""
        del self._line[bisect_left(self._line, (row.queue, row.user_id))]
        kept = row.user_id in self._held
        self._held.discard(row.user_id)
        return kept

    def _sit_down(self, queue: int, press: Press) -> bool:
        # Where there is room nobody waits who has no offer: `fill` saw to it.
        if self._has_room() if press.seat is None else press.seat:
            self._seated += 1
            return True
        self._line.append((queue, press.user_id))
        return False

    def _has_room(self) -> bool:
        return self._capacity is None or self._seated + len(self._held) < self._capacity

    def _place(self, row: Standing) -> int | None:
        if self._seatless or not row.waiting:
            return None
        return bisect_left(self._line, (row.queue, row.user_id)) + 1

    def _store(self, row: Standing) -> None:
        self._rows[row.user_id] = row
        self._changed.add(row.user_id)


def _change(answer: Answer | None, previous: Answer | None) -> Change:
    if answer is None:
        return Change.NOTHING if previous is None else Change.WITHDRAWN
    return Change.ANSWERED if previous is None else Change.CHANGED
