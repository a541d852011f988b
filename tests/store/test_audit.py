"""The record of changes: what is noted, told, kept and forgotten."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.audit import KEPT, KEPT_ROWS, Actor
from bot.domain.sessions import Session, SessionId
from bot.store import audit, migrate, sessions

NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
GUILD, OTHER = 100, 200
WHO, PERSON = Actor(301, "Moderator"), Actor(302, "Member 1")
SESSION = Session(
    id=SessionId("a" * 32),
    guild_id=GUILD,
    slug="first",
    title="First session",
    starts_at=NOW + timedelta(hours=20),
    ends_at=NOW + timedelta(hours=22),
    zone="Europe/Berlin",
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate.migrate(connection)
    sessions.save(connection, SESSION)
    yield connection
    connection.close()


def test_a_change_of_a_session_is_noted_field_by_field(conn: sqlite3.Connection) -> None:
    new = replace(SESSION, title="Other", starts_at=SESSION.starts_at + timedelta(hours=1), generation=2)
    assert audit.record_session(conn, WHO, "changed the session", SESSION, new, now=NOW) == 1
    change = audit.last(conn, GUILD)
    assert change is not None
    start = int(SESSION.starts_at.timestamp())
    assert (change.before, change.after) == (
        {"title": "First session", "starts_at": start},
        {"title": "Other", "starts_at": start + 3600},
    )
    assert (change.title, change.actor_id, change.actor_name, change.at) == ("First session", 301, "Moderator", NOW)
    assert change.of_session


def test_what_did_not_change_is_not_noted(conn: sqlite3.Connection) -> None:
    assert audit.record_session(conn, WHO, "changed the session", SESSION, replace(SESSION, generation=9), now=NOW) == 0
    assert audit.record(conn, GUILD, WHO, "changed nothing", now=NOW, before={"a": 1}, after={"a": 1}) == 0
    assert audit.count(conn, GUILD) == 0


def test_numbers_count_in_each_guild_and_pages_are_bounded_by_it(conn: sqlite3.Connection) -> None:
    for number in range(1, 12):
        assert audit.record(conn, GUILD, WHO, f"did {number}", now=NOW) == number
    assert audit.record(conn, OTHER, WHO, "did something elsewhere", now=NOW) == 1
    assert [change.number for change in audit.page(conn, GUILD, 0)] == list(range(11, 3, -1))
    assert [change.number for change in audit.page(conn, GUILD, 8)] == [3, 2, 1]
    assert audit.get(conn, OTHER, 5) is None
    assert audit.page(conn, GUILD, 0, SESSION.id) == []


def test_the_record_of_a_guild_has_an_end(conn: sqlite3.Connection) -> None:
    conn.execute("BEGIN")
    for _ in range(KEPT_ROWS + 3):
        audit.record(conn, GUILD, WHO, "did", now=NOW)
    conn.execute("COMMIT")
    assert audit.count(conn, GUILD) == KEPT_ROWS
    assert audit.record(conn, GUILD, WHO, "did", now=NOW) == KEPT_ROWS + 4
    audit.record(conn, GUILD, WHO, "did", now=NOW + KEPT)
    assert audit.purge(conn, NOW + KEPT + timedelta(seconds=1)) == KEPT_ROWS - 1
    assert audit.count(conn, GUILD) == 1


def test_what_was_told_is_not_told_again(conn: sqlite3.Connection) -> None:
    for guild in (GUILD, OTHER, GUILD):
        audit.record(conn, guild, WHO, "did", now=NOW, person=PERSON)
    assert [(guild, change.number) for guild, change in audit.untold(conn, 10)] == [(GUILD, 1), (GUILD, 2), (OTHER, 1)]
    audit.told(conn, GUILD, 1)
    assert [(guild, change.number) for guild, change in audit.untold(conn, 10)] == [(GUILD, 2), (OTHER, 1)]
    assert [guild for guild, _ in audit.untold(conn, 10, [GUILD])] == [OTHER]
