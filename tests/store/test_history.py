"""What is looked for again and again is found without reading all that has piled up."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.sessions import Session, SessionId
from bot.store import agenda, audit, loans, migrate, offers, plans, reminder_pages, reminders, rsvps, sessions

NOW = datetime(2022, 5, 23, 7, 0, tzinfo=UTC)
GUILD, PERSON = 100, 300
LARGE = ("session", "talk", "rsvp", "reminder", "speaker", "star", "answer_event", "audit", "check_in")
# Has rows only of what is still to be done.
SHORT = "audit_untold"


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    migrate.migrate(made)
    yield made
    made.close()


LOOKS: dict[str, Callable[[sqlite3.Connection], object]] = {
    "due reminders": lambda conn: reminders.due(conn, NOW, 500),
    "the next reminder": lambda conn: reminders.next_due(conn, NOW),
    "claims of processes that are gone": lambda conn: reminders.stale_claims(conn, "us", NOW),
    "cards at the start": lambda conn: rsvps.cards_since(conn, NOW),
    "cards that the time has changed": lambda conn: rsvps.cards_turned(conn, NOW - timedelta(seconds=5), NOW),
    "offers that end": lambda conn: (offers.ended(conn, NOW, 100), offers.next_end(conn, NOW)),
    "roles to lend": lambda conn: loans.guilds_at_work(conn, NOW),
    "the next role to lend": lambda conn: loans.next_moment(conn, NOW),
    "changes to tell": lambda conn: audit.untold(conn, 40),
    "the session at hand": lambda conn: sessions.relevant(conn, GUILD, NOW),
    "sessions before and after": lambda conn: sessions.past_and_upcoming(conn, GUILD, NOW, 12),
    "what is on": lambda conn: agenda.around(conn, GUILD, NOW),
    "an agenda": lambda conn: agenda.of_user(conn, GUILD, PERSON, NOW),
    "a page of posts": lambda conn: reminder_pages.page(conn, GUILD, None, 0),
    "a page of sessions": lambda conn: plans.listing(conn, GUILD, 0, NOW),
}


@pytest.mark.parametrize("name", LOOKS)
def test_no_look_reads_a_whole_table(conn: sqlite3.Connection, name: str) -> None:
    asked: list[str] = []
    conn.set_trace_callback(asked.append)
    LOOKS[name](conn)
    conn.set_trace_callback(None)
    assert asked
    steps = [row[3] for statement in asked for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step for step in steps if step.startswith("SCAN ") and step.split()[1] in LARGE and SHORT not in step] == []


def test_such_a_reading_would_be_noticed(conn: sqlite3.Connection) -> None:
    (step,) = conn.execute("EXPLAIN QUERY PLAN SELECT count(*) FROM session WHERE title = 'A'").fetchall()
    assert step[3].split()[:2] == ["SCAN", "session"]


def test_pages_of_sessions_go_on_from_what_comes_to_what_is_over(conn: sqlite3.Connection) -> None:
    for number in range(27):
        sessions.save(conn, _session(number, NOW + timedelta(hours=3 * number - 40)))
    found = [listed for page in range(3) for listed in plans.listing(conn, GUILD, page, NOW).sessions]
    coming = [listed.session for listed in found if listed.session.ends_at > NOW]
    over = [listed.session for listed in found if listed.session.ends_at <= NOW]
    assert len(found) == 27
    assert [listed.session for listed in found] == [*coming, *over]
    assert coming == sorted(coming, key=lambda session: session.starts_at)
    assert over == sorted(over, key=lambda session: session.starts_at, reverse=True)


def _session(number: int, starts_at: datetime) -> Session:
    return Session(
        SessionId(f"{number:032x}"), GUILD, f"s{number}", "A", starts_at, starts_at + timedelta(hours=2), "UTC"
    )
