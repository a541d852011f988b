"""Messages before talks, through the protocol of delivery."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.delivery.sender import Refused
from bot.domain.agenda import Reminding
from bot.domain.reminders import State, about_talk, before_talk
from bot.domain.sessions import Session
from bot.store import agenda
from bot.store.agenda import StarPress
from tests.delivery.fake_discord import Lost
from tests.delivery.world import GUILD, SESSION, START, World

PERSON = 7
DIRECT = PERSON + 1_000_000  # where the small Discord puts messages to this person
TALK = SESSION.talks[0].id
MINUTE = timedelta(minutes=1)


def at(starts_at: datetime, title: str = "The first talk") -> Session:
    return replace(SESSION, talks=(replace(SESSION.talks[0], starts_at=starts_at, title=title),))


async def asked(world: World, *people: int) -> None:
    await world.save(at(START + 20 * MINUTE))
    await world.announced()
    for person in people or (PERSON,):
        await world.db.write(agenda.set_star, GUILD, StarPress(1, person, TALK, starred=True), world.clock.now())
        await world.db.write(agenda.set_reminding, GUILD, person, 2, world.clock.now(), wanted=True)


def texts(world: World) -> list[str]:
    return world.discord.texts(DIRECT)


async def test_it_comes_in_time_and_once(world: World) -> None:
    await asked(world)
    await world.to(START + 10 * MINUTE)
    await world.wait(60, steps=4)
    (text,) = texts(world)
    assert "Starts in 10 minutes: The first talk" in text
    (message,) = world.discord.posts(DIRECT)
    assert message.pinged_role is None


async def test_a_lost_answer_makes_no_second_one(world: World) -> None:
    await asked(world)
    for moment in (START - timedelta(days=1), START - timedelta(hours=1), START - 10 * MINUTE, START):
        await world.to(moment)
    world.discord.faults.append(Lost())
    await world.to(START + 10 * MINUTE)
    world.restart()
    await world.wait(300, steps=10)
    assert len(world.discord.posts(DIRECT)) == 1


@pytest.mark.parametrize("moved_by", [timedelta(minutes=30), timedelta(minutes=1)])
async def test_a_talk_that_moves_while_its_message_is_on_its_way(world: World, moved_by: timedelta) -> None:
    await asked(world)
    await world.to(START + 9 * MINUTE)
    new = START + 20 * MINUTE + moved_by

    async def move() -> None:
        world.discord.hold = None
        await world.save(at(new))

    world.discord.hold = move
    await world.to(START + 10 * MINUTE)
    await world.wait(5, steps=2)
    await world.to(max(new - 10 * MINUTE, world.clock.now()))
    await world.wait(5, steps=2)
    (text,) = texts(world)
    assert f"<t:{int(new.timestamp())}:R>" in text, "the one with the old start is gone"


async def test_a_title_that_changes_on_its_way_is_corrected_or_right(world: World) -> None:
    await asked(world)

    async def rename() -> None:
        world.discord.hold = None
        await world.save(at(START + 20 * MINUTE, title="Renamed"))

    world.discord.hold = rename
    await world.to(START + 10 * MINUTE)
    await world.wait(5, steps=2)
    (text,) = texts(world)
    assert "Renamed" in text


async def test_who_does_not_want_it_any_more_is_left_alone(world: World) -> None:
    await asked(world)
    key = before_talk(SESSION.id, TALK, START + 20 * MINUTE, PERSON, world.clock.now()).key
    await world.db.write(lambda conn: conn.execute("UPDATE star SET starred = 0"))  # without the rows following
    await world.to(START + 10 * MINUTE)
    assert texts(world) == []
    row = await world.row(about_talk(TALK), int((START + 20 * MINUTE).timestamp()), PERSON)
    assert (row.key, row.state) == (key, State.SKIPPED)


async def test_what_was_missed_is_said_to_the_moderators_without_names(world: World) -> None:
    await asked(world, *range(7, 12))
    for moment in (START - timedelta(days=1), START - timedelta(hours=1), START - 10 * MINUTE, START):
        await world.to(moment)
    before = len(world.told())
    world.restart()
    await world.to(START + 25 * MINUTE)
    assert texts(world) == []
    said = world.told()[before:]
    assert len(said) == 1
    assert "direct message about a talk" in said[0]
    assert "<@" not in said[0]
    assert "\n" not in said[0], "five people are one line"


async def test_closed_doors_are_counted(world: World) -> None:
    await asked(world)
    for number in range(3):
        world.discord.direct_fault = Refused(50007, "the person does not take direct messages")
        await world.save(at(START + (20 + number) * MINUTE))
        await world.to(START + (10 + number) * MINUTE)
    assert await world.db.read(agenda.reminding, GUILD, PERSON) is Reminding.CLOSED
