"""Stars and the rows they bring: as many as there are people who asked, each in line with its talk."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.agenda import Reminding, Starred
from bot.domain.reminders import Reminder, State, about_talk, before_talk
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Session, SessionId, Status, Talk, TalkId
from bot.store import agenda, migrate, reminders, rsvps, sessions
from bot.store.agenda import StarPress

GUILD, ELSEWHERE, PERSON = 1, 2, 7
START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
NOW = START - timedelta(days=1)
MINUTE = timedelta(minutes=1)
FIRST, SECOND = TalkId("a" * 32), TalkId("b" * 32)
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=GUILD,
    slug="session",
    title="A session",
    starts_at=START,
    ends_at=START + 90 * MINUTE,
    zone="Europe/Berlin",
    talks=(Talk(FIRST, "first", 1, "First", starts_at=START), Talk(SECOND, "second", 2, "Second")),
)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    migrate.migrate(connection)
    save(connection, SESSION)
    yield connection
    connection.close()


def save(conn: sqlite3.Connection, session: Session, now: datetime = NOW) -> None:
    sessions.save(conn, session)
    reminders.rearm(conn, session, now)


def at(moment: datetime | None, talk: int = 0) -> Session:
    talks = list(SESSION.talks)
    talks[talk] = replace(talks[talk], starts_at=moment)
    return replace(SESSION, talks=tuple(talks))


def star(
    conn: sqlite3.Connection,
    talk_id: TalkId = FIRST,
    user_id: int = PERSON,
    *,
    press: int = 1,
    on: bool = True,
    now: datetime = NOW,
) -> Starred:
    starring = agenda.set_star(conn, GUILD, StarPress(press, user_id, talk_id, on), now)
    assert starring is not None
    return starring.outcome


def remind(
    conn: sqlite3.Connection, user_id: int = PERSON, *, press: int = 2, on: bool = True, now: datetime = NOW
) -> Reminding:
    return agenda.set_reminding(conn, GUILD, user_id, press, now, wanted=on)


def planned(conn: sqlite3.Connection, state: State = State.PENDING) -> list[tuple[int, datetime, datetime]]:
    """Person, moment and deadline of every message before a talk."""
    found = [row for row in reminders.history(conn, GUILD, 100_000) if row.user_id is not None]
    return sorted((row.user_id or 0, row.due_at, row.deadline_at) for row in found if row.state is state)


def deliver(conn: sqlite3.Connection, starts_at: datetime, now: datetime) -> Reminder:
    key = before_talk(SESSION.id, FIRST, starts_at, PERSON, now).key
    assert reminders.claim(conn, key, "me", now, channel_id=9, floor_id=1) is not None
    assert reminders.sent(conn, key, 9, 1000)
    done = reminders.by_key(conn, key)
    assert done is not None
    return done


def test_a_row_for_each_star_of_who_asked(conn: sqlite3.Connection) -> None:
    assert star(conn) is Starred.SET
    assert star(conn, SECOND, press=2) is Starred.SET
    assert planned(conn) == [], "nobody is told who did not ask"
    assert remind(conn) is Reminding.ON
    assert planned(conn) == [(PERSON, START - 10 * MINUTE, START)], "a talk without a start has no row"
    save(conn, at(START + 20 * MINUTE, talk=1))
    assert planned(conn) == [(PERSON, START - 10 * MINUTE, START), (PERSON, START + 10 * MINUTE, START + 20 * MINUTE)]
    star(conn, on=False, press=3)
    assert [due for _, due, _ in planned(conn)] == [START + 10 * MINUTE]
    assert remind(conn, press=3, on=False) is Reminding.OFF
    assert planned(conn) == []


def test_presses_set_a_state_and_old_ones_change_nothing(conn: sqlite3.Connection) -> None:
    assert star(conn, press=5) is Starred.SET
    assert star(conn, press=5) is Starred.REPEATED
    assert star(conn, press=6) is Starred.SAME
    assert star(conn, press=7, on=False) is Starred.TAKEN
    assert star(conn, press=6) is Starred.REPEATED, "delivered late: the newer press stands"
    assert agenda.stars(conn, GUILD, PERSON) == frozenset()
    assert star(conn, press=8, on=False) is Starred.SAME
    remind(conn, press=9, on=False)
    assert remind(conn, press=8, on=True) is Reminding.OFF


def test_rows_follow_the_talk(conn: sqlite3.Connection) -> None:
    star(conn)
    remind(conn)
    for moment in (START + 30 * MINUTE, START + 20 * MINUTE):
        save(conn, at(moment))
        assert planned(conn) == [(PERSON, moment - 10 * MINUTE, moment)]
    save(conn, at(None))
    assert planned(conn) == []
    save(conn, replace(SESSION, status=Status.CANCELLED))
    assert planned(conn) == []
    save(conn, SESSION)
    assert planned(conn) == [(PERSON, START - 10 * MINUTE, START)]
    save(conn, replace(SESSION, talks=SESSION.talks[1:]))
    assert planned(conn) == []
    assert agenda.stars(conn, GUILD, PERSON) == frozenset()


def test_who_was_told_is_told_of_the_new_start_however_little_is_left(conn: sqlite3.Connection) -> None:
    star(conn)
    remind(conn)
    done = deliver(conn, START, START - 10 * MINUTE)
    now = START - 2 * MINUTE
    assert done.stands_for(SESSION)
    save(conn, at(START + 5 * MINUTE), now)
    assert planned(conn) == [(PERSON, now, START + 5 * MINUTE)]
    assert not done.stands_for(at(START + 5 * MINUTE))
    # Nobody else is: who stars now sees how soon it is.
    star(conn, user_id=8, now=now)
    remind(conn, user_id=8, now=now)
    assert [person for person, _, _ in planned(conn)] == [PERSON]
    save(conn, SESSION, now)
    assert planned(conn) == [], "of the first start the person was told already"


def test_a_star_that_comes_back_is_told_again(conn: sqlite3.Connection) -> None:
    star(conn)
    remind(conn)
    key = before_talk(SESSION.id, FIRST, START, PERSON, NOW).key
    reminders.skip(conn, key, "the person does not want it any more")
    star(conn, press=3, on=False)
    star(conn, press=4)
    assert planned(conn) == [(PERSON, START - 10 * MINUTE, START)]


def test_three_closed_doors_in_a_row_turn_it_off(conn: sqlite3.Connection) -> None:
    star(conn)
    remind(conn)

    def fail(moment: datetime) -> Reminding:
        save(conn, at(moment))
        key = before_talk(SESSION.id, FIRST, moment, PERSON, NOW).key
        agenda.undeliverable(conn, key, "closed", NOW)
        agenda.undeliverable(conn, key, "closed", NOW)  # settled already: counted once
        return agenda.reminding(conn, GUILD, PERSON)

    assert fail(START + MINUTE) is Reminding.ON
    assert fail(START + 2 * MINUTE) is Reminding.ON
    save(conn, SESSION)
    deliver(conn, START, NOW)  # one that arrives begins the count anew
    assert [fail(START + number * MINUTE) for number in (3, 4)] == [Reminding.ON] * 2
    star(conn, SECOND, press=3)
    save(conn, at(START + 60 * MINUTE, talk=1))
    assert len(planned(conn)) == 1
    assert fail(START + 5 * MINUTE) is Reminding.CLOSED
    assert planned(conn) == []
    assert remind(conn, press=9) is Reminding.ON


def test_thousands_of_stars_are_one_operation(conn: sqlite3.Connection) -> None:
    conn.execute("BEGIN")
    people = range(1, 3001)
    conn.executemany("INSERT INTO star VALUES (?, ?, 1, 1, 0)", [(FIRST, person) for person in people])
    conn.executemany(
        "INSERT INTO agenda (guild_id, user_id, reminded) VALUES (?, ?, ?)",
        [(GUILD, person, person % 2) for person in people],
    )
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    save(conn, at(START + 30 * MINUTE))
    conn.set_trace_callback(None)
    assert len(planned(conn)) == 1500
    assert sum(statement.startswith("SELECT") for statement in map(str.strip, statements)) < 40
    save(conn, at(START + 40 * MINUTE))
    assert {due for _, due, _ in planned(conn)} == {START + 30 * MINUTE}
    assert len(planned(conn)) == 1500
    conn.execute("COMMIT")


def test_an_agenda_is_in_order_and_bounded_by_its_guild(conn: sqlite3.Connection) -> None:
    later = replace(
        SESSION,
        id=SessionId("6" * 32),
        slug="later",
        starts_at=START + timedelta(days=7),
        ends_at=START + timedelta(days=7, hours=1),
        talks=(Talk(TalkId("c" * 32), "third", 1, "Third"),),
    )
    foreign = replace(later, id=SessionId("7" * 32), guild_id=ELSEWHERE, talks=())
    save(conn, later)
    save(conn, foreign)
    star(conn, TalkId("c" * 32))
    rsvps.apply(conn, GUILD, SESSION.id, [Press(1, PERSON, "Person", Answer.MAYBE)], NOW)
    rsvps.apply(conn, ELSEWHERE, foreign.id, [Press(2, PERSON, "Person", Answer.MAYBE)], NOW)
    found = agenda.of_user(conn, GUILD, PERSON, NOW)
    assert [(entry.session.id, [talk.title for talk in entry.talks]) for entry in found.coming] == [
        (SESSION.id, []),
        (later.id, ["Third"]),
    ]
    assert found.coming[0].rsvp is not None
    assert found.coming[0].rsvp.answer is Answer.MAYBE
    assert found.coming[1].rsvp is None
    star(conn, FIRST)
    after = agenda.of_user(conn, GUILD, PERSON, SESSION.ends_at)
    assert [entry.session.id for entry in after.coming] == [later.id]
    assert [entry.session.id for entry in after.past] == [SESSION.id]
    assert agenda.of_user(conn, ELSEWHERE, PERSON, NOW).coming[0].talks == ()
    assert agenda.set_star(conn, ELSEWHERE, StarPress(9, PERSON, FIRST, starred=True), NOW) is None
    assert agenda.of_user(conn, GUILD, PERSON + 1, NOW).coming == ()


def test_what_is_around_a_moment(conn: sqlite3.Connection) -> None:
    def other(letter: str, days: float, status: Status = Status.SCHEDULED, hours: int = 2) -> Session:
        starts_at = START + timedelta(days=days)
        return replace(
            SESSION,
            id=SessionId(letter * 32),
            slug=f"other-{letter}",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
            status=status,
            talks=(),
        )

    together, cancelled = other("6", 0), other("8", 6, Status.CANCELLED)
    next_one, twin, last = other("9", 7), other("d", 7), other("e", -7)
    for each in (together, cancelled, next_one, twin, last, other("f", 0, Status.CANCELLED), other("1", 30)):
        save(conn, each)
    before = agenda.around(conn, GUILD, START - MINUTE)
    assert (before.running, {each.id for each in before.next}) == ((), {SESSION.id, together.id})
    assert before.last is not None
    assert before.last.id == last.id
    during = agenda.around(conn, GUILD, START)
    assert {each.id for each in during.running} == {SESSION.id, together.id}
    assert {each.id for each in during.next} == {next_one.id, twin.id}
    assert [each.id for each in during.cancelled_now] == ["f" * 32]
    assert [each.id for each in during.cancelled_next] == [cancelled.id]
    after = agenda.around(conn, GUILD, SESSION.ends_at)
    assert [each.id for each in after.running] == [together.id]
    assert agenda.around(conn, ELSEWHERE, START) == agenda.around(conn, 99, START)
    assert agenda.around(conn, ELSEWHERE, START).running == ()


def test_kinds() -> None:
    reminder = before_talk(SESSION.id, FIRST, START, PERSON, NOW)
    assert reminder.kind == about_talk(FIRST)
    assert len(reminder.nonce) <= 25
    assert not reminder.counts_down
    assert not reminder.stands_for(replace(SESSION, status=Status.CANCELLED))
    assert not reminder.stands_for(replace(SESSION, talks=()))
