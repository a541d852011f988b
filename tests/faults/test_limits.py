"""429s of every kind: waited out, counted, and never answered with a loop (rows 1 to 4 of the matrix)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.clock import Clock
from bot.connect import point_at, stay_connected
from tests.e2e.conftest import (
    ANNOUNCEMENTS,
    GUILD,
    LOG,
    MEMBER,
    OTHER_ANNOUNCEMENTS,
    OTHER_GUILD,
    START,
    World,
    text_of,
)
from tests.faults.acts import (
    POSTS,
    announce_in,
    button,
    callers,
    cards,
    complaints,
    journal,
    posts_with,
    reminders_due,
    told,
)

CLOUDFLARE = "bot.delivery.trouble._CLOUDFLARE_PAUSE"


async def test_a_429_is_waited_for_and_the_post_stands_once(world: World) -> None:
    bot = await world.start_bot()
    await world.card()
    said = complaints(bot)
    await world.remote.fault("rate_limit", **POSTS, channel=ANNOUNCEMENTS, times=2, retry_after=0.5)
    started = asyncio.get_running_loop().time()
    await reminders_due(world, timedelta(hours=24), 1)
    assert asyncio.get_running_loop().time() - started < 2 * 0.5 + 5
    tries = await posts_with(world, "Starts in")
    assert [call["status"] for call in tries] == [429, 429, 200]
    assert len({call["request"]["nonce"] for call in tries}) == 1
    assert complaints(bot) - said <= 2, "a line for each refusal is enough: " + bot.text


async def test_a_storm_of_429s_loses_and_doubles_nothing(world: World) -> None:
    members = await world.remote.add_members(GUILD, 30)
    await world.start_bot()
    card = await world.card()
    custom_id = button(card, ":online")
    everywhere: dict[str, Any] = {"global": True, "retry_after": 0.1}
    await world.remote.fault("rate_limit", route="/channels", times=None, probability=0.3, seed=7, **everywhere)
    pressed = await asyncio.gather(*(world.remote.press(one, card["id"], custom_id) for one in members))
    assert {each["state"] for each in pressed} == {"answered"}
    for number, before in enumerate((timedelta(hours=24), timedelta(hours=1), timedelta(minutes=10), timedelta()), 1):
        await reminders_due(world, before, number)
    calls = await journal(world)
    refused = [call for call in calls if call["status"] == 429]
    assert refused, "the storm was one"
    assert await world.remote.invalid_requests() == len(refused) <= 50
    assert len(refused) <= len(calls) / 2, "no call is hammered"
    await world.remote.end_faults()

    assert len(await cards(world)) == 1
    assert "Online · 30" in text_of(await world.card())


async def test_an_hour_of_patience_in_one_channel_is_no_matter_of_the_others(world: World) -> None:
    await announce_in(world, OTHER_GUILD, OTHER_ANNOUNCEMENTS)
    await world.start_bot()
    await world.card()
    await callers(world, OTHER_ANNOUNCEMENTS, 1)
    await world.remote.fault("rate_limit", **POSTS, channel=ANNOUNCEMENTS, times=None, retry_after=3600)
    await world.jump(START - timedelta(hours=24))
    await callers(world, OTHER_ANNOUNCEMENTS, 2)
    assert await world.reminders() == []
    assert len(await posts_with(world, "Starts in", ANNOUNCEMENTS)) == 1, "it is asked once, not every few seconds"
    await world.jump(START - timedelta(hours=17))  # past the deadline of the day's reminder
    assert "24-hour reminder" in await told(world, "was not posted", LOG)
    await world.remote.end_faults()
    assert await world.reminders() == []
    assert (await world.command(MEMBER, "schedule"))["state"] == "answered"


async def test_cloudflare_midway_silences_all_channels_and_then_all_goes_on(world: World) -> None:
    await announce_in(world, OTHER_GUILD, OTHER_ANNOUNCEMENTS)
    bot = await world.start_bot(CONSTANTS=f'{{"{CLOUDFLARE}": 1.5}}')
    await world.card()
    await callers(world, OTHER_ANNOUNCEMENTS, 1)
    seen = (await world.remote.journal())["next"]
    await world.remote.fault("cloudflare_429", **POSTS, times=1)
    await world.jump(START - timedelta(hours=24))
    await asyncio.sleep(0.8)
    tried = [call for call in await journal(world, seen) if call["method"] == "POST"]
    assert sum(call["status"] == 429 for call in tried) == 1
    assert len(tried) <= 2, "what was on its way already, and nothing more"
    await reminders_due(world, timedelta(hours=24), 1)
    await callers(world, OTHER_ANNOUNCEMENTS, 2)
    assert bot.process.returncode is None


class Patient(Clock):
    """Notes the pauses instead of waiting; the last ends the test."""

    def __init__(self, pauses: int) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._left = pauses

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._left -= 1
        if not self._left:
            raise asyncio.CancelledError


@pytest.fixture
async def client(world: World) -> AsyncIterator[discord.Client]:
    route, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    point_at(f"{world.address}/api/v10", world.address.replace("http", "ws", 1) + "/gateway")
    async with discord.Client(intents=discord.Intents.none()) as made:
        yield made
    discord.http.Route.BASE = route
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


async def test_cloudflare_at_login_is_waited_out_for_longer_and_longer(world: World, client: discord.Client) -> None:
    await world.remote.fault("cloudflare_429", route="/users/@me", times=None)
    assert world.server is not None
    clock, token = Patient(8), world.server.sandbox.settings.token
    with pytest.raises(asyncio.CancelledError):
        await stay_connected(client, token, clock, asyncio.Event())
    assert clock.pauses == [60, 120, 240, 480, 960, 1800, 1800, 1800]
    assert await world.remote.invalid_requests() == 8


async def test_cloudflare_at_login_leaves_the_process_up(world: World) -> None:
    await world.remote.fault("cloudflare_429", route="/users/@me", times=1)
    bot = await world.start_bot(ready=False, CONSTANTS='{"bot.connect.BLOCKED_PAUSE": 1.2}')
    await asyncio.sleep(1)
    assert bot.process.returncode is None
    assert len(await journal(world)) == 1
    assert await world.card()
    assert "Traceback" not in bot.text
