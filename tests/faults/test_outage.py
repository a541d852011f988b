"""Discord cannot be reached at all, or one guild cannot (rows 8 and 32)."""

import asyncio
import random
from datetime import timedelta

import pytest
from discord.backoff import ExponentialBackoff

from tests.e2e.conftest import ANNOUNCEMENTS, GUILD, LOG, MEMBER, MODERATOR, START, World, eventually, text_of
from tests.faults.acts import cards, press, reminders_due, rows, told, unreachable

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)


async def back(world: World) -> None:
    async def online() -> bool:
        return bool((await world.remote.state())["bot"]["online"])

    await eventually(online, why="the bot is connected again")


async def test_five_minutes_without_discord_are_made_up_for(world: World) -> None:
    bot = await world.start_bot()
    await press(world)
    async with unreachable(world) as sandbox:
        sandbox.clock.change(now=START - DAY + timedelta(minutes=5))
        await asyncio.sleep(0.3)
        assert bot.process.returncode is None
    await back(world)
    (late,) = await reminders_due(world, DAY - timedelta(minutes=5), 1)
    assert "a little late" in late
    assert (await press(world, MODERATOR))["state"] == "answered"
    assert "Online · 2" in text_of(await world.card())
    assert len(await cards(world)) == 1


async def test_two_hours_without_discord_are_told_in_one_message(world: World) -> None:
    await world.start_bot()
    await world.card()
    await reminders_due(world, DAY, 1)
    await world.jump(START - HOUR - timedelta(minutes=1))
    async with unreachable(world) as sandbox:
        sandbox.clock.change(now=START + HOUR - timedelta(minutes=1))
        await asyncio.sleep(0.2)
    await back(world)
    await world.jump(START + HOUR)
    summary = await told(world, "was not posted")
    assert [what for what in ("1-hour", "10-minute", "start") if what in summary] == ["1-hour", "10-minute", "start"]
    assert len(await world.messages(LOG, MODERATOR)) == 1
    assert len(await world.reminders()) == 1
    assert (await world.command(MEMBER, "schedule"))["state"] == "answered"


def test_the_gateway_is_tried_again_within_twenty_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    backoff = ExponentialBackoff[bool]()
    monkeypatch.setattr(backoff, "_randfunc", lambda _, longest: longest)
    longest = [backoff.delay() for _ in range(30)]
    assert max(longest) == longest[-1] == 1024, "with the dice at their worst"
    assert random.uniform(0, max(longest)) < 20 * 60


async def test_an_outage_of_the_guild_is_no_removal(world: World) -> None:
    await world.start_bot()
    await press(world)
    log = len(await world.messages(LOG, MODERATOR))
    await world.remote.world("guild_unavailable", guild=GUILD)
    (during,) = await reminders_due(world, DAY, 1)
    assert "Starts in" in during, "reminders are tried, and the channel takes them"
    assert rows(world, "SELECT left_at FROM guild WHERE guild_id = ?", int(GUILD)) == [(None,)]
    await world.jump(START - timedelta(hours=3))
    await world.remote.world("guild_available", guild=GUILD)
    assert (await world.command(MEMBER, "schedule"))["state"] == "answered"
    await reminders_due(world, HOUR, 2)
    assert "Online · 1" in text_of(await world.card())
    assert len(await world.messages(LOG, MODERATOR)) == log, "nobody is greeted for an outage"
    assert not [one for one in await world.messages(ANNOUNCEMENTS) if "👋" in text_of(one)]
