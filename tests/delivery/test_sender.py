"""The Sender on discord.py: against the sandbox, over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import discord
import pytest

from bot.delivery.sender import Deleted, DiscordSender, Foreign, Limited, NotSent, Refused, Unsure
from bot.sandbox.core import Settings
from bot.sandbox.remote import Remote
from bot.sandbox.server import Server
from bot.ui.reply import Reply
from bot.ui.views import button, buttons

CHANNEL, PRIVATE, MEMBER, PINGS = 900000000000000110, 900000000000000112, 900000000000000302, 900000000000000121
BOT_ROLE, GUILD = "900000000000000122", "900000000000000100"
MARK = "rm:key:"
POST = "/channels/{channel_id}/messages"


@dataclass
class Scene:
    sender: DiscordSender
    sandbox: Remote

    async def post(self, nonce: str = "r1key", marker: str = MARK) -> int:
        return await self.sender.send(CHANNEL, reply(), nonce=nonce, marker=marker, ping_role_id=PINGS)


def reply() -> Reply:
    text = f"<@&{PINGS}> @everyone <@{MEMBER}> hello"
    return Reply(content=text, view=buttons([[button("Online", f"{MARK}session:online")]]))


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    async with Server(Settings(port=0)) as server, Remote(server.base_url) as sandbox:
        monkeypatch.setattr(discord.http.Route, "BASE", f"{server.base_url}/api/v10")
        client = discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=30)
        await client.login("sandbox")  # no gateway: what it would have told has to be asked for
        yield Scene(DiscordSender(client), sandbox)
        await client.close()


async def test_a_post_pings_the_role_alone_and_the_same_nonce_posts_once(scene: Scene) -> None:
    first = await scene.post()
    assert await scene.post() == first
    assert scene.sender.newest_id(CHANNEL) == first
    (message,) = await scene.sandbox.messages(str(CHANNEL))
    assert message["_pinged"] == {"users": [], "roles": [str(PINGS)], "everyone": False}


async def test_what_comes_back_is_looked_at(scene: Scene) -> None:
    with pytest.raises(Foreign):
        await scene.post(marker="rm:another:")


async def test_a_deleted_post_is_known_by_its_nonce_and_may_be_taken_back_twice(scene: Scene) -> None:
    first = await scene.post()
    await scene.sender.take_back(CHANNEL, first)
    await scene.sender.take_back(CHANNEL, first)
    with pytest.raises(Deleted):
        await scene.post()


async def test_pages_of_history(scene: Scene) -> None:
    for number in range(3):
        await scene.sandbox.world("send_message", user=str(MEMBER), channel="900000000000000111", content=str(number))
    general = 900000000000000111
    mine = await scene.sender.send(general, reply(), nonce="r1a", marker=MARK, ping_role_id=None)
    await scene.sandbox.world("send_message", user=str(MEMBER), channel=str(general), content="later")
    seen = sorted(await scene.sender.page(general), key=lambda message: message.id)
    assert [message.own for message in seen] == [False, False, False, True, False]
    assert [message.carries(MARK) for message in seen] == [False, False, False, True, False]
    assert {message.id for message in await scene.sender.page(general, before=mine)} == {m.id for m in seen[:3]}
    assert {message.id for message in await scene.sender.page(general, after=mine)} == {seen[4].id}


async def test_the_right_to_read_the_history_is_asked_for(scene: Scene) -> None:
    assert await scene.sender.can_read_history(CHANNEL)
    await scene.sandbox.world(
        "set_overwrite", channel=str(CHANNEL), target=BOT_ROLE, type=0, allow="0", deny=str(1 << 16)
    )
    assert not await scene.sender.can_read_history(CHANNEL)


async def test_direct_messages(scene: Scene) -> None:
    channel = await scene.sender.open_direct(MEMBER)
    await scene.sender.send(channel, reply(), nonce="r1b", marker=MARK, ping_role_id=None)
    assert await scene.sender.can_read_history(channel)
    await scene.sandbox.world("close_dms", user=str(MEMBER))
    with pytest.raises(Refused) as refused:
        await scene.sender.send(channel, reply(), nonce="r1c", marker=MARK, ping_role_id=None)
    assert refused.value.code == 50007


@pytest.mark.parametrize(
    ("fault", "details", "raised"),
    [
        ("status", {"status": 503}, Unsure),
        ("drop_before", {}, Unsure),
        ("drop_after", {}, Unsure),
        ("cloudflare_429", {}, Limited),
        ("rate_limit", {"scope": "user", "retry_after": 3600}, Limited),
        ("error", {"status": 403, "code": 50013, "message": "Missing Permissions"}, Refused),
        ("error", {"status": 403, "code": 50001, "message": "Missing Access"}, Refused),
        ("error", {"status": 404, "code": 10003, "message": "Unknown Channel"}, Refused),
        ("error", {"status": 400, "code": 50035, "message": "Invalid Form Body"}, Refused),
        ("error", {"status": 503, "code": 130000, "message": "Overloaded"}, Unsure),
    ],
)
async def test_what_went_wrong_has_a_meaning(
    scene: Scene, fault: str, details: dict[str, Any], raised: type[NotSent]
) -> None:
    await scene.sandbox.fault(fault, method="POST", route=POST, times=1, **details)
    with pytest.raises(raised) as error:
        await scene.post()
    assert type(error.value) is raised
    assert str(error.value)
    await scene.sandbox.end_faults()
    if raised is not Limited:
        await scene.post()
        assert len(await scene.sandbox.messages(str(CHANNEL))) == 1
