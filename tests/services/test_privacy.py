"""A person is forgotten by the file itself, not only by its tables."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Session, SessionId
from bot.services.changes import Changes
from bot.services.privacy import PrivacyService
from bot.store import rsvps, sessions
from bot.store.database import Database

NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
GUILD, PERSON, NAME = 100, 900_000_000_000_000_302, "Zebulon Quirk"


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "file.db")
    yield database
    await database.close()


def plan(conn: sqlite3.Connection, title: str = "A session") -> Session:
    session = Session(
        id=SessionId(uuid4().hex),
        guild_id=GUILD,
        slug=uuid4().hex,
        title=title,
        starts_at=NOW + timedelta(hours=20),
        ends_at=NOW + timedelta(hours=22),
        zone="Europe/Berlin",
    )
    sessions.save(conn, session)
    return session


def crowd(conn: sqlite3.Connection) -> list[SessionId]:
    """The person among many, so that pages of the tables are split and merged again and again."""
    made = []
    for _ in range(12):
        session = plan(conn)
        made.append(session.id)
        presses = [
            Press(n, PERSON if n == 60 else PERSON + (n * 7919) % 100_003, f"Member {n}", Answer.ONLINE)
            for n in range(1, 120)
        ]
        presses[59] = Press(60, PERSON, NAME, Answer.IN_PERSON)
        rsvps.apply(conn, GUILD, session.id, presses, NOW)
    return made


async def test_nothing_of_a_person_is_left_in_the_file(db: Database, tmp_path: Path) -> None:
    clock, changes = Clock(NOW, 0), Changes()
    shown: list[SessionId] = []
    changes.on_card(shown.append)
    planned = await db.write(crowd)
    service = PrivacyService(db, clock, changes, tmp_path / "file.db")
    done = await service.erase(PERSON, NAME)
    assert (done.rows, done.searched, done.ids, done.names, done.roles_left) == (12, True, 0, 0, False)
    assert sorted(shown) == sorted(planned)
    for path in (tmp_path / "file.db", tmp_path / "file.db-wal"):
        assert NAME.encode() not in path.read_bytes()
        assert PERSON.to_bytes(8, "big") not in path.read_bytes()
    assert await db.read(lambda conn: conn.execute("SELECT count(*) FROM rsvp").fetchone()) == (12 * 118,)
    with pytest.raises(Refusal, match="nothing stored"):
        await service.erase(PERSON, NAME)


async def test_a_name_that_stands_there_by_right_is_told(db: Database, tmp_path: Path) -> None:
    await db.write(plan, f"A talk with {NAME}")
    await db.write(crowd)
    done = await PrivacyService(db, Clock(NOW, 0), Changes(), tmp_path / "file.db").erase(PERSON, NAME)
    assert done.ids == 0
    assert done.names >= 1


async def test_a_role_that_is_still_lent_is_told(db: Database, tmp_path: Path) -> None:
    class Hasty(Clock):
        """Waits for no real time."""

        passed = 0.0

        def monotonic(self) -> float:
            return self.passed

        async def sleep(self, seconds: float) -> None:
            self.passed += seconds

    await db.write(lambda conn: conn.execute("INSERT INTO loan VALUES ('s', ?, 5, 100, 'lent', 1)", (PERSON,)) and None)
    done = await PrivacyService(db, Hasty(NOW, 0), Changes(), tmp_path / "file.db").erase(PERSON, NAME)
    assert done.roles_left
    assert done.ids > 0
