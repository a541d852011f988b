import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.reminders import ANNOUNCE, MOVED_UP, START, Reminder, State, key
from bot.domain.sessions import MessageRef, Session, SessionId, Status
from bot.store import migrate, reminders, sessions

NOW = datetime(2022, 5, 23, 7, 59, 20, tzinfo=UTC)
START_AT = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=1,
    slug="desci-berlin",
    title="DeSci Berlin",
    starts_at=START_AT,
    ends_at=START_AT + timedelta(minutes=90),
    zone="Europe/Berlin",
)
ALL = [ANNOUNCE, "before-1440", "before-60", "before-10", START]


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    migrate.migrate(connection)
    yield connection
    connection.close()


def save(conn: sqlite3.Connection, session: Session, now: datetime = NOW) -> Session:
    sessions.save(conn, session)
    reminders.rearm(conn, session, now)
    return session


def rows(conn: sqlite3.Connection) -> list[Reminder]:
    return sorted(reminders.history(conn, 1, 100), key=lambda reminder: (reminder.due_at, reminder.kind))


def states(conn: sqlite3.Connection) -> list[tuple[str, int, State]]:
    return [(reminder.kind, reminder.generation, reminder.state) for reminder in rows(conn)]


def claim(conn: sqlite3.Connection, kind: str, generation: int = 1, now: datetime = NOW) -> Reminder | None:
    name = key(SESSION.id, kind, generation)
    return reminders.claim(conn, name, "me", now, channel_id=110, floor_id=7)


