"""What follows from a change to a session: its seats and its waiting list, whatever was changed meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.rsvps import Answer, Outcome, Press
from bot.domain.sessions import Mode, Session, SessionId
from bot.services.attendance import AttendanceService, Order
from bot.services.changes import Changes
from bot.services.sessions import SessionService
from bot.store import offers, rsvps, sessions
from bot.store.database import Database
from bot.ui.attendance import capacity_set, overview
from bot.ui.attendance import people as page

START = datetime(2022, 5, 26, 16, tzinfo=UTC)
SESSION = Session(
    SessionId("1" * 32), 7, "open", "Open", START, START + timedelta(hours=2), "Europe/Berlin", capacity=1
)
MODERATOR = Actor(99, "Moderator")


@pytest.fixture
async def service(db: Database, clock: Clock) -> SessionService:
    await db.write(sessions.save, SESSION)
    return SessionService(db, clock, Changes())


@pytest.fixture
def people(db: Database, clock: Clock) -> AttendanceService:
    return AttendanceService(db, clock, Changes())


async def known(db: Database) -> Session:
    session = await db.read(sessions.by_id, SESSION.id)
    assert session is not None
    return session


async def answer(db: Database, clock: Clock, *users: int, what: Answer = Answer.IN_PERSON) -> None:
    presses = [Press(user, user, f"Member {user}", what) for user in users]
    await db.write(rsvps.apply, 7, SESSION.id, presses, clock.now())


async def places(db: Database) -> dict[int, int | None]:
    """Of those who said to come in person: the place on the waiting list, None with a seat."""

    def read(conn: Any) -> dict[int, int | None]:
        users = [row[0] for row in conn.execute("SELECT user_id FROM rsvp WHERE answer = 'in_person'")]
        found = {user: rsvps.of_user(conn, 7, SESSION.id, user) for user in users}
        return {user: rsvp.waiting for user, rsvp in found.items() if rsvp is not None}

    return await db.read(read)


async def notices(db: Database, kind: str) -> list[int]:
    def read(conn: Any) -> list[int]:
        return [row[0] for row in conn.execute("SELECT user_id FROM reminder WHERE kind = ? ORDER BY due_at", (kind,))]

    return await db.read(read)


async def test_seats_that_came_while_it_was_cancelled_are_given_when_it_takes_place_after_all(
    service: SessionService, db: Database, clock: Clock
) -> None:
    await answer(db, clock, 1, 2)
    await service.cancel(7, SESSION.id, MODERATOR, None)
    await service.change(7, SESSION.id, MODERATOR, capacity=2)
    assert await places(db) == {1: None, 2: 1}, "nothing is given in a session that does not take place"
    await service.reopen(7, SESSION.id, MODERATOR)
    assert await places(db) == {1: None, 2: None}
    assert await notices(db, "moved-up") == [2]


async def deadline(db: Database, people: AttendanceService) -> datetime | None:
    return (await people.chosen(7, SESSION.id)).admission.deadline_at


async def test_a_deadline_moves_with_its_session(
    service: SessionService, people: AttendanceService, db: Database, clock: Clock
) -> None:
    day = timedelta(days=1)
    await people.set_deadline(7, SESSION.id, MODERATOR, START - day)
    times = (START + 20 * day, SESSION.ends_at + 20 * day)
    assert await service.deadline_then(SESSION, times) == (START - day, START + 19 * day), "the preview"
    moved = await service.move(7, SESSION.id, MODERATOR, times, seen=(SESSION.starts_at, SESSION.ends_at), quiet=False)
    assert moved.deadline == (START - day, START + 19 * day)
    assert await deadline(db, people) == START + 19 * day
    longer = (times[0], times[1] + day)
    await service.move(7, SESSION.id, MODERATOR, longer, seen=times, quiet=False)
    assert await deadline(db, people) == START + 19 * day, "another end alone is no other deadline"
    await service.delay(7, SESSION.id, MODERATOR, timedelta(hours=1))
    assert await deadline(db, people) == START + 19 * day + timedelta(hours=1)


async def test_a_deadline_that_is_past_stays_and_one_that_would_be_past_is_lifted(
    service: SessionService, people: AttendanceService, db: Database, clock: Clock
) -> None:
    hour = timedelta(hours=1)
    await people.set_deadline(7, SESSION.id, MODERATOR, START - 30 * hour)
    sooner = (START - 70 * hour, SESSION.ends_at - 70 * hour)
    edited = await service.move(7, SESSION.id, MODERATOR, sooner, seen=(START, SESSION.ends_at), quiet=False)
    assert edited.deadline == (START - 30 * hour, None), "it would have closed the answers at once"
    soon = clock.now() + hour
    await people.set_deadline(7, SESSION.id, MODERATOR, soon)
    clock.move(clock.now() + 2 * hour, 0)
    edited = await service.move(7, SESSION.id, MODERATOR, (START, SESSION.ends_at), seen=sooner, quiet=False)
    assert edited.deadline == (soon, soon)


async def test_a_deadline_within_a_running_session_is_late_with_it(
    service: SessionService, people: AttendanceService, db: Database, clock: Clock
) -> None:
    hour = timedelta(hours=1)
    await people.set_deadline(7, SESSION.id, MODERATOR, START + hour)
    clock.move(START + timedelta(minutes=10), 0)
    edited = await service.delay(7, SESSION.id, MODERATOR, 3 * hour)
    assert edited.deadline == (START + hour, START + 4 * hour)


async def test_fewer_seats_than_are_taken_and_on_offer_are_told(
    service: SessionService, people: AttendanceService, db: Database, clock: Clock
) -> None:
    await people.set_capacity(7, SESSION.id, MODERATOR, 2)
    await people.set_offers(7, SESSION.id, MODERATOR, 30)
    await answer(db, clock, 1, 2, 3)
    await answer(db, clock, 12, what=Answer.ONLINE)
    await db.write(rsvps.apply, 7, SESSION.id, [Press(20, 2, "Member 2", None)], clock.now())
    settled = await people.set_capacity(7, SESSION.id, MODERATOR, 1)
    assert (settled.over, settled.kept, settled.kept_until) == (0, 1, clock.now() + timedelta(minutes=30))
    words = capacity_set(settled).content or ""
    assert "has 1 seat now" in words
    assert "1 seat beyond that is still on offer until <t:" in words
    assert "on offer" not in (capacity_set(await people.set_capacity(7, SESSION.id, MODERATOR, 2)).content or "")


async def test_people_of_a_session_that_is_cancelled_or_over_are_left_with_words_for_moderators(
    service: SessionService, people: AttendanceService, db: Database, clock: Clock
) -> None:
    await answer(db, clock, 1)
    order = Order(MODERATOR, Actor(1, "Member 1"), 50, "took somebody off the list", None)

    async def refusals() -> set[str]:
        found = set()
        for act in (
            people.place(7, SESSION.id, order),
            people.set_capacity(7, SESSION.id, MODERATOR, 1),
            people.close(7, SESSION.id, MODERATOR, closed=True),
            people.read_deadline(await known(db), "in 2 hours"),
            people.set_deadline(7, SESSION.id, MODERATOR, START),
            people.set_only(7, SESSION.id, MODERATOR, 5),
            people.set_offers(7, SESSION.id, MODERATOR, 30),
            people.lend(7, SESSION.id, MODERATOR, 5),
        ):
            with pytest.raises(Refusal) as caught:
                await act
            found.add(str(caught.value))
        return found

    await service.cancel(7, SESSION.id, MODERATOR, None)
    (words,) = await refusals()
    assert "`/session reopen`" in words
    await service.reopen(7, SESSION.id, MODERATOR)
    clock.move(SESSION.ends_at, 0)
    (words,) = await refusals()
    assert "`/attendee checkin`" in words
    assert await places(db) == {1: None}


@pytest.mark.parametrize(
    ("mode", "what", "words"),
    [(Mode.ONLINE, Answer.IN_PERSON, "come in person"), (Mode.IN_PERSON, Answer.ONLINE, "come online")],
)
async def test_an_answer_that_is_not_asked_for_is_refused_in_words_for_moderators(
    service: SessionService, people: AttendanceService, mode: Mode, what: Answer, words: str
) -> None:
    await service.change(7, SESSION.id, MODERATOR, mode=mode)
    with pytest.raises(Refusal, match=words) as caught:
        await people.place(7, SESSION.id, Order(MODERATOR, Actor(1, "Member 1"), 50, "answered", what))
    assert "`/rsvp`" not in str(caught.value)
    assert "`mode`" in str(caught.value)


async def test_seats_are_changed_the_way_every_field_is(
    people: AttendanceService, service: SessionService, db: Database, clock: Clock
) -> None:
    await answer(db, clock, 1, 2, 3)
    settled = await people.set_capacity(7, SESSION.id, MODERATOR, 2)
    assert (settled.moved, settled.session.capacity) == (1, 2)
    assert settled.session == await known(db)
    again = await people.set_capacity(7, SESSION.id, MODERATOR, 2)
    assert (again.moved, again.over) == (0, 0)


async def test_nobody_waits_for_a_seat_once_it_is_online_only_and_the_line_stands_when_there_are_seats_again(
    service: SessionService, people: AttendanceService, db: Database, clock: Clock
) -> None:
    await people.set_offers(7, SESSION.id, MODERATOR, 30)
    await answer(db, clock, 1, 2, 3, 4)
    await db.write(rsvps.apply, 7, SESSION.id, [Press(20, 1, "Member 1", None)], clock.now())
    assert await db.read(offers.open_until, SESSION.id), "one is kept for the second"
    await service.change(7, SESSION.id, MODERATOR, mode=Mode.ONLINE)
    assert await places(db) == {2: None, 3: None, 4: None}
    assert await db.read(offers.open_until, SESSION.id) == []
    settled = await people.set_capacity(7, SESSION.id, MODERATOR, 2)
    assert (settled.moved, settled.offered, settled.over) == (0, 0, 0)
    assert "nobody needs one" in (capacity_set(settled).content or "")
    assert await notices(db, "moved-up") == []
    assert await notices(db, "seat-offer") == [2], "the one from before"
    listed = await people.everybody(7, SESSION.id)
    assert (listed.waiting, listed.counts) == (0, {Answer.IN_PERSON: 3})
    assert "no longer possible · 3" in str(page(listed).embeds[0].description)
    assert "nobody needs a seat" in (overview(listed).content or "")
    batch = await db.write(rsvps.apply, 7, SESSION.id, [Press(30, 2, "Member 2", Answer.ONLINE)], clock.now())
    (outcome,) = batch.outcomes
    assert isinstance(outcome, Outcome)
    assert (outcome.gave_up_seat, outcome.left_line) == (False, False)
    clock.move(clock.now() + timedelta(minutes=31), 0)
    await db.write(offers.end, 7, SESSION.id, clock.now())
    await service.change(7, SESSION.id, MODERATOR, mode=Mode.HYBRID)
    assert await places(db) == {3: 1, 4: 2}
    assert len(await db.read(offers.open_until, SESSION.id)) == 2
