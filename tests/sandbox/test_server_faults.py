"""Faults that are ordered: each kind does what it says, as often as it was told to."""

import asyncio
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from bot.sandbox.faults import Faults
from bot.sandbox.remote import RemoteError
from tests.sandbox.running import ANNOUNCEMENTS, GENERAL, MEMBER, Bot, Running, discord

POSTS: dict[str, Any] = {"method": "POST", "route": "/channels/{channel_id}/messages"}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's pauses between its tries are not what is tested here."""
    sleep = asyncio.sleep

    async def short(seconds: float, result: Any = None) -> Any:
        return await sleep(min(seconds, 0.01), result)

    # a copy of the module, so that the sandbox's own pauses stay as they are
    monkeypatch.setattr(discord.http, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": short}))


async def posted(sandbox: Running) -> list[str]:
    return [message["content"] for message in await sandbox.remote.messages(str(GENERAL), MEMBER)]


async def test_a_429_is_waited_out(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("rate_limit", **POSTS, times=2, retry_after=0.01)
    await bot.text_channel().send("hello")
    assert await posted(sandbox) == ["hello"]
    assert (await sandbox.remote.faults())[0]["hits"] == 2
    assert await sandbox.remote.invalid_requests() == 2


async def test_cloudflares_429_is_raised_at_once(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("cloudflare_429", **POSTS)
    with pytest.raises(discord.HTTPException) as banned:
        await bot.text_channel().send("hello")
    assert banned.value.status == 429
    assert await posted(sandbox) == []


async def test_a_5xx_is_retried_and_a_503_is_not(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("status", **POSTS, times=2, status=502)
    await bot.text_channel().send("after two tries")
    await sandbox.remote.fault("status", **POSTS, status=503)
    with pytest.raises(discord.DiscordServerError):
        await bot.text_channel().send("lost")
    assert await posted(sandbox) == ["after two tries"]


async def test_a_lost_reply_leaves_the_message_and_the_nonce_finds_it(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("drop_after", **POSTS)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await bot.text_channel().send("once", nonce="r1key")
    await bot.text_channel().send("once", nonce="r1key")
    assert await posted(sandbox) == ["once"]
    calls = [each for each in (await sandbox.remote.journal())["entries"] if each["route"] == POSTS["route"]]
    assert [(call["status"], call["fault"]) for call in calls] == [(200, "drop_after"), (200, None)]
    assert calls[0]["response"]["id"] == calls[1]["response"]["id"]


async def test_accepted_but_answered_502(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("status_after", **POSTS, status=502)
    await bot.text_channel().send("once")
    assert await posted(sandbox) == ["once"]


async def test_a_dropped_call_was_not_carried_out(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("drop_before", **POSTS)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await bot.text_channel().send("never")
    assert await posted(sandbox) == []
    assert (await sandbox.remote.journal())["entries"][-1]["status"] == 0


@pytest.mark.parametrize("kind", ["delay", "hang_after"])
async def test_slow_answers(sandbox: Running, bot: Bot, kind: str) -> None:
    await sandbox.remote.fault(kind, **POSTS, seconds=60)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await bot.text_channel().send("slow")
    assert await posted(sandbox) == (["slow"] if kind == "hang_after" else [])


@pytest.mark.parametrize(("reset", "error"), [(True, aiohttp.ClientOSError), (False, aiohttp.ServerDisconnectedError)])
async def test_a_connection_is_reset_or_ends(sandbox: Running, bot: Bot, reset: bool, error: type[Exception]) -> None:
    await sandbox.remote.fault("drop_after", **POSTS, reset=reset)
    with pytest.raises((aiohttp.ClientError, OSError)) as raised:
        await bot.text_channel().send("once")
    assert isinstance(raised.value, error)
    assert await posted(sandbox) == ["once"]


@pytest.mark.parametrize(("kind", "meanwhile"), [("hold", []), ("hold_after", ["waiting"])])
async def test_a_call_is_held_until_the_fault_is_ended(
    sandbox: Running, bot: Bot, kind: str, meanwhile: list[str]
) -> None:
    number = await sandbox.remote.fault(kind, **POSTS)
    sending = asyncio.create_task(bot.text_channel().send("waiting"))
    await asyncio.sleep(0.1)
    assert (await sandbox.remote.faults())[0]["hits"] == 1
    assert await posted(sandbox) == meanwhile
    assert not sending.done()
    await sandbox.remote.end_faults(number)
    await sending
    assert await posted(sandbox) == ["waiting"]


async def test_an_error_with_its_code_in_one_channel_only(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("error", channel=str(GENERAL), times=None, status=403, code=50013, message="Missing")
    with pytest.raises(discord.Forbidden) as refused:
        await bot.text_channel().send("no")
    assert refused.value.code == 50013
    await bot.text_channel(ANNOUNCEMENTS).send("yes")
    await sandbox.remote.end_faults()
    await bot.text_channel().send("again")


async def test_a_fault_for_what_a_call_says(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.fault("error", **POSTS, body='"content":"b', status=400, code=50083, message="Archived")
    await bot.text_channel().send("a")
    with pytest.raises(discord.HTTPException):
        await bot.text_channel().send("b")
    await bot.text_channel().send("b, once more")
    assert await posted(sandbox) == ["a", "b, once more"]


async def test_an_order_that_makes_no_sense_is_refused(sandbox: Running) -> None:
    with pytest.raises(RemoteError, match=r"fault\.kind"):
        await sandbox.remote.fault("earthquake")
    with pytest.raises(RemoteError, match="regular expression"):
        await sandbox.remote.fault("delay", route="[")
    with pytest.raises(RemoteError, match=r"fault\.seconds must be a number"):
        await sandbox.remote.fault("delay", seconds="soon")


def test_chance_is_the_same_for_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults()
        faults.order({"fault": {"kind": "delay"}, "probability": 0.3, "seed": seed})
        return [faults.strike("GET", "/x", "/x", "") is not None for _ in range(200)]

    assert struck(1) == struck(1) != struck(2)
    assert 30 < sum(struck(1)) < 90
