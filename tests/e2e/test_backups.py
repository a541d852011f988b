"""A backup brought back: what was posted since is not posted again."""

from datetime import timedelta
from typing import Any


async def test_after_a_restore_nothing_is_posted_twice(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    await world.card()
    copy = str(world.folder / "copy.db")
    made = await world.start_bot("backup", copy, ready=False)
    assert await made.ended() == 0, made.text
    await world.jump(e2e.START - timedelta(hours=24))

    async def reminded() -> Any:
        return await world.reminders()

    await e2e.eventually(reminded, why="the reminder after the backup")
    refused = await world.start_bot("restore", copy, ready=False)
    assert await refused.ended() == 75
    await bot.stop()
    restored = await world.start_bot("restore", copy, ready=False)
    assert await restored.ended() == 0, restored.text

    # In the restored rows the reminder is still to come; the channel's history says otherwise.
    await world.jump(e2e.START - timedelta(hours=23))
    await world.start_bot()
    await world.jump(e2e.START - timedelta(hours=1))

    async def next_one() -> bool:
        return any("Starts in 1 hour" in e2e.text_of(message) for message in await world.reminders())

    await e2e.eventually(next_one, why="the next reminder")
    assert len(await world.reminders()) == 2
    assert len([one for one in await world.messages() if e2e.button_ids(one, "rsvp:")]) == 1
