"""Times of reminders and pauses in the rows."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.guilds import GuildConfig
from bot.domain.reminder_rules import PAUSED
from bot.domain.reminders import MOVED_UP, Reminder, State, key
from bot.domain.sessions import Session, SessionId
from bot.store import departures, guilds, migrate, reminder_pages, reminder_rules, reminders, sessions

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
NOW = START - timedelta(days=2)
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=1,
    slug="session",
    title="Session",
    starts_at=START,
    ends_at=START + timedelta(minutes=90),
    zone="Europe/Berlin",
)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    migrate.migrate(connection)
    for guild_id, session in ((1, SESSION), (2, replace(SESSION, id=SessionId("6" * 32), guild_id=2))):
        guilds.save_config(connection, GuildConfig(guild_id))
        sessions.save(connection, session)
        reminders.rearm(connection, session, NOW)
    yield connection
    connection.close()


def of(conn: sqlite3.Connection, kind: str) -> Reminder | None:
    return reminders.by_key(conn, key(SESSION.id, kind, 1))


def due(conn: sqlite3.Connection, now: datetime) -> set[tuple[SessionId, str]]:
    return {(reminder.session_id, reminder.kind) for reminder in reminders.due(conn, now, 100)}


def test_a_pause_holds_back_posts_of_its_guild_and_messages_to_people_go_on(conn: sqlite3.Connection) -> None:
    reminders.notify(conn, SESSION, MOVED_UP, 7, generation=1, now=NOW)
    reminder_rules.pause(conn, 1, NOW)
    theirs = SessionId("6" * 32)
    assert due(conn, NOW) == {(SESSION.id, MOVED_UP), (theirs, "announce")}
    day = START - timedelta(days=1)
    assert due(conn, day) == {(SESSION.id, MOVED_UP), (theirs, "announce"), (theirs, "before-1440")}
    held = key(SESSION.id, "announce", 1)
    assert reminders.due(conn, NOW, 0, also=[held]) == []
    assert reminders.claim(conn, held, "me", NOW, channel_id=5, floor_id=1) is None
    reminder_rules.resume(conn, 1)
    assert reminders.claim(conn, held, "me", NOW, channel_id=5, floor_id=1) is not None


def test_the_alarm_is_not_set_for_what_is_held(conn: sqlite3.Connection) -> None:
    for guild_id in (1, 2):
        reminder_rules.pause(conn, guild_id, NOW)
    assert reminders.next_due(conn, NOW) is None
    reminder_rules.resume(conn, 2)
    assert reminders.next_due(conn, NOW) == START - timedelta(days=1)


def test_what_is_too_late_after_a_pause_is_skipped_with_its_reason(conn: sqlite3.Connection) -> None:
    reminders.notify(conn, SESSION, MOVED_UP, 7, generation=1, now=NOW)
    reminder_rules.pause(conn, 1, NOW)
    doubtful = key(SESSION.id, "before-1440", 1)
    conn.execute("UPDATE reminder SET state = 'claimed', first_try_at = 1, tries = 1 WHERE key = ?", (doubtful,))
    late = START - timedelta(minutes=29)  # the hour's is worth it until half an hour before
    reminder_rules.resume(conn, 1)
    assert reminder_rules.skip_overdue(conn, 1, late, PAUSED, direct=False) == 1
    hour = of(conn, "before-60")
    assert hour is not None
    assert (hour.state, hour.reason) == (State.SKIPPED, PAUSED)
    doubt = of(conn, "before-1440")  # a try may have left a post: the courier looks
    assert doubt is not None
    assert doubt.state is State.CLAIMED
    # What the pause did not hold is not settled by its end, and the other guild has nothing to do with it.
    over = SESSION.ends_at + timedelta(days=1)
    assert reminder_rules.skip_overdue(conn, 1, over, PAUSED, direct=False) == 3
    assert due(conn, over) >= {(SESSION.id, MOVED_UP), (SessionId("6" * 32), "start")}


def test_times_that_are_no_longer_wanted_go_and_sent_ones_stay(conn: sqlite3.Connection) -> None:
    sent = key(SESSION.id, "before-1440", 1)
    reminders.claim(conn, sent, "me", NOW, channel_id=5, floor_id=1)
    reminders.sent(conn, sent, 5, 900)
    reminder_rules.choose(conn, SESSION.id, (120,))
    reminders.rearm(conn, SESSION, NOW)
    assert of(conn, "before-60") is None
    assert of(conn, "before-120") is not None
    assert (posted := of(conn, "before-1440")) is not None
    assert posted.state is State.SENT
    reminder_rules.choose(conn, SESSION.id, None)
    reminders.rearm(conn, SESSION, NOW)
    assert of(conn, "before-120") is None
    assert of(conn, "before-60") is not None


def test_pages_hold_posts_soonest_first_then_the_past(conn: sqlite3.Connection) -> None:
    reminder_rules.choose(conn, SESSION.id, tuple(range(10, 18)))
    reminders.rearm(conn, SESSION, NOW)
    announced = key(SESSION.id, "announce", 1)
    reminders.claim(conn, announced, "me", NOW, channel_id=5, floor_id=1)
    reminders.sent(conn, announced, 5, 900)
    reminders.notify(conn, SESSION, MOVED_UP, 7, generation=1, now=NOW)
    first = reminder_pages.page(conn, 1, None, 0)
    kinds = [entry.reminder.kind for entry in first.entries]
    assert kinds == [f"before-{minutes}" for minutes in range(17, 9, -1)]
    assert (first.pages, first.direct) == (2, 1)
    last = reminder_pages.page(conn, 1, SESSION.id, 99)
    assert [entry.reminder.kind for entry in last.entries] == ["start", "announce"]
    assert {entry.channel_id for entry in first.entries} == {None}
    sessions.save(conn, replace(SESSION, channel_id=77))
    assert {entry.channel_id for entry in reminder_pages.page(conn, 1, None, 0).entries} == {77}
    assert (last.page, last.own, last.minutes) == (1, True, tuple(range(17, 9, -1)))
    assert reminder_pages.page(conn, 2, SESSION.id, 0).entries == ()  # another guild's session
    assert [entry.reminder.kind for entry in reminder_pages.upcoming(conn, 1, NOW, 3)] == kinds[:3]


def test_settings_come_back_as_they_were_saved(conn: sqlite3.Connection) -> None:
    chosen = GuildConfig(1, 2, 3, 4, 5, "Europe/Lisbon", (120, 10))
    guilds.save_config(conn, chosen)
    assert guilds.config(conn, 1) == chosen
    departures.arrive(conn, 1, NOW)
    reminder_rules.pause(conn, 1, NOW)
    assert guilds.config(conn, 1) == chosen
    guilds.save_config(conn, replace(chosen, reminder_minutes=()))
    assert guilds.config(conn, 1).reminder_minutes == ()
    assert reminder_rules.paused_since(conn, 1) == NOW
