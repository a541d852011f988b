"""Lending roles and ending offers: once, caught up after a crash, and without a storm of refused calls."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery.calls import Calls
from bot.delivery.duties import Duties
from bot.delivery.moderators import Moderators
from bot.delivery.pace import Pace
from bot.delivery.roles import UNKNOWN_MEMBER
from bot.delivery.sender import Refused, Unsure
from bot.delivery.trouble import MISSING_PERMISSIONS
from bot.domain.admission import Admission
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import SessionId, Status
from bot.store import admission, loans, rsvps, sessions
from tests.delivery.world import GUILD, SESSION, START, World

ROLE = 77
END = SESSION.ends_at


class FakeRoles:
    """The roles of a server, with faults on order."""

    def __init__(self) -> None:
        self.held: set[tuple[int, int]] = set()
        self.gone: set[int] = set()
        self.fault: Exception | None = None
        self.lost = False  # the call is carried out, its answer never comes
        self.calls: list[str] = []

    async def has(self, guild_id: int, user_id: int, role_id: int) -> bool:
        self.calls.append("has")
        if user_id in self.gone:
            raise Refused(UNKNOWN_MEMBER, "Unknown Member")
        return (user_id, role_id) in self.held

    async def give(self, guild_id: int, user_id: int, role_id: int) -> None:
        self._call("give")
        self.held.add((user_id, role_id))
        self._lose()

    async def take(self, guild_id: int, user_id: int, role_id: int) -> None:
        self._call("take")
        self.held.discard((user_id, role_id))
        self._lose()

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.fault is not None:
            raise self.fault

    def _lose(self) -> None:
        if self.lost:
            self.lost = False
            raise Unsure("the connection was reset")


class Office:
    """Duties on the world's database; `restart` makes another process of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.roles = FakeRoles()
        self.restart()

    def restart(self) -> None:
        world, calls = self.world, Calls(Pace(self.world.clock))
        moderators = Moderators(world.clock, world.db, world.discord, calls)
        self.duties = Duties(world.clock, world.db, world.changes, calls=calls, moderators=moderators, roles=self.roles)

    async def at(self, moment: object = None) -> None:
        """The look at this moment, and all that follows from it."""
        if moment is not None:
            self.world.clock.move(moment, 0)  # type: ignore[arg-type] # a datetime
        await self.duties.look(self.world.clock.now())
        await self.duties.idle()

    async def lend(self, session_id: SessionId = SESSION.id, minutes: int | None = None) -> None:
        chosen = Admission(lend_role_id=ROLE, lend_minutes=minutes)
        await self.world.db.write(admission.save, session_id, chosen)

    async def answer(self, *users: int, press: int = 1, answer: Answer | None = Answer.ONLINE) -> None:
        presses = [Press(press, user, f"Member {user}", answer) for user in users]
        await self.world.db.write(rsvps.apply, GUILD, SESSION.id, presses, self.world.clock.now())

    async def rows(self) -> list[tuple[int, str]]:
        return await self.world.db.read(_rows)

    @property
    def having(self) -> set[int]:
        return {user for user, _ in self.roles.held}


def _rows(conn: sqlite3.Connection) -> list[tuple[int, str]]:
    return conn.execute("SELECT user_id, state FROM loan ORDER BY user_id").fetchall()


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    made = Office(world)
    yield made
    await made.duties.close()


async def test_a_role_comes_and_goes_with_the_session(office: Office) -> None:
    await office.lend(minutes=60)
    await office.answer(1, 2)
    await office.answer(3, answer=Answer.MAYBE)
    await office.at(START - timedelta(minutes=61))
    assert office.having == set()
    again = await office.duties.look(START - timedelta(minutes=61))
    assert again == START - timedelta(minutes=60)
    await office.at(START - timedelta(minutes=60))
    assert office.having == {1, 2}
    await office.answer(2, press=9, answer=None)
    await office.answer(4, press=9)
    await office.at(START)
    assert office.having == {1, 4}
    calls = len(office.roles.calls)
    await office.at(START)
    assert len(office.roles.calls) == calls, "nothing is asked twice"
    await office.at(END)
    assert office.having == set()
    assert await office.rows() == []


