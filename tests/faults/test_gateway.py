"""The gateway breaks off, says nothing, says everything twice or in the wrong order (rows 11 to 15)."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest

from bot.sandbox import gateway
from bot.sandbox.gateway import Gateway
from tests.e2e.conftest import MEMBER, MEMBER_2, MEMBER_3, World, eventually, text_of
from tests.faults.acts import button, cards, journal, press, reminders_due, rows

ENDS: list[tuple[str, dict[str, int | bool], bool]] = [
    ("reconnect", {}, True),
    ("invalid_session", {"resumable": True}, True),
    ("invalid_session", {"resumable": False}, False),
    ("close", {"code": 4000}, True),
    ("close", {"code": 4007}, False),
    ("close", {"code": 4008}, True),
    ("close", {"code": 4009}, False),
    ("close", {"code": 1000}, False),
    ("abort", {}, True),
]


def side(world: World) -> Gateway:
    assert world.server is not None
    return world.server.sandbox.gateway


@pytest.mark.parametrize(("action", "details", "resumable"), ENDS)
async def test_whatever_ends_the_connection_the_bot_comes_back_as_one(
    world: World, action: str, details: dict[str, int | bool], resumable: bool
) -> None:
    await world.start_bot()
    card = await world.card()
    identifies = side(world).identifies
    await world.remote.gateway(action, **details)
    if resumable:  # a press while nobody listens is delivered when the session is resumed
        pressed = await world.remote.press(MEMBER, card["id"], button(card, ":online"))
        assert pressed["state"] == "answered", pressed["failure"]
        assert side(world).identifies == identifies
    else:

        async def anew() -> bool:
            return side(world).identifies == identifies + 1 and side(world).online

        await eventually(anew, why="the bot identifies anew")
        assert (await world.remote.press(MEMBER, card["id"], button(card, ":online")))["state"] == "answered"
    await reminders_due(world, timedelta(hours=24), 1)
    await reminders_due(world, timedelta(hours=1), 2)
    assert len(await cards(world)) == 1, "no second announcement"
    assert "Online · 1" in text_of(await world.card())
    posts = [call for call in await journal(world) if "Starts in" in str(call["request"])]
    assert len(posts) == 2, "no second scheduler: nobody else has tried"


@pytest.mark.parametrize("action", ["stop_acks", "silence"])
async def test_a_gateway_that_says_nothing_is_left(world: World, action: str) -> None:
    with patch.object(gateway, "HEARTBEAT_MS", 400):
        await world.start_bot(CONSTANTS=json.dumps({"bot.client.HEARTBEAT_TIMEOUT": 1.0}))
        card = await world.card()
        started = asyncio.get_running_loop().time()
        await world.remote.gateway(action)
        pressed = await world.remote.press(MEMBER, card["id"], button(card, ":online"), wait=False)

        async def answered() -> bool:
            return bool((await world.remote.interaction(pressed["id"]))["state"] == "answered")

        if action == "silence":  # and what was said meanwhile is heard, when the session is resumed
            await eventually(answered, why="the press is answered in the end")
        else:
            await answered_without(world)
        assert asyncio.get_running_loop().time() - started < 1.0 + 5
        assert side(world).identifies == 1


async def answered_without(world: World) -> None:
    """A connection without acknowledgements is left, and the next one has them."""
    old = next(iter(side(world)._connections))

    async def left() -> bool:
        return bool(side(world)._connections) and old not in side(world)._connections

    await eventually(left, why="the connection is made anew")
    assert (await press(world, MEMBER_2))["state"] == "answered"


async def test_events_that_come_three_times_count_once(world: World) -> None:
    await world.start_bot()
    for user, ending in ((MEMBER, ":maybe"), (MEMBER, ":online"), (MEMBER_2, ":in_person")):
        await press(world, user, ending)
    await world.remote.gateway("replay", copies=3, last=8)
    assert (await world.command(MEMBER_3, "rsvp"))["state"] == "answered"
    found = rows(world, "SELECT user_id, answer FROM rsvp ORDER BY user_id")
    assert found == [(int(MEMBER), "online"), (int(MEMBER_2), "in_person")]
    callbacks = [call for call in await journal(world) if call["path"].endswith("/callback")]
    assert len(callbacks) == 4
    assert {call["status"] for call in callbacks} <= {200, 204}


Order = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize("order", [lambda frames: frames[::-1], lambda frames: frames[1:] + frames[:1]])
async def test_of_presses_that_come_in_the_wrong_order_the_last_one_stands(world: World, order: Order) -> None:
    await world.start_bot()
    card = await world.card()
    session = next(iter(side(world)._sessions.values()))
    connection, session.connection = session.connection, None  # what is said now stays with the network for a while
    assert connection is not None
    presses = [
        await world.remote.press(MEMBER, card["id"], button(card, ending), wait=False)
        for ending in (":in_person", ":maybe", ":online")
    ]
    session.connection = connection
    for frame in order([frame for _, frame in list(session.buffer)[-3:]]):
        connection.put(frame)

    async def all_answered() -> bool:
        states = [(await world.remote.interaction(each["id"]))["state"] for each in presses]
        return states == ["answered"] * 3

    await eventually(all_answered, why="all presses are answered")
    assert rows(world, "SELECT answer FROM rsvp") == [("online",)]

    async def shown() -> bool:
        return "Online · 1" in text_of(await world.card())

    await eventually(shown, why="the card shows the last one")


@pytest.mark.parametrize(
    ("code", "words"), [(4004, "DISCORD_TOKEN"), (4014, "privileged intent"), (4013, "intents"), (4012, "version")]
)
async def test_what_trying_again_cannot_cure_ends_the_bot_at_once(world: World, code: int, words: str) -> None:
    bot = await world.start_bot(LOG_LEVEL="DEBUG")
    await world.remote.gateway("close", code=code)
    async with asyncio.timeout(10):
        assert await bot.ended() == 78
    (line,) = [line for line in bot.text.splitlines() if words in line and str(code) in line]
    assert line.endswith((".", ".env."))
    assert "Traceback" not in bot.text
    assert side(world).identifies == 1


async def test_a_token_that_is_no_longer_good_at_login(world: World) -> None:
    await world.remote.fault("error", route="/users/@me", times=None, status=401, message="401: Unauthorized")
    bot = await world.start_bot(ready=False)
    async with asyncio.timeout(10):
        assert await bot.ended() == 78
    assert len([line for line in bot.text.splitlines() if "DISCORD_TOKEN" in line]) == 1
    assert len(await journal(world)) == 1, "no loop"
