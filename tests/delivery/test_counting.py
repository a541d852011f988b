"""Every end that a reminder can come to is counted, and as what it was."""

from datetime import timedelta

import pytest

from bot.delivery.sender import Refused, Unsure
from tests.delivery.fake_discord import Lost
from tests.delivery.world import START, World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REMINDER = "before-1440"


async def test_posts_and_how_late_they_came(world: World) -> None:
    await world.announced()
    await world.to(START - DAY + timedelta(seconds=90))
    (announced, reminded) = world.metrics.seen
    assert announced[:2] == ("announce", "posted")
    assert reminded == (REMINDER, "posted", 90.0)


async def test_a_try_that_came_to_nothing_and_the_next(world: World) -> None:
    await world.announced()
    world.discord.faults.append(Unsure("error 503"))
    await world.to(START - DAY)
    await world.wait(10)
    assert [(kind, result) for kind, result, _ in world.metrics.seen[1:]] == [
        (REMINDER, "retried"),
        (REMINDER, "posted"),
    ]


async def test_what_stood_there_already_is_no_second_post(world: World) -> None:
    await world.announced()
    world.discord.faults.append(Lost())
    await world.to(START - DAY)
    world.restart()
    await world.wait(600)
    assert [result for kind, result, _ in world.metrics.seen if kind == REMINDER] == ["retried", "found"]


async def test_what_came_too_late_is_missed(world: World) -> None:
    await world.announced()
    await world.to(START + timedelta(minutes=11))
    assert {result for _, result, _ in world.metrics.seen[1:]} <= {"missed", "dropped"}
    assert ("start", "missed", None) in world.metrics.seen


@pytest.mark.parametrize("times", [1, 2])
async def test_a_refusal_is_a_retry(world: World, times: int) -> None:
    await world.announced()
    world.discord.faults.extend([Refused(50013, "I may not post in the channel")] * times)
    await world.to(START - DAY)
    await world.wait(60, 6)
    assert world.metrics.seen.count((REMINDER, "retried", None)) == times
