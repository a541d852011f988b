"""What moderators type for the times of reminders, and what a change of the guild's own times does."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.reminder_rules import LONGEST, MOST, SHORTEST, minutes_words, rule_words
from bot.domain.sessions import Session, SessionId
from bot.services.changes import Changes
from bot.services.guilds import GuildService
from bot.services.reminders import ReminderService, read_offsets
from bot.store import audit, reminders, sessions
from bot.store.database import Database

GUILD = 1
ACTOR = Actor(7, "Moderator")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("24h, 1h, 10m", (1440, 60, 10)),
        ("10m 1h", None),
        ("10m; 1h / 1 day", (1440, 60, 10)),
        ("1h and 10 minutes", (60, 10)),
        ("1h, 60m, 1:00", (60,)),
        ("1h30", (90,)),
        ("none", ()),
        (" NONE ", ()),
        ("30 days", (LONGEST,)),
        ("1m", (SHORTEST,)),
    ],
)
def test_what_is_typed(text: str, minutes: tuple[int, ...] | None) -> None:
    if minutes is None:
        with pytest.raises(Refusal, match="cannot read"):
            read_offsets(text)
    else:
        assert read_offsets(text) == minutes


@pytest.mark.parametrize("text", ["", " , ,", "60", "0m", "31 days", "-5m", "1h,,x", "9" * 90 + "m", "1m," * 200])
def test_what_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        read_offsets(text)


@given(st.text(max_size=250) | st.lists(st.integers(0, 50_000).map("{}m".format), max_size=12).map(", ".join))
def test_anything_is_read_within_bounds_or_refused(text: str) -> None:
    try:
        minutes = read_offsets(text)
    except Refusal:
        return
    assert len(minutes) <= MOST
    assert list(minutes) == sorted(set(minutes), reverse=True)
    assert all(SHORTEST <= each <= LONGEST for each in minutes)


@given(st.integers(SHORTEST, LONGEST))
def test_what_is_said_can_be_typed(minutes: int) -> None:
    assert read_offsets(minutes_words(minutes)) == (minutes,)


def test_rules_in_words() -> None:
    assert rule_words((1440, 60, 10)) == "1 day, 1 hour and 10 minutes before, and at the start"
    assert rule_words((90,)) == "90 minutes before, and at the start"
    assert rule_words(()) == "at the start alone"


@pytest.fixture
async def session(db: Database, clock: Clock) -> Session:
    start = clock.now() + timedelta(days=2)
    made = Session(
        id=SessionId("5" * 32),
        guild_id=GUILD,
        slug="session",
        title="Session",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        zone="Europe/Berlin",
    )
    await db.write(sessions.save, made)
    await db.write(reminders.rearm, made, clock.now())
    return made


async def kinds(db: Database) -> set[str]:
    return {reminder.kind for reminder in await db.read(reminders.history, GUILD, 100)}


async def test_a_session_with_times_of_its_own_keeps_them(db: Database, clock: Clock, session: Session) -> None:
    woken: list[None] = []
    changes = Changes()
    changes.on_reminders(lambda: woken.append(None))
    guilds, ours = GuildService(db, clock, changes), ReminderService(db, clock, changes)
    await guilds.choose(GUILD, ACTOR, reminder_minutes=(30,))
    assert await kinds(db) == {"announce", "before-30", "start"}
    page = await ours.set_offsets(GUILD, session.id, "2h", ACTOR)
    assert (page.minutes, page.own) == ((120,), True)
    await guilds.choose(GUILD, ACTOR, reminder_minutes=(45,))
    assert await kinds(db) == {"announce", "before-120", "start"}
    page = await ours.set_offsets(GUILD, session.id, "default", ACTOR)
    assert (page.minutes, page.own) == ((45,), False)
    assert await kinds(db) == {"announce", "before-45", "start"}
    assert len(woken) == 4
    assert await db.read(audit.count, GUILD) == 4


async def test_over_cancelled_and_foreign_sessions_are_refused(db: Database, clock: Clock, session: Session) -> None:
    ours = ReminderService(db, clock, Changes())
    with pytest.raises(Refusal, match="not here"):
        await ours.set_offsets(2, session.id, "1h", ACTOR)
    clock.move(session.ends_at, 0)
    with pytest.raises(Refusal, match="is over"):
        await ours.set_offsets(GUILD, session.id, "1h", ACTOR)


async def test_resume_wants_a_pause(db: Database, clock: Clock, session: Session) -> None:
    ours = ReminderService(db, clock, Changes())
    with pytest.raises(Refusal, match="not paused"):
        await ours.resume(GUILD, ACTOR)
    since = clock.now()
    await ours.pause(GUILD, ACTOR)
    clock.move(since + timedelta(minutes=5), 0)
    page = await ours.pause(GUILD, ACTOR)
    assert page.paused_since == since
    skipped, page = await ours.resume(GUILD, ACTOR)
    assert (skipped, page.paused_since) == (0, None)
