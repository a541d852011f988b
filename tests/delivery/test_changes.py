"""Posts of sessions that change: put right or taken back, and one message to those who come."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.delivery.sender import Refused
from bot.delivery.trouble import CLOSED_DM
from bot.domain.reminders import CHANGED, State
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Session, Status
from bot.store import edits, reminders, rsvps, sessions
from tests.delivery.world import ANNOUNCEMENTS, GUILD, MODERATORS, SESSION, START, World, moved

HOUR = timedelta(hours=1)
DIRECT = 1_000_009


@pytest.fixture
async def announced(world: World) -> World:
    await world.announced()
    press = Press(1, 9, "Member", Answer.ONLINE)
    await world.db.write(rsvps.apply, GUILD, SESSION.id, [press], world.clock.now())
    return world


async def edit(world: World, change: Callable[[Session], Session]) -> None:
    def op(conn: sqlite3.Connection, now: datetime) -> None:
        old = sessions.by_id(conn, SESSION.id)
        assert old is not None
        edits.save(conn, old, change(old), now)

    await world.db.write(op, world.clock.now())


def renamed(session: Session) -> Session:
    return replace(session, title="Another name")


async def test_a_posted_reminder_is_corrected(announced: World) -> None:
    await announced.to(START - HOUR)
    await edit(announced, renamed)
    await announced.step()
    (post,) = announced.discord.posts(ANNOUNCEMENTS, "rm:")
    assert "Another name" in post.content
    assert "late" not in post.content
    assert (await announced.row("before-60")).state is State.SENT


async def test_one_that_is_in_flight_is_corrected_as_soon_as_it_is_there(announced: World) -> None:
    async def rename() -> None:
        announced.discord.hold = None
        await edit(announced, renamed)

    announced.discord.hold = rename
    await announced.to(START - HOUR)
    (post,) = announced.discord.posts(ANNOUNCEMENTS, "rm:")
    assert "Another name" in post.content
    assert not post.deleted


async def test_a_correction_is_tried_until_it_is_made(announced: World) -> None:
    await announced.to(START - HOUR)
    await edit(announced, renamed)
    announced.discord.down = True
    await announced.step()
    announced.discord.down = False
    announced.restart()
    await announced.wait(70)
    (post,) = announced.discord.posts(ANNOUNCEMENTS, "rm:")
    assert "Another name" in post.content


@pytest.mark.parametrize(
    "change",
    [lambda session: moved(session, timedelta(days=3)), lambda session: replace(session, status=Status.CANCELLED)],
)
async def test_a_posted_reminder_of_another_time_is_taken_back(
    announced: World, change: Callable[[Session], Session]
) -> None:
    await announced.to(START - HOUR)
    await edit(announced, change)
    await announced.step()
    (post,) = announced.discord.posts(ANNOUNCEMENTS, "rm:")
    assert post.deleted
    assert (await announced.row("before-60")).state is State.SKIPPED


async def test_who_comes_is_told_once_and_pinged_by_nothing(announced: World) -> None:
    await edit(announced, lambda session: moved(session, HOUR))
    await announced.wait(30)
    await edit(announced, lambda session: moved(session, HOUR))
    assert announced.discord.texts(DIRECT) == []
    await announced.wait(31)
    (text,) = announced.discord.texts(DIRECT)
    assert f"<t:{int(START.timestamp())}:F>" in text
    assert f"<t:{int((START + 2 * HOUR).timestamp())}:F>" in text
    await announced.wait(300, 3)
    assert len(announced.discord.texts(DIRECT)) == 1


async def test_a_cancellation_that_was_told_is_on_record_as_told(announced: World) -> None:
    await edit(announced, lambda session: replace(session, status=Status.CANCELLED))
    await announced.wait(61)
    (text,) = announced.discord.texts(DIRECT)
    assert "Cancelled" in text
    assert (await announced.row(CHANGED, 1, 9)).state is State.SENT
    assert announced.discord.texts(MODERATORS) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda session: moved(session, HOUR), "You keep your place on the waiting list"),
        (lambda session: replace(session, status=Status.CANCELLED), "You were on the waiting list"),
    ],
)
async def test_who_waits_for_a_seat_is_told_in_other_words(
    announced: World, change: Callable[[Session], Session], words: str
) -> None:
    await edit(announced, lambda session: replace(session, capacity=1))
    presses = [Press(number, 8 + number, f"Member {number}", Answer.IN_PERSON) for number in (2, 3)]
    await announced.db.write(rsvps.apply, GUILD, SESSION.id, presses, announced.clock.now())
    await edit(announced, change)
    await announced.wait(61)
    (waits,) = announced.discord.texts(DIRECT + 2)
    assert words in waits
    for others in (DIRECT, DIRECT + 1):
        (text,) = announced.discord.texts(others)
        assert "waiting list" not in text


async def test_an_undone_change_is_told_to_nobody(announced: World) -> None:
    await edit(announced, lambda session: moved(session, HOUR))
    await announced.wait(30)
    await edit(announced, lambda session: moved(session, -HOUR))
    await announced.wait(300, 3)
    assert announced.discord.texts(DIRECT) == []


async def test_closed_direct_messages_are_no_trouble_of_the_moderators(announced: World) -> None:
    announced.discord.direct_fault = Refused(CLOSED_DM, "no messages")
    await edit(announced, lambda session: replace(session, status=Status.CANCELLED))
    await announced.wait(120, 3)
    assert announced.discord.texts(MODERATORS) == []


async def test_a_new_card_replaces_the_former_one(announced: World) -> None:
    session = await announced.db.read(sessions.by_id, SESSION.id)
    assert session is not None
    await announced.db.write(reminders.announce_again, session, announced.clock.now())
    await announced.step()
    cards = announced.discord.posts(ANNOUNCEMENTS, "rsvp:")
    assert [card.deleted for card in cards] == [True, False]
    session = await announced.db.read(sessions.by_id, SESSION.id)
    assert session is not None
    assert session.card is not None
    assert session.card.message_id == cards[1].id


async def test_a_session_with_its_own_channel_that_pings_nobody(announced: World) -> None:
    await edit(announced, lambda session: replace(session, channel_id=777, quiet=True))
    await announced.to(START - HOUR)
    (post,) = announced.discord.posts(777, "rm:")
    assert post.pinged_role is None
    assert announced.discord.posts(ANNOUNCEMENTS, "rm:") == []
