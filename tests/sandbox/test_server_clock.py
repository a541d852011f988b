"""The sandbox's time: who follows it, what carries it."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.clock import SandboxClock
from bot.sandbox.remote import RemoteError
from bot.sandbox.snowflakes import Snowflakes, lowest_id_at, moment_of
from tests.sandbox.running import START, Bot, Opener, Running

LATER = datetime(2022, 5, 24, 7, 0, tzinfo=UTC)


async def test_messages_carry_the_sandboxs_time(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.set_clock(now=LATER, speed=0)
    sent = await bot.text_channel().send("hello")
    assert sent.created_at == LATER
    assert moment_of(sent.id) == LATER


async def test_a_change_is_over_when_the_followers_know_it(open_sandbox: Opener) -> None:
    sandbox = await open_sandbox(clock_speed=0.0)
    heard = []

    async with aiohttp.ClientSession() as session, session.ws_connect(f"{sandbox.url}/_clock/follow") as socket:
        first = await socket.receive_json()
        assert (first["now"], first["speed"]) == ("2022-05-23T07:59:20.000Z", 0.0)

        async def follow() -> None:
            async for message in socket:
                heard.append(message.json()["now"])
                await asyncio.sleep(0.05)
                await socket.send_json({"seq": message.json()["seq"]})

        task = asyncio.create_task(follow())
        for hours in (1, 2):
            answer = await sandbox.remote.set_clock(advance=3600)
            assert heard[-1] == answer["now"]
            assert datetime.fromisoformat(answer["now"]) == START + timedelta(hours=hours)
        task.cancel()


async def test_a_follower_that_says_nothing_holds_nobody_up_for_long(
    sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.follow.PATIENCE", 0.05)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{sandbox.url}/_clock/follow"):
        async with asyncio.timeout(1):
            await sandbox.remote.set_clock(now=LATER)


@pytest.mark.parametrize("change", [{"speed": -1}, {"now": datetime(1970, 1, 1, tzinfo=UTC)}, {"advance": 1e18}])
async def test_impossible_times_are_refused(sandbox: Running, change: dict[str, float]) -> None:
    with pytest.raises(RemoteError, match="400"):
        await sandbox.remote.set_clock(**change)  # type: ignore[arg-type]  # values differ by name


@given(st.lists(st.integers(-100_000, 100_000), max_size=50))
def test_ids_always_rise_whatever_the_clock_does(steps: list[int]) -> None:
    clock = SandboxClock(START, speed=0)
    ids = Snowflakes(clock)
    made = [ids.new()]
    for step in steps:
        clock.change(advance=step)
        made.append(ids.new())
    assert made == sorted(set(made))
    assert made[-1] >= lowest_id_at(clock.now())


def test_speed_runs_the_clock() -> None:
    clock = SandboxClock(START, speed=1e6)
    assert clock.now() >= START
    clock.change(now=LATER, speed=0)
    assert clock.now() == clock.now() == LATER
