"""Reminders in the sandbox: on time, once, truthful, through crashes and lost replies."""

from datetime import timedelta
from typing import Any

import pytest


async def heads(world: Any, e2e: Any) -> list[str]:
    return [e2e.text_of(message) for message in await world.reminders()]


async def count(world: Any, e2e: Any, wanted: int) -> list[str]:
    async def enough() -> list[str] | None:
        found = await heads(world, e2e)
        return found if len(found) >= wanted else None

    found: list[str] = await e2e.eventually(enough, why=f"{wanted} reminders")
    assert len(found) == wanted
    return found


async def test_all_four_come_at_their_moments(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    await world.jump(e2e.START - timedelta(hours=24))
    (first,) = await count(world, e2e, 1)
    assert "Starts in 24 hours" in first or "Starts in 1 day" in first
    assert "<t:1653379200:R>" in first
    assert "Composable DeSci Flows" in first
    assert "Trent McConaghy" in first

    await world.jump(e2e.START - timedelta(hours=1))
    assert "Starts in 1 hour" in (await count(world, e2e, 2))[-1]
    await world.command(e2e.MODERATOR, "session stream", url="https://example.org/live")
    await world.jump(e2e.START - timedelta(minutes=10))
    assert "Starts in 10 minutes" in (await count(world, e2e, 3))[-1]
    await world.jump(e2e.START)
    assert "We are starting" in (await count(world, e2e, 4))[-1]
    last = (await world.reminders())[-1]
    watching = await world.press(e2e.MEMBER_2, last, "Watch live")
    links = [button.get("url", "") for button in e2e.buttons(watching["message"])]
    assert "https://example.org/live" in e2e.text_of(watching["message"]) + "".join(links)

    for message in [await world.card(), *await world.reminders()]:
        assert message["_pinged"] == {"users": [], "roles": [e2e.PINGS], "everyone": False}
    await world.press(e2e.MEMBER, last, "Online")

    async def on_card() -> bool:
        return "Online · 1" in e2e.text_of(await world.card())

    await e2e.eventually(on_card, why="a press on a reminder reaches the card")


async def test_missed_while_down_one_truthful_post(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    await world.card()
    await bot.stop()
    await world.jump(e2e.START - timedelta(minutes=45))  # both the day's and the hour's were missed
    await world.start_bot()
    (only,) = await count(world, e2e, 1)
    assert "Starts in 45 minutes" in only
    assert "a little late" in only
    await world.jump(e2e.START - timedelta(minutes=10))
    assert "Starts in 10 minutes" in (await count(world, e2e, 2))[-1]


async def test_too_late_is_said_to_the_moderators_and_not_posted(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    await world.card()
    await bot.stop()
    await world.jump(e2e.START - timedelta(minutes=25))  # past the deadline of the hour's reminder
    await world.start_bot()

    async def told() -> bool:
        log = await world.messages(e2e.LOG, e2e.MODERATOR)
        return any("1-hour reminder" in e2e.text_of(message) for message in log)

    await e2e.eventually(told, why="the moderators are told")
    assert await world.reminders() == []


@pytest.mark.parametrize(
    ("fault", "details"),
    [
        ("status", {"status": 503}),
        ("status", {"status": 502}),
        ("drop_before", {}),
        ("drop_after", {}),
        ("status_after", {"status": 502}),
        ("rate_limit", {"scope": "user", "retry_after": 0.3}),
    ],
)
async def test_faults_at_the_post_end_in_one_post(world: Any, e2e: Any, fault: str, details: dict[str, Any]) -> None:
    await world.start_bot()
    await world.card()
    await world.remote.fault(fault, method="POST", route="/channels/{channel_id}/messages", times=1, **details)
    await world.jump(e2e.START - timedelta(hours=24))
    await count(world, e2e, 1)
    await world.jump(e2e.START - timedelta(hours=1))
    await count(world, e2e, 2)
