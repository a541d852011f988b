"""The history of answers: it sums up to what is stored, whatever happened, and stays small."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Session, SessionId
from bot.domain.stats import GROUPS, ShowUp, thinned
from bot.store import migrate, rsvps, sessions, stats

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


def fresh() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate.migrate(connection)
    sessions.save(connection, SESSION)
    return connection


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    connection = fresh()
    yield connection
    connection.close()


def noted(conn: sqlite3.Connection) -> dict[str, int]:
    figures = stats.figures(conn, GUILD, SESSION.id)
    assert figures is not None
    return {name: figures.counts.get(name, 0) for name in GROUPS}


def stored(conn: sqlite3.Connection) -> dict[str, int]:
    roster = rsvps.roster(conn, SESSION.id)
    return {**{answer.value: roster.counts.get(answer, 0) for answer in Answer}, "waiting": roster.waiting}


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 6), st.sampled_from([*Answer, None])), max_size=6), min_size=1, max_size=8
    ),
    st.lists(st.sampled_from([None, 1, 2, 3, 6]), min_size=8, max_size=8),
)
def test_the_history_always_sums_up_to_the_answers(
    batches: list[list[tuple[int, Answer | None]]], capacities: list[int | None]
) -> None:
    conn, press_id = fresh(), 0
    for number, (batch, capacity) in enumerate(zip(batches, capacities, strict=False)):
        conn.execute("UPDATE session SET capacity = ?", (capacity,))
        presses = []
        for user, answer in batch:
            press_id += 1
            presses.append(Press(press_id, user, f"Member {user}", answer))
        rsvps.apply(conn, GUILD, SESSION.id, presses, NOW + timedelta(seconds=40 * number))
        assert noted(conn) == stored(conn)
    conn.close()


def test_a_minute_has_one_row_for_each_answer(conn: sqlite3.Connection) -> None:
    for user in range(1, 61):
        press = Press(user, user, "Member", Answer.ONLINE)
        rsvps.apply(conn, GUILD, SESSION.id, [press], NOW + timedelta(seconds=user - 1))
    rows = conn.execute("SELECT at, answer, delta FROM answer_event").fetchall()
    assert rows == [(int(NOW.timestamp()), "online", 60)]


def test_other_writes_are_brought_in_line(conn: sqlite3.Connection) -> None:
    rsvps.apply(conn, GUILD, SESSION.id, [Press(n, n, "Member", Answer.IN_PERSON) for n in (1, 2, 3)], NOW)
    conn.execute("DELETE FROM rsvp WHERE user_id = 1")
    stats.note(conn, SESSION.id, NOW + timedelta(hours=1))
    assert noted(conn) == stored(conn)
    before = conn.execute("SELECT count(*) FROM answer_event").fetchone()
    stats.note(conn, SESSION.id, NOW + timedelta(hours=2))
    assert conn.execute("SELECT count(*) FROM answer_event").fetchone() == before


def test_answers_from_before_there_was_a_history_are_in_it() -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    for number, sql in migrate.migrations():
        if number == 7:
            sessions_row = (SESSION.id, GUILD, int(SESSION.starts_at.timestamp()), int(SESSION.ends_at.timestamp()))
            conn.execute(
                "INSERT INTO session (id, guild_id, slug, title, folded, starts_at, ends_at, zone, mode, status,"
                " organizers, links, streamed, recorded) VALUES (?, ?, 's', 't', 't', ?, ?, 'UTC', 'hybrid',"
                " 'scheduled', '[]', '[]', 0, 0)",
                sessions_row,
            )
            conn.executemany(
                "INSERT INTO rsvp VALUES (?, ?, ?, ?, ?, 'Member', ?, 1)",
                [
                    (SESSION.id, user, answer, waiting, user, int(NOW.timestamp()) + user * 30)
                    for user, answer, waiting in ((1, "in_person", 0), (2, "in_person", 1), (3, None, 0))
                ],
            )
        migrate._apply(conn, number, sql)
    assert noted(conn) == stored(conn) == {**dict.fromkeys(GROUPS, 0), "in_person": 1, "waiting": 1}
    conn.close()


def test_show_up_counts_those_who_said_so(conn: sqlite3.Connection) -> None:
    presses = [Press(n, n, "Member", Answer.IN_PERSON) for n in (1, 2, 3)] + [Press(4, 4, "Member", Answer.ONLINE)]
    rsvps.apply(conn, GUILD, SESSION.id, presses, NOW)
    conn.executemany(
        "INSERT INTO check_in (session_id, user_id, name, at, door) VALUES (?, ?, 'Member', 0, ?)",
        [(SESSION.id, user, door) for user, door in ((1, "moderator"), (3, "moderator"), (4, "stream"), (9, "stream"))],
    )
    figures = stats.figures(conn, GUILD, SESSION.id)
    assert figures is not None
    assert figures.show_up == {"in_person": ShowUp(2, 1), "online": ShowUp(1, 1)}  # 3 waits for a seat
    assert (figures.others, figures.doors, figures.total.rate) == (2, {"moderator": 2, "stream": 2}, 2 / 3)
    assert stats.figures(conn, GUILD + 1, SESSION.id) is None


def test_a_long_curve_is_thinned_and_keeps_its_ends(conn: sqlite3.Connection) -> None:
    for user in range(1, 1201):
        rsvps.apply(
            conn, GUILD, SESSION.id, [Press(user, user, "M", Answer.ONLINE)], NOW + timedelta(minutes=user % 1199)
        )
    figures = stats.figures(conn, GUILD, SESSION.id)
    assert figures is not None
    thin = thinned(figures.points)
    assert len(thin) == 500
    assert (thin[0], thin[-1]) == (figures.points[0], figures.points[-1])
    assert [point.at for point in thin] == sorted({point.at for point in thin})


def test_a_past_session_keeps_its_numbers(conn: sqlite3.Connection) -> None:
    rsvps.apply(conn, GUILD, SESSION.id, [Press(1, 1, "Member", Answer.ONLINE)], NOW)
    conn.execute("DELETE FROM rsvp")
    figures = stats.figures(conn, GUILD, SESSION.id)
    assert figures is not None
    assert (figures.counts["online"], figures.known) == (1, False)
    sessions.save(conn, replace(SESSION, id=SessionId("b" * 32), slug="second"))
    empty = stats.figures(conn, GUILD, SessionId("b" * 32))
    assert empty is not None
    assert empty.known
