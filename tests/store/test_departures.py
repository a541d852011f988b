"""Guilds that come and go, and that nothing is left of those that went for good."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.audit import Actor
from bot.domain.departures import KEPT, Arrival
from bot.domain.guilds import GuildConfig
from bot.domain.reminder_rules import AWAY
from bot.domain.reminders import State, key
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.store import audit, departures, facts, guilds, migrate, reminders, sessions

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
NOW = START - timedelta(days=2)
HOME, OTHER = 900000000000000100, 900000000000000200


def session(guild_id: int, letter: str) -> Session:
    speaker = Speaker(SpeakerId(letter * 31 + "1"), "speaker", "Speaker")
    return Session(
        id=SessionId(letter * 32),
        guild_id=guild_id,
        slug="session",
        title="Session",
        starts_at=START,
        ends_at=START + timedelta(minutes=90),
        zone="Europe/Berlin",
        talks=(Talk(TalkId(letter * 31 + "2"), "talk", 1, "Talk", speakers=(speaker,)),),
    )


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    migrate.migrate(connection)
    for guild_id, letter in ((HOME, "a"), (OTHER, "b")):
        guilds.adopt(connection, GuildConfig(guild_id, announce_channel_id=7))
        made = session(guild_id, letter)
        sessions.save(connection, made)
        reminders.rearm(connection, made, NOW)
        audit.record(connection, guild_id, Actor(3, "Moderator"), "did something", now=NOW)
    yield connection
    connection.close()


def columns_of_guilds(conn: sqlite3.Connection) -> dict[str, str]:
    """Tables with a column for the guild, under its name."""
    tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for table in tables:
        for _, name, *_ in conn.execute(f"PRAGMA table_info({table})"):
            if "guild" in name:
                found[table] = name
    return found


def test_every_table_with_rows_of_a_guild_is_erased(conn: sqlite3.Connection) -> None:
    assert set(departures.OF_GUILD) == set(columns_of_guilds(conn))


def test_new_known_back(conn: sqlite3.Connection) -> None:
    assert departures.arrive(conn, 5, NOW) is Arrival.NEW
    assert departures.arrive(conn, 5, NOW) is Arrival.KNOWN
    departures.leave(conn, 5, NOW)
    assert departures.arrive(conn, 5, NOW) is Arrival.BACK
    assert departures.arrive(conn, 5, NOW) is Arrival.KNOWN
    # Set up before the bot was there: it is new there all the same.
    assert departures.arrive(conn, HOME, NOW) is Arrival.NEW


def test_nothing_is_sent_where_the_bot_is_not(conn: sqlite3.Connection) -> None:
    departures.leave(conn, HOME, NOW)
    assert {reminder.session_id for reminder in reminders.due(conn, NOW, 100)} == {SessionId("b" * 32)}
    late = START - timedelta(minutes=29)
    assert departures.arrive(conn, HOME, late) is Arrival.BACK
    hour = reminders.by_key(conn, key(SessionId("a" * 32), "before-60", 1))
    assert hour is not None
    assert (hour.state, hour.reason) == (State.SKIPPED, AWAY)
    kinds = {each.kind for each in reminders.due(conn, START, 100) if each.session_id == SessionId("a" * 32)}
    assert kinds == {"announce", "before-10", "start"}


def test_what_happened_while_nobody_listened(conn: sqlite3.Connection) -> None:
    assert departures.reconcile(conn, frozenset({HOME, OTHER}), NOW) == ([], [])
    assert departures.reconcile(conn, frozenset({OTHER}), NOW) == ([], [HOME])
    assert departures.reconcile(conn, frozenset({OTHER}), NOW) == ([], [])
    assert departures.reconcile(conn, frozenset({HOME, OTHER}), NOW) == ([HOME], [])


def test_a_guild_that_was_only_set_up_is_not_taken_for_one_that_left(conn: sqlite3.Connection) -> None:
    assert departures.reconcile(conn, frozenset(), NOW) == ([], [])
    assert departures.overdue(conn, NOW + KEPT * 2) == []


def test_a_departure_counts_from_its_beginning(conn: sqlite3.Connection) -> None:
    departures.leave(conn, HOME, NOW)
    departures.leave(conn, HOME, NOW + timedelta(days=20))
    assert departures.overdue(conn, NOW + KEPT - timedelta(seconds=1)) == []
    assert not departures.erase(conn, HOME, NOW + KEPT - timedelta(seconds=1))
    assert departures.overdue(conn, NOW + KEPT) == [HOME]


def test_after_thirty_days_nothing_is_left_but_the_other_guild(conn: sqlite3.Connection) -> None:
    departures.leave(conn, HOME, NOW)
    assert departures.erase(conn, HOME, NOW + KEPT)
    for table, column in columns_of_guilds(conn).items():
        rows = conn.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (HOME,)).fetchone()
        assert rows == (0,), table
    for table in ("talk", "reminder", "rsvp", "talk_speaker"):
        (left,) = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
        (theirs,) = conn.execute("SELECT count(*) FROM session").fetchone()
        assert theirs == 1
        assert left > 0 or table == "rsvp"
    assert sessions.get(conn, OTHER, SessionId("b" * 32)) == replace(session(OTHER, "b"))
    assert facts.get(conn, f"adopted {HOME}") is None
    assert departures.arrive(conn, HOME, NOW + KEPT) is Arrival.NEW
