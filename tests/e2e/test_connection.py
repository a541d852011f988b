"""Deliveries do not hang on the gateway, and what it delivers several times is done once."""

from datetime import timedelta
from typing import Any


async def test_while_the_gateway_cannot_be_reached_posts_are_made(world: Any, e2e: Any) -> None:
    nowhere = "ws://127.0.0.1:9/gateway"  # port 9, "discard": nothing listens there
    bot = await world.start_bot(ready=False, DISCORD_GATEWAY_URL=nowhere)

    async def posts(of: str) -> Any:
        return [message for message in await world.messages() if e2e.button_ids(message, of)]

    assert len(await e2e.eventually(lambda: posts("rsvp:"), why="the card is posted")) == 1
    await world.jump(e2e.START - timedelta(hours=24))
    assert len(await e2e.eventually(lambda: posts("rm:"), why="the reminder is posted")) == 1
    assert not (await world.remote.state())["bot"]["online"]
    assert await bot.stop() == 0


async def test_a_command_that_is_delivered_again_is_carried_out_once(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    await world.command(e2e.MEMBER, "rsvp")
    await world.remote.gateway("replay", copies=2, last=1)
    assert (await world.command(e2e.MEMBER_2, "rsvp"))["state"] == "answered", "what was delivered again is through"
    calls = (await world.remote.journal())["entries"]
    assert [call["status"] for call in calls if "/callback" in call["path"]] == [200, 200]
