"""Watching live and hearing of the recording, in the sandbox with the real bot."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

LIVE, MOVED, RECORDED = "https://example.org/live", "https://example.org/moved", "https://example.org/recording"


def check_ins(folder: Path) -> list[tuple[int, str]]:
    with sqlite3.connect(folder / "community.db") as conn:
        return conn.execute("SELECT user_id, door FROM check_in ORDER BY user_id").fetchall()


async def told(world: Any, words: str) -> list[str]:
    """To whom direct messages with these words were sent: the ids of their channels."""
    calls = (await world.remote.journal())["entries"]
    posts = [call for call in calls if call["method"] == "POST" and words in str(call["request"])]
    return [call["path"].split("/")[2] for call in posts if call["path"].endswith("/messages")]


async def test_watch_live_shows_the_present_link_and_checks_in(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    await world.jump(e2e.START - timedelta(minutes=10))

    async def post() -> Any:
        return next((one for one in await world.reminders() if e2e.button_ids(one, "watch:")), None)

    reminder = await e2e.eventually(post, why="the last reminder before the start")
    unknown = await world.press(e2e.MEMBER, reminder, "Watch live")
    assert "not known yet" in e2e.text_of(unknown["message"])
    assert check_ins(world.folder) == []
    await world.command(e2e.MODERATOR, "session stream", url=LIVE)
    shown = await world.press(e2e.MEMBER, reminder, "Watch live")
    assert shown["message"]["flags"] & 64
    assert LIVE in e2e.text_of(shown["message"])
    assert "checked in" in e2e.text_of(shown["message"])
    await world.command(e2e.MODERATOR, "session stream", url=MOVED)
    again = e2e.text_of((await world.press(e2e.MEMBER, reminder, "Watch live"))["message"])
    assert MOVED in again
    assert "checked in" not in again, "once is enough"
    await world.jump(e2e.START)

    async def start() -> Any:
        return next((one for one in await world.reminders() if "We are starting" in e2e.text_of(one)), None)

    started = await e2e.eventually(start, why="the start")
    await world.press(e2e.MEMBER_2, started, "Watch live")
    assert check_ins(world.folder) == [(int(e2e.MEMBER), "stream"), (int(e2e.MEMBER_2), "stream")]
    foreign = await world.remote.press(e2e.MEMBER, started["id"], f"watch:{'0' * 32}", force=True)
    assert "not here any more" in e2e.text_of(foreign["message"])


async def test_the_recording_reaches_those_who_asked_and_were_not_there(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    asked = (await world.command(e2e.MEMBER, "stream"))["message"]
    assert "one direct message" in e2e.text_of((await world.press(e2e.MEMBER, asked, "Tell me when"))["message"])
    await world.press(e2e.MEMBER_2, card, "Maybe")
    confirmed = (await world.press(e2e.MEMBER_2, card, "Online"))["message"]
    await world.press(e2e.MEMBER_2, confirmed, "Tell me when")
    mine = (await world.command(e2e.MEMBER_3, "stream"))["message"]
    on = await world.press(e2e.MEMBER_3, mine, "Tell me when")
    await world.press(e2e.MEMBER_3, on["message"], "Don't write to me")
    await world.command(e2e.MODERATOR, "attendee checkin", person=e2e.MEMBER_2)

    await world.command(e2e.MODERATOR, "session recording", url=RECORDED)
    await world.jump(e2e.END - timedelta(minutes=1))
    assert await told(world, "The recording is up") == []
    await world.command(e2e.MODERATOR, "session recording", url="https://example.org/wrong")
    link = await world.command(e2e.MODERATOR, "session recording")
    await world.press(e2e.MODERATOR, link["message"], "Remove")
    await world.jump(e2e.END + timedelta(minutes=5))

    async def over() -> bool:
        return "Tell me when the recording is up" in e2e.text_of(await ended_card())

    async def ended_card() -> Any:
        return next(one for one in await world.messages() if one["id"] == card["id"])

    await e2e.eventually(over, why="the card offers to tell")
    assert await told(world, "The recording is up") == [], "it was taken away before"
    await world.command(e2e.MODERATOR, "session recording", url=RECORDED)

    async def arrived() -> Any:
        return await told(world, "The recording is up") or None

    await e2e.eventually(arrived, why="the message about the recording")

    async def turned() -> bool:
        return RECORDED in [button.get("url") for button in e2e.buttons(await ended_card())]

    await e2e.eventually(turned, why="the card turns into the recording")
    await world.command(e2e.MODERATOR, "session recording", url="https://example.org/better")
    await world.jump(e2e.END + timedelta(hours=1))
    assert len(await told(world, "The recording is up")) == 1, "one person, once"
