"""Answers in a real database: rows, seats, notices, and how many statements that takes."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import Refusal
from bot.domain.reminders import MOVED_UP
from bot.domain.rsvps import Answer, Change, Outcome, Press
from bot.domain.sessions import MessageRef, Mode, Session, SessionId, Status
from bot.store import migrate, rsvps, sessions
from bot.store.values import from_unix

NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
GUILD = 100
SESSION = Session(
    id=SessionId("a" * 32),
    guild_id=GUILD,
    slug="first",
    title="First session",
    starts_at=NOW + timedelta(hours=20),
    ends_at=NOW + timedelta(hours=22),
    zone="Europe/Berlin",
    capacity=2,
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate.migrate(connection)
    sessions.save(connection, SESSION)
    yield connection
    connection.close()


def coming(*users: int, first_press: int = 1, answer: Answer | None = Answer.IN_PERSON) -> list[Press]:
    return [Press(number, user, f"Member {user}", answer) for number, user in enumerate(users, first_press)]


def apply(conn: sqlite3.Connection, presses: list[Press], now: datetime = NOW) -> rsvps.Batch:
    return rsvps.apply(conn, GUILD, SESSION.id, presses, now)


def notices(conn: sqlite3.Connection) -> list[tuple[int, int]]:
    return conn.execute(
        "SELECT user_id, generation FROM reminder WHERE kind = ? ORDER BY generation", (MOVED_UP,)
    ).fetchall()


def test_answers_stand_in_the_roster_in_the_order_they_came(conn: sqlite3.Connection) -> None:
    apply(conn, coming(3, 1, 2, 4) + coming(9, 8, first_press=10, answer=Answer.ONLINE))
    roster = rsvps.roster(conn, SESSION.id)
    assert roster.counts == {Answer.IN_PERSON: 2, Answer.ONLINE: 2}
    assert roster.names == {Answer.IN_PERSON: ("Member 3", "Member 1"), Answer.ONLINE: ("Member 9", "Member 8")}
    assert (roster.waiting, roster.waiting_names) == (2, ("Member 2", "Member 4"))


def test_a_person_finds_the_own_answer_and_place(conn: sqlite3.Connection) -> None:
    apply(conn, coming(1, 2, 3, 4))
    seated, waiting = (rsvps.of_user(conn, GUILD, SESSION.id, user) for user in (2, 4))
    assert seated is not None
    assert waiting is not None
    assert (seated.answer, seated.waiting, seated.answered_at) == (Answer.IN_PERSON, None, NOW)
    assert (waiting.name, waiting.waiting) == ("Member 4", 2)
    assert rsvps.of_user(conn, GUILD + 1, SESSION.id, 2) is None
    apply(conn, coming(2, first_press=20, answer=None))
    assert rsvps.of_user(conn, GUILD, SESSION.id, 2) is None


def test_who_moves_up_has_a_notice_in_the_same_transaction(conn: sqlite3.Connection) -> None:
    apply(conn, coming(1, 2, 3, 4))
    conn.execute("BEGIN")
    batch = apply(conn, coming(1, 2, first_press=20, answer=Answer.DECLINED))
    assert batch.moved == (3, 4)
    assert notices(conn) == [(3, 3), (4, 4)]
    conn.execute("ROLLBACK")
    assert notices(conn) == []
    assert rsvps.roster(conn, SESSION.id).waiting == 2


def test_moving_up_a_second_time_is_told_again(conn: sqlite3.Connection) -> None:
    apply(conn, coming(1, 2, 3))
    apply(conn, coming(1, first_press=10, answer=None))
    apply(conn, coming(3, first_press=11, answer=Answer.MAYBE))
    apply(conn, coming(4, 3, first_press=12))
    apply(conn, coming(2, first_press=14, answer=None))
    assert [user for user, _ in notices(conn)] == [3, 3]


def test_a_late_repetition_changes_nothing(conn: sqlite3.Connection) -> None:
    apply(conn, coming(1, first_press=5))
    apply(conn, coming(1, first_press=9, answer=None))
    before = conn.execute("SELECT * FROM rsvp").fetchall()
    assert apply(conn, coming(1, first_press=5)).outcomes == (Outcome(Change.REPEATED, None),)
    assert conn.execute("SELECT * FROM rsvp").fetchall() == before


@pytest.mark.parametrize(
    ("changed", "guild", "now", "words"),
    [
        (SESSION, GUILD + 1, NOW, "not here any more"),
        (replace(SESSION, status=Status.CANCELLED), GUILD, NOW, "was cancelled"),
        (SESSION, GUILD, SESSION.ends_at, f"ended <t:{int(SESSION.ends_at.timestamp())}:R>"),
    ],
)
def test_a_closed_or_foreign_session_takes_no_answer(
    conn: sqlite3.Connection, changed: Session, guild: int, now: datetime, words: str
) -> None:
    sessions.save(conn, changed)
    with pytest.raises(Refusal, match=words):
        rsvps.apply(conn, guild, SESSION.id, coming(1), now)
    assert conn.execute("SELECT count(*) FROM rsvp").fetchone() == (0,)


def test_a_raised_capacity_seats_those_who_wait(conn: sqlite3.Connection) -> None:
    apply(conn, coming(1, 2, 3, 4, 5))
    sessions.save(conn, replace(SESSION, capacity=4))
    assert apply(conn, []).moved == (3, 4)
    assert rsvps.roster(conn, SESSION.id).waiting == 1


def test_an_answer_of_another_mode_is_kept_and_counted(conn: sqlite3.Connection) -> None:
    apply(conn, coming(1))
    sessions.save(conn, replace(SESSION, mode=Mode.ONLINE))
    (refusal,) = apply(conn, coming(2, first_press=9)).outcomes
    assert isinstance(refusal, Refusal)
    assert rsvps.roster(conn, SESSION.id).counts == {Answer.IN_PERSON: 1}


def test_statements_do_not_grow_with_the_batch(conn: sqlite3.Connection) -> None:
    statements: list[str] = []
    conn.set_trace_callback(lambda sql: statements.append(sql.split(maxsplit=1)[0]))
    for size in (2, 500):
        statements.clear()
        users = range(size * 10, size * 10 + size)
        apply(conn, coming(*users, first_press=size * 1000))
        assert statements.count("SELECT") <= 4
        assert statements.count("INSERT") == size + 1  # one executemany, and one line of statistics


def test_five_thousand_who_wait_keep_their_order(conn: sqlite3.Connection) -> None:
    for start in range(0, 5_000, 500):
        apply(conn, coming(*range(start + 1, start + 501), first_press=start + 1))
    assert rsvps.roster(conn, SESSION.id).waiting == 4_998
    outcome = apply(conn, coming(9_999, first_press=9_999)).outcomes[0]
    assert isinstance(outcome, Refusal)
    assert apply(conn, coming(1, first_press=10_000, answer=Answer.ONLINE)).moved == (3,)
    last = rsvps.of_user(conn, GUILD, SESSION.id, 5_000)
    assert last is not None
    assert last.waiting == 4_997


def test_cards_to_be_looked_at(conn: sqlite3.Connection) -> None:
    shown = replace(SESSION, card=MessageRef(1, 2))
    hidden = replace(SESSION, id=SessionId("b" * 32), slug="second")
    for session in (shown, hidden):
        sessions.save(conn, session)
    sessions.set_card(conn, shown.id, shown.card)
    start, end, second = shown.starts_at, shown.ends_at, timedelta(seconds=1)
    assert rsvps.cards_since(conn, end - second) == [shown.id]
    assert rsvps.cards_since(conn, end) == []
    assert rsvps.cards_turned(conn, start - second, start) == [shown.id]
    assert rsvps.cards_turned(conn, start, end - second) == []
    assert rsvps.cards_turned(conn, end - second, end) == [shown.id]


def test_times_are_whole_seconds(conn: sqlite3.Connection) -> None:
    apply(conn, coming(1), NOW + timedelta(microseconds=999_999))
    assert from_unix(conn.execute("SELECT answered_at FROM rsvp").fetchone()[0]) == NOW


def test_a_free_seat_goes_to_who_waits_longest_whatever_the_people_s_ids(conn: sqlite3.Connection) -> None:
    apply(conn, coming(8, 9, 7, 3, 5))
    assert apply(conn, coming(8, first_press=10, answer=Answer.DECLINED)).moved == (7,)
    waiting = [rsvps.of_user(conn, GUILD, SESSION.id, user) for user in (3, 5)]
    assert [each and each.waiting for each in waiting] == [1, 2]
    assert apply(conn, coming(9, 7, first_press=20, answer=None)).moved == (3, 5)
