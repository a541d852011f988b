"""Answers against a plain list: who has a seat, and who waits in which order, however presses share commits."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from random import Random

from bot.domain.errors import Refusal
from bot.domain.rsvps import Answer, Press
from bot.store import attendance, edits, migrate, privacy, rsvps, sessions
from tests.campaign.tally import Kind
from tests.delivery.world import GUILD, SESSION, START

NOW = START.replace(hour=1)
PEOPLE = 9
CHOICES = (Answer.IN_PERSON, Answer.IN_PERSON, Answer.ONLINE, Answer.MAYBE, Answer.DECLINED, None)


class Reference:
    """The rules, said as shortly as they can be: a list of seats and a line. A seat that is held is not taken away."""

    def __init__(self, capacity: int | None) -> None:
        self.capacity = capacity
        self.answers: dict[int, Answer] = {}
        self.newest: dict[int, int] = {}
        self.seats: list[int] = []
        self.line: list[int] = []

    def press(self, press: Press) -> None:
        if press.press_id <= self.newest.get(press.user_id, 0):
            return  # Discord delivered an older one later
        self.newest[press.user_id] = press.press_id
        if self.answers.get(press.user_id) is press.answer:
            return
        self.leave(press.user_id)
        if press.answer is not None:
            self.answers[press.user_id] = press.answer
        if press.answer is Answer.IN_PERSON:
            self.line.append(press.user_id)
        self.fill()

    def leave(self, user: int) -> None:
        self.answers.pop(user, None)
        for group in (self.seats, self.line):
            if user in group:
                group.remove(user)

    def erase(self, user: int) -> None:
        self.leave(user)
        self.newest.pop(user, None)
        self.fill()

    def fill(self) -> None:
        while self.line and (self.capacity is None or len(self.seats) < self.capacity):
            self.seats.append(self.line.pop(0))


def answers(rng: Random, did: Counter[str]) -> list[tuple[Kind, str]]:
    """Play one sequence on a database; what differs from the reference."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        migrate.migrate(conn)
        reference = Reference(rng.choice((None, 1, 2, 3, 5)))
        sessions.save(conn, replace(SESSION, capacity=reference.capacity))
        for turn in range(rng.randrange(4, 16)):
            words = _turn(conn, reference, rng, turn, did)
            wrong = _compared(conn, reference)
            if wrong:
                return [(kind, f"{each} after {words}") for kind, each in wrong]
    return []


def _turn(conn: sqlite3.Connection, reference: Reference, rng: Random, turn: int, did: Counter[str]) -> str:
    chance = rng.randrange(10)
    if chance == 9:
        reference.capacity = rng.choice((1, 2, 4, None))
        old = sessions.by_id(conn, SESSION.id)
        assert old is not None
        edits.save(conn, old, replace(old, capacity=reference.capacity), NOW)
        rsvps.apply(conn, GUILD, SESSION.id, (), NOW)
        reference.fill()
        did["capacities changed"] += 1
        return f"capacity {reference.capacity}"
    if chance == 8:
        user = rng.randrange(PEOPLE) + 1
        privacy.erase(conn, user, NOW)
        reference.erase(user)
        did["people erased"] += 1
        return f"erasing {user}"
    presses = _presses(rng, turn)
    outcomes = rsvps.apply(conn, GUILD, SESSION.id, presses, NOW).outcomes
    for press, outcome in zip(presses, outcomes, strict=True):
        reference.press(press)
        assert not isinstance(outcome, Refusal), outcome
    did["presses"] += len(presses)
    return f"{presses}"


def _presses(rng: Random, turn: int) -> list[Press]:
    """Those of one commit; a few come late, or twice."""
    found = []
    for number in range(rng.randrange(8) + 1):
        user = rng.randrange(PEOPLE) + 1
        late = 150 if rng.randrange(8) == 7 else 0
        press_id = max(1000 + 100 * turn + number - late, 1)
        by_moderator = rng.randrange(6) == 5
        found.append(Press(press_id, user, f"Member {user}", rng.choice(CHOICES), by_moderator=by_moderator))
    return found


def _compared(conn: sqlite3.Connection, reference: Reference) -> list[tuple[Kind, str]]:
    listed = attendance.listing(conn, GUILD, SESSION.id, 0, 100)
    assert listed is not None
    people = listed.people
    line = [each.user_id for each in people if each.waiting is not None]
    seats = {each.user_id for each in people if each.answer is Answer.IN_PERSON and each.waiting is None}
    found = {each.user_id: each.answer for each in people}
    wrong: list[tuple[Kind, str]] = []
    if found != reference.answers:
        wrong.append(("lost", f"answers are {found}, not {reference.answers}"))
    if len(seats) > len(reference.seats):
        wrong.append(("doubled", f"seats are given to {seats}, not {reference.seats}"))
    if (seats, line) != (set(reference.seats), reference.line):
        wrong.append(("corrupt", f"seats {seats} and line {line}, not {reference.seats} and {reference.line}"))
    return wrong
