"""Many people at once, on a real database."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.rsvps import Answer, Change, Outcome, Press
from bot.domain.sessions import Mode, Session, SessionId, Status
from bot.services.changes import Changes
from bot.services.rsvps import RsvpService
from bot.store import rsvps, sessions
from bot.store.database import Database

GUILD = 100


class Told:
    """What the rest of the house heard."""

    def __init__(self) -> None:
        self.cards: list[SessionId] = []
        self.reminders = 0
        self.changes = Changes()
        self.changes.on_card(self.cards.append)
        self.changes.on_reminders(self.count)

    def count(self) -> None:
        self.reminders += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def session(db: Database, clock: Clock) -> Session:
    made = Session(
        id=SessionId("a" * 32),
        guild_id=GUILD,
        slug="first",
        title="First session",
        starts_at=clock.now() + timedelta(hours=20),
        ends_at=clock.now() + timedelta(hours=22),
        zone="Europe/Berlin",
        capacity=5,
    )
    await db.write(sessions.save, made)
    return made


@pytest.fixture
def service(db: Database, clock: Clock, told: Told) -> RsvpService:
    return RsvpService(db, clock, told.changes)


def press(number: int, answer: Answer | None = Answer.IN_PERSON, *, user: int | None = None) -> Press:
    return Press(number, number if user is None else user, f"Member {number}", answer)


async def test_of_200_at_once_5_get_seats_and_195_queue_in_order(
    db: Database, service: RsvpService, session: Session
) -> None:
    outcomes = await asyncio.gather(*(service.answer(GUILD, session.id, press(user)) for user in range(1, 201)))
    assert [outcome.waiting for outcome in outcomes] == [None] * 5 + list(range(1, 196))
    roster = await db.read(rsvps.roster, session.id)
    assert (roster.counts[Answer.IN_PERSON], roster.waiting) == (5, 195)
    assert max(outcome.commit for outcome in outcomes) < 10, "presses share commits"

    leaving = [service.answer(GUILD, session.id, press(1000 + user, None, user=user)) for user in (2, 4, 6, 7)]
    assert [outcome.gave_up_seat for outcome in await asyncio.gather(*leaving)] == [True, True, True, True]
    # 2 and 4 leave, so 6 and 7 move up; they leave in turn, and 8 and 9 follow.
    seated = [user for user in range(1, 201) if await _has_seat(db, session, user)]
    assert seated == [1, 3, 5, 8, 9]
    place = await db.read(rsvps.of_user, GUILD, session.id, 10)
    assert place is not None
    assert place.waiting == 1


async def _has_seat(db: Database, session: Session, user: int) -> bool:
    rsvp = await db.read(rsvps.of_user, GUILD, session.id, user)
    return rsvp is not None and rsvp.answer is Answer.IN_PERSON and rsvp.waiting is None


async def test_an_outcome_is_on_disk_when_it_is_told(service: RsvpService, session: Session, tmp_path: Path) -> None:
    outcome = await service.answer(GUILD, session.id, press(1))
    other = sqlite3.connect(tmp_path / "test.db")
    try:
        assert other.execute("SELECT answer, press_id FROM rsvp").fetchall() == [("in_person", 1)]
    finally:
        other.close()
    assert outcome == Outcome(Change.ANSWERED, Answer.IN_PERSON)


async def test_nothing_is_kept_of_a_session_once_its_presses_are_answered(
    service: RsvpService, session: Session
) -> None:
    await asyncio.gather(*(service.answer(GUILD, session.id, press(user)) for user in range(1, 40)))
    await service.close()
    assert service._gathered == {}
    assert service._tasks == set()


async def test_a_session_that_refuses_refuses_each_and_takes_the_next(
    db: Database, service: RsvpService, session: Session, told: Told
) -> None:
    await db.write(sessions.save, replace(session, status=Status.CANCELLED))
    tries = [service.answer(GUILD, session.id, press(user)) for user in range(1, 4)]
    refusals = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(refusal) for refusal in refusals] == [Refusal] * 3
    assert len({id(refusal) for refusal in refusals}) == 3
    assert told.cards == []
    await db.write(sessions.save, session)
    assert (await service.answer(GUILD, session.id, press(9))).change is Change.ANSWERED


async def test_one_person_refused_leaves_the_others_of_the_batch_alone(
    db: Database, service: RsvpService, session: Session
) -> None:
    await db.write(sessions.save, replace(session, mode=Mode.IN_PERSON))
    first, second, third = await asyncio.gather(
        service.answer(GUILD, session.id, press(1)),
        service.answer(GUILD, session.id, press(2, Answer.ONLINE)),
        service.answer(GUILD, session.id, press(3, Answer.MAYBE)),
        return_exceptions=True,
    )
    assert isinstance(second, Refusal)
    assert [type(first), type(third)] == [Outcome, Outcome]


async def test_the_card_is_told_unless_the_caller_follows(service: RsvpService, session: Session, told: Told) -> None:
    await service.answer(GUILD, session.id, press(1), follows=True)
    assert told.cards == []
    await service.answer(GUILD, session.id, press(2, Answer.MAYBE, user=1))
    assert told.cards == [session.id]
    await service.answer(GUILD, session.id, press(3, Answer.MAYBE, user=1))
    await service.answer(GUILD, session.id, press(3, Answer.MAYBE, user=1))
    assert told.cards == [session.id], "nothing new to show"


async def test_somebody_who_moves_up_rings_the_reminders_and_the_card(
    service: RsvpService, session: Session, told: Told
) -> None:
    await asyncio.gather(*(service.answer(GUILD, session.id, press(user), follows=True) for user in range(1, 8)))
    assert (told.cards, told.reminders) == ([], 0)
    await service.answer(GUILD, session.id, press(100, None, user=1), follows=True)
    assert (told.cards, told.reminders) == ([session.id], 1)


async def test_who_stops_waiting_is_answered_for_by_the_card(
    db: Database, service: RsvpService, session: Session, told: Told
) -> None:
    impatient = asyncio.create_task(service.answer(GUILD, session.id, press(1), follows=True))
    await asyncio.sleep(0)
    impatient.cancel()
    await service.close()
    await asyncio.gather(impatient, return_exceptions=True)
    assert impatient.cancelled()
    roster = await db.read(rsvps.roster, session.id)
    assert roster.counts == {Answer.IN_PERSON: 1}
    assert told.cards == [session.id]


async def test_presses_of_two_sessions_do_not_mix(db: Database, service: RsvpService, session: Session) -> None:
    other = replace(session, id=SessionId("b" * 32), slug="second", guild_id=GUILD + 1)
    await db.write(sessions.save, other)
    here = [service.answer(GUILD, session.id, press(user)) for user in range(1, 8)]
    there = [service.answer(GUILD + 1, other.id, press(user, Answer.ONLINE)) for user in range(1, 8)]
    await asyncio.gather(*here, *there)
    foreign = await asyncio.gather(service.answer(GUILD, other.id, press(9)), return_exceptions=True)
    assert isinstance(foreign[0], Refusal)
    assert (await db.read(rsvps.roster, session.id)).counts == {Answer.IN_PERSON: 5}
    assert (await db.read(rsvps.roster, other.id)).counts == {Answer.ONLINE: 7}