async def test_what_was_lost_or_interrupted_is_caught_up(office: Office) -> None:
    await office.lend()
    await office.answer(1)
    office.roles.lost = True
    await office.at()
    assert await office.rows() == [(1, "begun")]
    office.restart()
    await office.at()
    assert await office.rows() == [(1, "lent")], "given by us, though the answer was lost: it is not the person's own"
    office.roles.lost = True
    await office.at(END)
    assert await office.rows() == [(1, "lent")]
    office.restart()
    await office.at()
    assert office.having == set()
    assert await office.rows() == []


async def test_whoever_had_the_role_keeps_it_and_who_has_left_is_skipped(office: Office) -> None:
    office.roles.held.add((1, ROLE))
    office.roles.gone.add(2)
    await office.lend()
    await office.answer(1, 2, 3)
    await office.at()
    assert await office.rows() == [(1, "kept"), (2, "kept"), (3, "lent")]
    await office.at(END)
    assert office.having == {1}


async def test_two_sessions_that_lend_the_same_role(office: Office) -> None:
    later = replace(SESSION, id=SessionId("6" * 32), slug="later", ends_at=END + timedelta(hours=2), talks=())
    await office.world.db.write(sessions.save, later)
    press = [Press(1, 1, "Member 1", Answer.ONLINE)]
    await office.world.db.write(rsvps.apply, GUILD, later.id, press, office.world.clock.now())
    await office.lend()
    await office.lend(later.id)
    await office.answer(1)
    await office.at()
    await office.at(END)
    assert office.having == {1}, "the other session goes on"
    await office.at(later.ends_at)
    assert office.having == set()


@pytest.mark.parametrize("end", ["cancelled", "deleted", "stopped"])
async def test_it_is_taken_back_however_the_session_ends(office: Office, end: str) -> None:
    await office.lend()
    await office.answer(1)
    await office.at()
    assert office.having == {1}
    if end == "cancelled":
        await office.world.save(replace(SESSION, status=Status.CANCELLED))
    elif end == "deleted":
        await office.world.db.write(lambda conn: conn.execute("DELETE FROM session").rowcount)
    else:
        await office.world.db.write(admission.save, SESSION.id, Admission())
    await office.at()
    assert office.having == set()
    assert await office.rows() == []


async def test_without_the_permission_one_call_is_made_and_the_moderators_are_told(office: Office) -> None:
    await office.lend()
    await office.answer(*range(1, 30))
    office.roles.fault = Refused(MISSING_PERMISSIONS, "Missing Permissions")
    await office.at()
    assert office.roles.calls.count("give") == 1
    (told,) = office.world.told()
    assert "Manage Roles" in told
    assert "Server Settings" in told
    now = office.world.clock.now()
    await office.at(now + timedelta(minutes=5))
    assert office.roles.calls.count("give") == 1
    office.roles.fault = None
    await office.at(now + timedelta(minutes=10))
    assert len(office.having) == 29

    office.roles.fault = Refused(MISSING_PERMISSIONS, "Missing Permissions")
    office.roles.calls.clear()
    await office.at(END)
    assert office.roles.calls.count("take") == 1
    assert "could not take" in office.world.told()[-1]
    office.roles.fault = None
    await office.at(END + timedelta(hours=6))
    assert office.having == set()


async def test_the_time_of_an_offer_that_nobody_could_read_begins_anew(office: Office) -> None:
    world = office.world
    await world.save(replace(SESSION, capacity=1))
    await world.db.write(admission.save, SESSION.id, Admission(offer_minutes=30))
    for user in (1, 2, 3):
        await office.answer(user, press=user, answer=Answer.IN_PERSON)
    await office.answer(1, press=9, answer=None)
    now = world.clock.now()
    await office.at(now + timedelta(minutes=31))  # its message has not been sent
    found = await world.db.read(rsvps.outlook, GUILD, SESSION.id, 2)
    assert found is not None
    assert found.kept_until == now + timedelta(minutes=61)
    await world.step()  # now it is
    await office.at(now + timedelta(minutes=61))
    assert await world.db.read(rsvps.of_user, GUILD, SESSION.id, 2) is None
    found = await world.db.read(rsvps.outlook, GUILD, SESSION.id, 3)
    assert found is not None
    assert found.kept_until is not None
    assert await world.db.read(loans.guilds_at_work, world.clock.now()) == []
