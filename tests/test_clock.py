"""The clock: moved, sped up, standing still, and followed from another process."""

import asyncio
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clock import Clock
from bot.follow import follow

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)


def test_without_a_start_it_is_the_machines_time() -> None:
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_it_stands_still_at_speed_zero() -> None:
    clock = Clock(START, speed=0)
    assert clock.now() == clock.now() == START
    assert clock.real_seconds_until(START + timedelta(seconds=1)) == 86_400


@pytest.mark.parametrize(("ahead", "speed", "seconds"), [(60, 1, 60), (60, 60, 1), (-5, 1, 0), (10**9, 1, 86_400)])
def test_how_long_it_really_takes(ahead: int, speed: float, seconds: float) -> None:
    clock = Clock(START, speed)
    assert clock.real_seconds_until(START + timedelta(seconds=ahead)) == pytest.approx(seconds, abs=0.1)


def test_listeners_hear_of_a_move() -> None:
    clock, heard = Clock(START, speed=0), list[datetime]()
    clock.on_move(lambda: heard.append(clock.now()))
    clock.move(START + timedelta(hours=1), 0)
    assert heard == [START + timedelta(hours=1)]


async def test_it_follows_another_clock_and_says_so() -> None:
    answers: asyncio.Queue[dict[str, int]] = asyncio.Queue()

    async def leader(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for seq, hour in enumerate((9, 10)):
            await socket.send_json({"seq": seq, "now": f"2022-05-24T{hour:02}:00:00.000Z", "speed": 0})
            answers.put_nowait(await socket.receive_json())
        await socket.receive()
        return socket

    app = web.Application()
    app.router.add_get("/follow", leader)
    clock, ready = Clock(START, speed=0), asyncio.Event()
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        task = asyncio.create_task(follow(str(server.make_url("/follow")), clock, session, ready))
        assert await answers.get() == {"seq": 0}
        assert await answers.get() == {"seq": 1}
        assert ready.is_set()
        assert clock.now() == datetime(2022, 5, 24, 10, tzinfo=UTC)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
