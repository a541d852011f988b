"""The sandbox as a process of its own."""

import asyncio
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).resolve().parents[2]


async def run(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "bot.sandbox", *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe, stderr=pipe)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_is_and_ends_cleanly(number: signal.Signals) -> None:
    clock = ("--clock-start", "2022-05-23T07:59:20Z", "--clock-speed", "0")
    process = await run("--port", "0", *clock, "--moment", "Start=2022-05-24T08:00Z")
    assert process.stdout is not None
    ready, address = (await process.stdout.readline()).decode().strip().rsplit(" ", 1)
    assert ready == "sandbox ready"
    async with aiohttp.ClientSession() as session:
        state = await (await session.get(f"{address}/_state")).json()
        picture = await session.get(f"{address}/cdn/embed/avatars/0.png")
        assert (await picture.read()).startswith(b"\x89PNG")
        outside = await session.get(f"{address}/static/..%2Fserver.py")
        assert outside.status == 404
    assert state["now"] == "2022-05-23T07:59:20.000Z"
    assert state["moments"] == [{"label": "Start", "at": "2022-05-24T08:00:00.000Z"}]
    process.send_signal(number)
    rest, errors = await process.communicate()
    assert (process.returncode, rest, errors) == (0, b"", b"")


async def test_open_websockets_hold_up_no_end() -> None:
    process = await run("--port", "0")
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().split()[-1]
    async with aiohttp.ClientSession() as session:
        paths = ("/gateway", "/_events?user=900000000000000302", "/_clock/follow")
        reading = [await session.ws_connect(address + path) for path in paths]
        deaf = [await session.ws_connect(address + path) for path in paths]  # says nothing back, as after a kill -9
        ends = [asyncio.create_task(_end(socket)) for socket in reading]
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        assert time.monotonic() - began < 1
        assert await asyncio.gather(*ends) == [1001] * 3
        for socket in deaf:
            await socket.close()


async def _end(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    async for _ in socket:
        pass
    return socket.close_code


@pytest.mark.parametrize("arguments", [("--moment", "never"), ("--clock-start", "soon"), ("--port", "x")])
async def test_wrong_arguments_are_named(arguments: tuple[str, ...]) -> None:
    process = await run(*arguments)
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert arguments[0].encode() in errors
