"""Who is told of a change, when, and of what: rows in a real database."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.notices import Facts
from bot.domain.reminders import CHANGED, Reminder, State, before
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Mode, Session, SessionId, Status
from bot.store import edits, notices, plans, reminders, rsvps, sessions
from bot.store.database import Database

GUILD = 7
START = datetime(2022, 5, 24, 8, tzinfo=UTC)
NOW = datetime(2022, 5, 23, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
SESSION = Session(
    SessionId("1" * 32), GUILD, "open", "Open", START, START + HOUR, "Europe/Berlin", capacity=1, venue="Library"
)
ANSWERS = {1: Answer.IN_PERSON, 2: Answer.IN_PERSON, 3: Answer.ONLINE, 4: Answer.MAYBE, 5: Answer.DECLINED}

Change = Callable[[Session], Session]


def later(session: Session) -> Session:
    return replace(session, starts_at=session.starts_at + HOUR, ends_at=session.ends_at + HOUR)


def earlier(session: Session) -> Session:
    return replace(session, starts_at=session.starts_at - HOUR, ends_at=session.ends_at - HOUR)


@pytest.fixture
async def opened(db: Database) -> Database:
    await db.write(sessions.save, SESSION)
    await db.write(reminders.rearm, SESSION, NOW)
    presses = [Press(number, user_id, f"Member {user_id}", answer) for number, (user_id, answer) in
               enumerate(ANSWERS.items(), 1)]  # fmt: skip
    await db.write(rsvps.apply, GUILD, SESSION.id, presses, NOW)
    return db


async def edit(db: Database, change: Change, now: datetime = NOW) -> Session:
    def op(conn: sqlite3.Connection) -> Session:
        old = sessions.by_id(conn, SESSION.id)
        assert old is not None
        return edits.save(conn, old, change(old), now)

    return await db.write(op)


async def rows(db: Database) -> list[Reminder]:
    found = await db.read(reminders.history, GUILD, 100, SESSION.id)
    return sorted((row for row in found if row.kind == CHANGED), key=lambda row: (row.generation, row.user_id or 0))


async def why(db: Database, row: Reminder, now: datetime = NOW) -> str | None:
    session = await db.read(sessions.by_id, SESSION.id)
    assert session is not None
    return await db.read(notices.pointless, row, session, now)


async def test_those_who_come_or_wait_for_a_seat_are_told_a_minute_later(opened: Database) -> None:
    moved = await edit(opened, later)
    found = await rows(opened)
    assert [row.user_id for row in found] == [1, 2, 3], "not who may come, or cannot"
    assert await opened.read(edits.told, SESSION, moved, NOW) == 3
    assert await opened.read(plans.answers, SESSION.id) == (5, 3), "the question before says as many"
    assert {row.due_at for row in found} == {NOW + 60 * SECOND}
    assert await opened.read(notices.before, SESSION.id, 1) == Facts.of(SESSION)
    assert [await why(opened, row) for row in found] == [None, None, None]
    assert [await opened.read(notices.waits, row) for row in found] == [False, True, False]


@pytest.mark.parametrize(
    "change",
    [
        lambda session: replace(session, title="Another"),
        lambda session: replace(session, theme="Another"),
        lambda session: replace(session, stream_url="https://example.org/live"),
        lambda session: session,
    ],
)
async def test_what_is_no_news(opened: Database, change: Change) -> None:
    await edit(opened, change)
    assert await rows(opened) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda session: replace(session, venue="Garden"),
        lambda session: replace(session, city="Berlin"),
        lambda session: replace(session, mode=Mode.ONLINE),
        lambda session: replace(session, ends_at=session.ends_at + HOUR),
        lambda session: replace(session, status=Status.CANCELLED),
    ],
)
async def test_what_is_news(opened: Database, change: Change) -> None:
    await edit(opened, change)
    assert await rows(opened)


async def test_edits_within_a_minute_become_one_notice(opened: Database) -> None:
    await edit(opened, later)
    await edit(opened, later, NOW + 30 * SECOND)
    await edit(opened, lambda session: replace(session, venue="Garden"), NOW + 59 * SECOND)
    found = await rows(opened)
    assert [(row.generation, row.due_at) for row in found] == [(1, NOW + 60 * SECOND)] * 3
    assert await opened.read(notices.before, SESSION.id, 1) == Facts.of(SESSION)


async def test_what_was_undone_is_told_to_nobody_and_what_follows_is(opened: Database) -> None:
    await edit(opened, later)
    await edit(opened, earlier, NOW + 10 * SECOND)
    assert await rows(opened) == []
    await edit(opened, later, NOW + 20 * SECOND)
    assert len(await rows(opened)) == 3
    first = (await rows(opened))[0]
    await opened.write(reminders.claim, first.key, "me", NOW, channel_id=5, floor_id=1)
    await edit(opened, earlier, NOW + 30 * SECOND)
    (tried,) = await rows(opened)
    assert await why(opened, tried) is not None, "one that was begun is dropped by the courier"


async def test_the_next_change_says_what_was_told_before(opened: Database) -> None:
    told = await edit(opened, later)
    for row in await rows(opened):
        await opened.write(reminders.claim, row.key, "me", NOW + 60 * SECOND, channel_id=5, floor_id=1)
        await opened.write(reminders.sent, row.key, 5, 9)
    await edit(opened, later, NOW + 61 * SECOND)
    assert [(row.generation, row.user_id) for row in await rows(opened)] == [
        *((1, user_id) for user_id in (1, 2, 3)),
        *((2, user_id) for user_id in (1, 2, 3)),
    ]
    assert await opened.read(notices.before, SESSION.id, 2) == Facts.of(told)


async def test_who_could_not_be_told_yet_is_told_of_both_at_once(opened: Database) -> None:
    await edit(opened, later)
    await edit(opened, later, NOW + 300 * SECOND)  # Discord was unreachable meanwhile
    found = await rows(opened)
    assert [(row.generation, row.due_at) for row in found] == [(1, NOW + 360 * SECOND)] * 3
    assert await opened.read(notices.before, SESSION.id, 1) == Facts.of(SESSION)


async def test_whoever_changes_the_answer_meanwhile_is_left_alone(opened: Database) -> None:
    await edit(opened, later)
    await opened.write(rsvps.apply, GUILD, SESSION.id, [Press(99, 3, "Member 3", Answer.DECLINED)], NOW)
    assert [await why(opened, row) is None for row in await rows(opened)] == [True, True, False]


async def test_a_cancelled_session_keeps_its_notices_and_loses_its_reminders(opened: Database) -> None:
    await edit(opened, lambda session: replace(session, status=Status.CANCELLED))
    history = await opened.read(reminders.history, GUILD, 100, SESSION.id)
    assert {row.kind for row in history if row.state is State.PENDING} == {CHANGED}
    row = (await rows(opened))[0]
    claimed = await opened.write(reminders.claim, row.key, "me", NOW + 61 * SECOND, channel_id=5, floor_id=1)
    assert claimed is not None
    assert await opened.write(reminders.sent, row.key, 5, 9), "it stands, though the session does not"


async def test_nobody_hears_of_what_is_over(opened: Database) -> None:
    await edit(opened, lambda session: replace(session, venue="Garden"), SESSION.ends_at)
    assert await rows(opened) == []


async def test_reminders_follow_the_time_and_posted_ones_are_due_again(opened: Database) -> None:
    day = reminders.by_key
    history = await opened.read(reminders.history, GUILD, 100, SESSION.id)
    posted = next(row for row in history if row.kind == before(60))
    await opened.write(reminders.claim, posted.key, "me", START - HOUR, channel_id=5, floor_id=1)
    await opened.write(reminders.sent, posted.key, 5, 9)
    moved = await edit(opened, lambda session: later(later(session)), START - HOUR + SECOND)
    assert moved.generation == 2
    history = await opened.read(reminders.history, GUILD, 100, SESSION.id)
    again = next(row for row in history if row.kind == before(60) and row.generation == 2)
    assert (again.state, again.due_at) == (State.PENDING, START + HOUR)
    old = await opened.read(day, posted.key)
    assert old is not None
    assert old.state is State.CLAIMED, "the courier takes the old post back"


async def test_more_seats_are_filled_at_once(opened: Database) -> None:
    await edit(opened, lambda session: replace(session, capacity=None))
    rsvp = await opened.read(rsvps.of_user, GUILD, SESSION.id, 2)
    assert rsvp is not None
    assert rsvp.waiting is None
