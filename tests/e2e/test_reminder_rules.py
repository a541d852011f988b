"""What moderators decide about reminders: list, set, test, pause and resume."""

from datetime import timedelta
from typing import Any


async def test_members_may_not(world: Any, e2e: Any) -> None:
    await world.start_bot()
    for command, options in (("list", {}), ("set", {"times": "1h"}), ("test", {}), ("pause", {}), ("resume", {})):
        refused = await world.command(e2e.MEMBER, f"reminders {command}", **options)
        assert "Manage Server" in e2e.text_of(refused["message"]), command
        there = await world.command(e2e.OUTSIDER, f"reminders {command}", channel=e2e.OTHER_GENERAL, **options)
        assert "Decentralized" not in e2e.text_of(there["message"])


async def test_set_and_list(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    plan = e2e.text_of((await world.command(e2e.MODERATOR, "reminders list"))["message"])
    for post in ("announcement", "24-hour reminder", "1-hour reminder", "10-minute reminder", "we are starting"):
        assert post in plan
    assert f"<#{e2e.ANNOUNCEMENTS}>" in plan
    assert "✅" in plan
    for typed, words in (
        ("soon", "cannot read"),
        ("10 years", "cannot read"),
        ("31 days", "out of that"),
        ("1m,2m,3m,4m,5m,6m,7m,8m,9m", "at most 8"),
        ("60", "cannot read"),
    ):
        refused = await world.command(e2e.MODERATOR, "reminders set", times=typed)
        assert words in e2e.text_of(refused["message"]), typed
    done = await world.command(e2e.MODERATOR, "reminders set", times="3h, 5m")
    text = e2e.text_of(done["message"])
    assert "3 hours and 5 minutes before, and at the start" in text
    assert "10-minute" not in text
    await world.jump(e2e.START - timedelta(hours=3))

    async def reminded() -> str | None:
        return next((e2e.text_of(message) for message in await world.reminders()), None)

    assert "Starts in 3 hours" in await e2e.eventually(reminded, why="the new time holds")
    back = await world.command(e2e.MODERATOR, "reminders set", times="default")
    text = e2e.text_of(back["message"])
    assert "1-hour reminder" in text
    assert "its moment had already passed" in text  # the day before
    assert "3-hour reminder" in text  # it was posted


async def test_a_test_is_marked_and_pings_nobody(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    answer = await world.command(e2e.MODERATOR, "reminders test")
    assert "Posted" in e2e.text_of(answer["message"])
    (post,) = [message for message in await world.messages(e2e.GENERAL) if "This is a test" in e2e.text_of(message)]
    assert post["_pinged"] == {"users": [], "roles": [], "everyone": False}
    assert all(button.get("disabled") for button in e2e.buttons(post) if "custom_id" in button)
    # The moderator's role does not let him write in the announcements, so he cannot let the bot do it for a test.
    refused = await world.command(e2e.MODERATOR, "reminders test", channel=e2e.ANNOUNCEMENTS)
    assert "You may not write here" in e2e.text_of(refused["message"])
    await world.remote.world("set_overwrite", channel=e2e.GENERAL, target=e2e.BOT_ROLE, deny=1 << 14)
    refused = await world.command(e2e.MODERATOR, "reminders test")
    assert "Embed Links" in e2e.text_of(refused["message"])
    # The real one comes at its moment all the same.
    await world.jump(e2e.START - timedelta(hours=24))

    async def reminded() -> bool:
        return len(await world.reminders()) == 1

    await e2e.eventually(reminded)


async def test_pause_and_resume(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    paused = e2e.text_of((await world.command(e2e.MODERATOR, "reminders pause"))["message"])
    assert "Paused since" in paused
    await world.jump(e2e.START - timedelta(hours=24))
    await world.jump(e2e.START - timedelta(hours=1))
    await world.jump(e2e.START - timedelta(minutes=28))  # the hour's reminder is worth it until half an hour before
    assert "too late by now" in e2e.text_of((await world.command(e2e.MODERATOR, "reminders list"))["message"])
    assert await world.reminders() == []
    resumed = e2e.text_of((await world.command(e2e.MODERATOR, "reminders resume"))["message"])
    assert "2 posts came too late" in resumed
    assert resumed.count("reminders were paused") == 2
    again = await world.command(e2e.MODERATOR, "reminders resume")
    assert "not paused" in e2e.text_of(again["message"])
    await world.jump(e2e.START - timedelta(minutes=10))

    async def reminded() -> bool:
        return len(await world.reminders()) == 1

    await e2e.eventually(reminded, why="what comes next is posted")
    assert not any("was not posted" in e2e.text_of(each) for each in await world.messages(e2e.LOG, e2e.MODERATOR))