def test_planning_again_changes_nothing(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    first = rows(conn)
    assert [reminder.kind for reminder in first] == ALL
    save(conn, SESSION, NOW + timedelta(hours=23))
    assert rows(conn) == first


def test_a_move_replaces_what_was_not_tried_and_keeps_what_was_sent(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    for kind in (ANNOUNCE, "before-1440"):
        assert claim(conn, kind)
        assert reminders.sent(conn, key(SESSION.id, kind, 1), 110, 900)
    later = timedelta(days=2)
    save(conn, replace(SESSION, starts_at=START_AT + later, ends_at=SESSION.ends_at + later, generation=2))
    assert states(conn) == [
        (ANNOUNCE, 1, State.SENT),
        ("before-1440", 1, State.SENT),
        *((kind, 2, State.PENDING) for kind in ALL[1:]),
    ]


def test_a_claim_is_refused_once_the_session_has_changed(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    sessions.save(conn, replace(SESSION, generation=2))
    assert claim(conn, "before-60") is None
    sessions.save(conn, replace(SESSION, status=Status.CANCELLED))
    assert claim(conn, ANNOUNCE) is None


def test_what_is_under_way_when_a_session_moves_is_looked_at_at_once(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    assert claim(conn, "before-1440")
    save(conn, replace(SESSION, generation=2))
    assert key(SESSION.id, "before-1440", 1) in {reminder.key for reminder in reminders.due(conn, NOW, 10)}
    # The post turned out to stand: it has to be taken back, and that is on record until it is done.
    assert reminders.sent(conn, key(SESSION.id, "before-1440", 1), 110, 900) is False
    row = reminders.by_key(conn, key(SESSION.id, "before-1440", 1))
    assert row is not None
    assert (row.state, row.message_id) == (State.CLAIMED, 900)


def test_cancelled_and_on_again(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    save(conn, replace(SESSION, status=Status.CANCELLED))
    assert rows(conn) == []
    save(conn, SESSION)
    assert [reminder.kind for reminder in rows(conn)] == ALL
    save(conn, replace(SESSION, status=Status.CANCELLED))
    save(conn, SESSION, START_AT - timedelta(minutes=30))
    waiting = [kind for kind, _, state in states(conn) if state is State.PENDING]
    assert sorted(waiting) == sorted([ANNOUNCE, "before-10", START])


def test_the_announcement_becomes_the_card(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    assert claim(conn, ANNOUNCE)
    assert reminders.sent(conn, key(SESSION.id, ANNOUNCE, 1), 110, 900)
    session = sessions.by_id(conn, SESSION.id)
    assert session is not None
    assert session.card == MessageRef(110, 900)


def test_the_card_can_be_posted_anew_but_not_twice_at_once(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    assert claim(conn, ANNOUNCE)
    reminders.sent(conn, key(SESSION.id, ANNOUNCE, 1), 110, 900)
    for _ in range(2):
        reminders.announce_again(conn, SESSION, NOW + timedelta(minutes=1))
    assert [entry for entry in states(conn) if entry[0] == ANNOUNCE] == [
        (ANNOUNCE, 1, State.SENT),
        (ANNOUNCE, 2, State.PENDING),
    ]
    assert reminders.last_announced(conn, SESSION.id, 2) == 900


def test_a_card_on_its_way_to_another_channel_does_not_stand_for_the_one_that_is_asked_for(
    conn: sqlite3.Connection,
) -> None:
    save(conn, SESSION)
    assert claim(conn, ANNOUNCE)  # to channel 110
    reminders.announce_again(conn, replace(SESSION, channel_id=110), NOW + timedelta(minutes=1))
    assert len([entry for entry in states(conn) if entry[0] == ANNOUNCE]) == 1
    for _ in range(2):
        reminders.announce_again(conn, replace(SESSION, channel_id=111), NOW + timedelta(minutes=1))
    assert [entry for entry in states(conn) if entry[0] == ANNOUNCE] == [
        (ANNOUNCE, 1, State.CLAIMED),
        (ANNOUNCE, 2, State.PENDING),
    ]


def test_the_first_try_fixes_where_a_post_is_sought_until_it_is_known_that_there_is_none(
    conn: sqlite3.Connection,
) -> None:
    save(conn, SESSION)
    name = key(SESSION.id, ANNOUNCE, 1)
    assert claim(conn, ANNOUNCE)
    again = reminders.claim(conn, name, "me", NOW, channel_id=111, floor_id=8)
    assert again is not None
    assert (again.channel_id, again.floor_id, again.tries) == (110, 7, 2)
    reminders.refused(conn, name, NOW, "no")
    elsewhere = reminders.claim(conn, name, "me", NOW, channel_id=111, floor_id=8)
    assert elsewhere is not None
    assert (elsewhere.channel_id, elsewhere.floor_id, elsewhere.tries) == (111, 8, 3)


def test_claims_of_a_process_that_is_gone_are_due_at_once(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    assert claim(conn, ANNOUNCE)
    assert ANNOUNCE not in {reminder.kind for reminder in reminders.due(conn, NOW, 10)}
    reminders.stale_claims(conn, "me", NOW)
    assert ANNOUNCE not in {reminder.kind for reminder in reminders.due(conn, NOW, 10)}
    assert reminders.stale_claims(conn, "somebody else", NOW) == 1
    assert ANNOUNCE in {reminder.kind for reminder in reminders.due(conn, NOW, 10)}


def test_the_next_moment(conn: sqlite3.Connection) -> None:
    assert reminders.next_due(conn, NOW) is None
    save(conn, SESSION)
    assert reminders.next_due(conn, NOW) == START_AT - timedelta(days=1)
    assert reminders.next_due(conn, START_AT - timedelta(minutes=10)) == START_AT
    assert reminders.next_due(conn, START_AT) is None


def test_the_next_moment_is_found_without_reading_the_others(conn: sqlite3.Connection) -> None:
    plan = " ".join(
        str(row)
        for row in conn.execute(
            "EXPLAIN QUERY PLAN SELECT min(next_try_at) FROM reminder"
            " WHERE state IN ('pending', 'claimed') AND next_try_at > 1"
        )
    )
    assert "reminder_next" in plan


def test_a_notice_to_one_person_is_sent_once_and_only_he_can_answer_for_its_guild(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    for _ in range(2):
        reminders.notify(conn, SESSION, MOVED_UP, 302, generation=7, now=NOW)
    notices = [reminder for reminder in rows(conn) if reminder.kind == MOVED_UP]
    assert [(notice.user_id, notice.due_at, notice.deadline_at) for notice in notices] == [
        (302, NOW.replace(microsecond=0), SESSION.ends_at)
    ]
    assert reminders.guild_of_notice(conn, notices[0].key, 302) == 1
    assert reminders.guild_of_notice(conn, notices[0].key, 303) is None


def test_a_changed_channel_lets_what_was_parked_try_at_once(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    name = key(SESSION.id, ANNOUNCE, 1)
    reminders.again_at(conn, name, NOW + timedelta(hours=1), "no channel")
    assert reminders.due(conn, NOW, 10) == []
    reminders.retry_now(conn, 2, NOW)
    assert reminders.due(conn, NOW, 10) == []
    reminders.retry_now(conn, 1, NOW)
    assert [reminder.key for reminder in reminders.due(conn, NOW, 10)] == [name]
    assert reminders.next_due(conn, NOW) == START_AT - timedelta(days=1)


def test_history_is_bounded_by_its_guild(conn: sqlite3.Connection) -> None:
    save(conn, SESSION)
    assert len(reminders.history(conn, 1, 3)) == 3
    assert reminders.history(conn, 2, 3) == []
    assert reminders.history(conn, 1, 3, SessionId("6" * 32)) == []
