"""What is stored about people is on one list; it can be shown, and ended."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.audit import ERASED, Actor
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Session, SessionId
from bot.store import audit, migrate, privacy, rsvps, sessions, stats

NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
GUILD, PERSON, OTHER, THIRD = 100, 900_000_000_000_000_302, 900_000_000_000_000_303, 900_000_000_000_000_304
SESSION = Session(
    id=SessionId("a" * 32),
    guild_id=GUILD,
    slug="first",
    title="First session",
    starts_at=NOW + timedelta(hours=20),
    ends_at=NOW + timedelta(hours=22),
    zone="Europe/Berlin",
    capacity=1,
)

# Numbers and names that are nobody's: a new column stands here or on the list of the holdings.
IMPERSONAL = {
    *("guild_id", "channel_id", "announce_channel_id", "log_channel_id", "card_channel_id"),
    *("message_id", "card_message_id", "floor_id", "press_id"),
    *("role_id", "moderator_role_id", "ping_role_id", "only_role_id", "lend_role_id"),
    *("audit.undone_by", "fact.name", "speaker.name"),
}
SUSPECT = ("user", "person", "actor", "member", "author", "organizer_id", "asker", "creator", "name")


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate.migrate(connection)
    sessions.save(connection, SESSION)
    yield connection
    connection.close()


def columns(conn: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    tables = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    for (table,) in tables:
        for _, name, kind, *_ in conn.execute(f"PRAGMA table_info({table})").fetchall():
            yield table, name, kind


def test_every_column_about_a_person_is_on_the_list(conn: sqlite3.Connection) -> None:
    listed = {(holding.table, holding.user_column) for holding in privacy.HOLDINGS}
    listed |= {(holding.table, holding.name_column) for holding in privacy.HOLDINGS if holding.name_column}
    for table, name, kind in columns(conn):
        suspect = (kind == "INTEGER" and name.endswith(("_id", "_by"))) or any(word in name for word in SUSPECT)
        if suspect and not {name, f"{table}.{name}"} & IMPERSONAL:
            assert (table, name) in listed, f"{table}.{name} may be about a person: bot/store/privacy.py"


def test_the_list_names_columns_that_exist(conn: sqlite3.Connection) -> None:
    known = {(table, name) for table, name, _ in columns(conn)}
    for holding in privacy.HOLDINGS:
        assert {(holding.table, name) for name in holding.columns} <= known


def fill(conn: sqlite3.Connection, person: int, name: str) -> None:
    """A row about `person` in every table of the list."""
    rsvps.apply(conn, GUILD, SESSION.id, [Press(1, person, name, Answer.IN_PERSON)], NOW)
    who = {"s": SESSION.id, "u": person, "n": name, "g": GUILD}
    for sql in (
        "INSERT INTO check_in VALUES (:s, :u, :n, 1, 'moderator')",
        "INSERT INTO recording_wish VALUES (:s, :u, 1)",
        "INSERT INTO seat_offer VALUES (:s, :u, 1, 9)",
        (
            "INSERT INTO talk (id, session_id, slug, position, title, folded) VALUES ('t', :s, 't', 1, 'T', 't')"
            " ON CONFLICT DO NOTHING"
        ),
        "INSERT INTO star VALUES ('t', :u, 1, 1, 1)",
        "INSERT INTO agenda (guild_id, user_id) VALUES (:g, :u)",
        "INSERT INTO draft VALUES ('d' || :u, :g, :u, 'k', '{}', 9)",
        "INSERT INTO creation VALUES (:g, :u, :s, 1)",
        "INSERT INTO loan VALUES (:s, :u, 5, :g, 'lent', 9999999999)",
        (
            "INSERT INTO reminder (key, session_id, kind, generation, user_id, due_at, deadline_at, state, next_try_at)"
            " VALUES ('k' || :u, :s, 'moved-up', 1, :u, 1, 2, 'sent', 1)"
        ),
    ):
        conn.execute(sql, who)
    audit.record(conn, GUILD, Actor(person, name), "changed the session", now=NOW)
    audit.record(conn, GUILD, Actor(OTHER, "Moderator"), "added", now=NOW, person=Actor(person, name))


def test_all_of_it_is_shown_to_its_person_alone(conn: sqlite3.Connection) -> None:
    fill(conn, PERSON, "Member 1")
    fill(conn, THIRD, "Member 3")
    shown = privacy.export(conn, PERSON)
    assert set(shown) == {holding.table for holding in privacy.HOLDINGS}
    text = json.dumps(shown)
    assert "Member 3" not in text
    assert str(THIRD) not in text
    assert str(OTHER) not in text
    (answer,) = shown["rsvp"]
    assert (answer["user_id"], answer["answered_at"], answer["session"]) == (
        str(PERSON),
        "2022-05-23T12:00:00+00:00",
        "First session",
    )


def test_all_of_it_ends(conn: sqlite3.Connection) -> None:
    fill(conn, PERSON, "Member 1")
    fill(conn, THIRD, "Member 3")
    erased = privacy.erase(conn, PERSON, NOW)
    assert erased.names == {"Member 1"}
    assert erased.sessions == (SESSION.id,)
    assert set(privacy.export(conn, PERSON)) == {"loan"}, "the role has to be taken back first"
    assert conn.execute("SELECT next_try_at FROM loan WHERE user_id = ?", (PERSON,)).fetchone() == (
        int(NOW.timestamp()),
    )
    conn.execute("DELETE FROM loan WHERE user_id = ?", (PERSON,))
    assert not privacy.holds(conn, PERSON)
    dump = "\n".join(conn.iterdump())
    assert "Member 1" not in dump
    assert str(PERSON) not in dump
    assert dump.count("Member 3") > 2
    assert ERASED in [change.actor_name for change in audit.page(conn, GUILD, 0)]
    assert ERASED in [change.person_name for change in audit.page(conn, GUILD, 0)]


def test_an_answer_that_was_withdrawn_before_ends_as_well(conn: sqlite3.Connection) -> None:
    for number, answer in enumerate((Answer.ONLINE, None), 1):
        rsvps.apply(conn, GUILD, SESSION.id, [Press(number, PERSON, "Member 1", answer)], NOW)
    assert privacy.holds(conn, PERSON), "the row stays, so that old presses are known"
    assert privacy.erase(conn, PERSON, NOW).rows == 1
    assert not privacy.holds(conn, PERSON)


def test_the_seat_goes_to_the_next_who_is_told(conn: sqlite3.Connection) -> None:
    presses = [Press(n, user, "Member", Answer.IN_PERSON) for n, user in enumerate((PERSON, OTHER), 1)]
    rsvps.apply(conn, GUILD, SESSION.id, presses, NOW)
    privacy.erase(conn, PERSON, NOW)
    roster = rsvps.roster(conn, SESSION.id)
    assert (roster.counts, roster.waiting) == ({Answer.IN_PERSON: 1}, 0)
    assert conn.execute("SELECT user_id, kind FROM reminder WHERE user_id IS NOT NULL").fetchall() == [
        (OTHER, "moved-up")
    ]
    figures = stats.figures(conn, GUILD, SESSION.id)
    assert figures is not None
    assert (figures.counts["in_person"], figures.counts["waiting"]) == (1, 0)


def test_numbers_of_past_sessions_stay(conn: sqlite3.Connection) -> None:
    rsvps.apply(conn, GUILD, SESSION.id, [Press(1, PERSON, "Member 1", Answer.ONLINE)], NOW)
    privacy.erase(conn, PERSON, SESSION.ends_at)
    figures = stats.figures(conn, GUILD, SESSION.id)
    assert figures is not None
    assert figures.counts["online"] == 1


def test_what_is_old_enough_goes_by_itself(conn: sqlite3.Connection) -> None:
    fill(conn, PERSON, "Member 1")
    assert privacy.expire(conn, SESSION.ends_at + privacy.KEPT) == 1, "only the draft"
    assert privacy.expire(conn, SESSION.ends_at + privacy.KEPT + timedelta(seconds=1)) == 5
    assert set(privacy.export(conn, PERSON)) == {"star", "agenda", "creation", "loan", "audit"}
