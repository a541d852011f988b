"""What follows from a change to a session: its seats and its waiting list, whatever was changed meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Session, SessionId
from bot.services.attendance import AttendanceService
from bot.services.changes import Changes
from bot.services.sessions import SessionService
from bot.store import rsvps, sessions
from bot.store.database import Database

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
