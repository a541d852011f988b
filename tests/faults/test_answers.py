"""Answers to people: slow, refused, given by a second copy, or asked of an old button (9, 10, 25, 36)."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.app import compose
from bot.clock import Clock
from bot.settings import Settings
from bot.store.database import Database
from tests.e2e.conftest import (
    MEMBER,
    MEMBER_2,
    MEMBER_3,
    MODERATOR,
    OWNER,
    Json,
    Process,
    World,
    button_ids,
    eventually,
    text_of,
)
from tests.faults.acts import (
    CALLBACKS,
    button,
    cards,
    journal,
    posts_with,
    press,
    reminders_due,
    rows,
    times_told,
    told,
)

GONE = ("not here any more", "no session", "no longer in the programme")
OLD_IDS = Path(__file__).with_name("old_ids.txt")


def answers(world: World) -> list[tuple[str]]:
    return rows(world, "SELECT answer FROM rsvp ORDER BY queue")


def hurry(world: World, seconds: float) -> None:
    """Give the bot that long for a first answer, instead of Discord's three seconds."""
    assert world.server is not None
    sandbox = world.server.sandbox
    sandbox.settings = replace(sandbox.settings, answer_seconds=seconds)


async def test_a_slow_way_back_is_still_in_time(world: World) -> None:
    await world.start_bot()
    await world.card()
    await world.remote.fault("delay", **CALLBACKS, times=2, seconds=2.5)
    pressed, asked = await asyncio.gather(press(world), world.command(MEMBER_2, "schedule"))
    assert pressed["state"] == asked["state"] == "answered"
    assert pressed["answered_after_ms"] > 2400
    assert answers(world) == [("online",)]


async def test_an_answer_that_comes_too_late_is_no_failure_of_what_was_pressed(world: World) -> None:
    bot = await world.start_bot()
    await world.card()
    hurry(world, 0.6)
    await world.remote.fault("delay", **CALLBACKS, seconds=0.9)
    late = await press(world)
    assert late["state"] == "failed"

    async def refused() -> bool:
        return any(call["status"] == 404 and call["response"]["code"] == 10062 for call in await journal(world))

    await eventually(refused, why="the late answer is refused")
    assert answers(world) == [("online",)]
    again = await press(world)
    assert "your answer already" in text_of(again["message"]), "the next press shows what stands"
    assert "Online · 1" in text_of(await world.card())
    await world.remote.fault("delay", **CALLBACKS, seconds=0.9)
    assert (await world.command(MEMBER, "schedule"))["state"] == "failed"
    assert (await world.command(MEMBER, "schedule"))["state"] == "answered"
    assert "Traceback" not in bot.text


async def test_somebody_who_answers_in_our_place_is_noticed(world: World) -> None:
    bot = await world.start_bot()
    await world.card()
    taken: Json = {"status": 400, "code": 40060, "message": "Interaction has already been acknowledged."}
    await world.remote.fault("error", **CALLBACKS, times=4, **taken)  # the press on the card tries twice
    await world.remote.press(MEMBER, (await world.card())["id"], button(await world.card(), ":online"), wait=False)
    await world.remote.command(MEMBER_2, "rsvp", guild="900000000000000100", channel="900000000000000111", wait=False)

    async def struck(times: int = 3) -> bool:
        return int((await world.remote.faults())[0]["hits"]) >= times

    await eventually(struck, why="two answers were refused")
    await asyncio.sleep(0.2)
    assert "CRITICAL" not in bot.text, "two may be lost replies of Discord's"
    await world.remote.press(MEMBER_3, (await world.card())["id"], button(await world.card(), ":maybe"), wait=False)
    assert "second copy" in await told(world, "Somebody else keeps answering")
    assert bot.text.count("CRITICAL") == 1
    assert "Traceback" not in bot.text
    await world.remote.end_faults()
    assert (await world.command(MEMBER, "schedule"))["state"] == "answered"
    assert answers(world) == [("online",), ("maybe",)], "what was pressed is saved all the same"


async def a_copy(world: World, folder: Path) -> Process:
    """The same bot on another machine, with a copy of the database."""
    folder.mkdir()
    made = await world.start_bot("backup", str(folder / "community.db"), ready=False)
    assert await made.ended() == 0, made.text
    bot = await world.start_bot(DATABASE_PATH=str(folder / "community.db"))

    async def connected() -> bool:
        return "connected to Gateway" in bot.text

    await eventually(connected, why="the copy is online as well")
    return bot


async def test_two_copies_on_two_machines_post_once_and_notice_each_other(world: World, tmp_path: Path) -> None:
    first = await world.start_bot()
    await world.card()
    second = await a_copy(world, tmp_path / "elsewhere")
    await world.card()
    await reminders_due(world, timedelta(hours=24), 1)
    for user in (MEMBER, MEMBER_2, MEMBER_3, MEMBER, MEMBER_2, MEMBER_3):
        assert (await world.command(user, "rsvp"))["state"] == "answered"
    assert "second copy" in await told(world, "Somebody else keeps answering")
    assert "CRITICAL" in first.text + second.text
    await reminders_due(world, timedelta(hours=1), 2)
    assert len(await cards(world)) == 1

    async def both_tried() -> list[Json] | None:
        found = await posts_with(world, "Starts in")
        return found if len(found) == 4 else None

    posts = await eventually(both_tried, why="each of the copies posts each of the reminders")
    assert len({call["response"]["id"] for call in posts}) == 2
    assert len({call["request"]["nonce"] for call in posts}) == 2, "one for each reminder, and the same for both copies"
    assert len(await world.reminders()) == 2
    assert await times_told(world, "Somebody else keeps answering") <= 2


def old_ids() -> list[str]:
    lines = OLD_IDS.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


async def test_buttons_of_earlier_releases_get_a_polite_answer(world: World) -> None:
    await world.start_bot()
    card = await world.card()
    panel = (await world.command(OWNER, "settings"))["message"]
    for custom_id in old_ids():
        for user in (MEMBER, OWNER):
            message = panel if custom_id.startswith("settings:") and user == OWNER else card
            pressed = await world.remote.press(user, message["id"], custom_id, force=True)
            assert pressed["state"] == "answered", (custom_id, pressed["failure"])
            text = text_of(pressed["message"]) if pressed["message"] else json.dumps(pressed["modal"])
            assert pressed["callback_type"] in (4, 5, 6, 7, 9), custom_id
            assert "reference" not in text, (custom_id, text)
    assert rows(world, "SELECT count(*) FROM rsvp") == [(0,)]


async def test_every_kind_of_button_there_is_stands_in_the_list(tmp_path: Path, db: Database) -> None:
    """So that a later release that drops one still answers those that are out there."""
    settings = Settings(_env_file=None, programme=None, database_path=tmp_path / "test.db")
    app = await compose(settings, db, Clock())
    try:
        missing = set(app.client.router._handlers) - {one.partition(":")[0] for one in old_ids()}
        assert missing == set(), "add a line for each"
    finally:
        await app.finish()


async def test_buttons_of_a_session_that_was_deleted(world: World) -> None:
    await world.start_bot()
    ids = button_ids(await world.card(), "")
    await reminders_due(world, timedelta(hours=24), 1)
    ids += button_ids((await world.reminders())[0], "")
    mine = (await world.command(MEMBER, "schedule"))["message"]
    ids += button_ids(mine, "")
    asked = await world.command(MODERATOR, "session delete", session="decentralized")
    sure = await world.press(MODERATOR, asked["message"], "Delete it")
    await world.press(MODERATOR, sure["message"], "Yes, delete it")
    assert rows(world, "SELECT count(*) FROM session") == [(0,)]
    assert len(set(ids)) > 8
    for custom_id in ids:
        pressed = await world.remote.press(MEMBER, mine["id"], custom_id, force=True)
        assert pressed["state"] == "answered", (custom_id, pressed["failure"])
        words = text_of(pressed["message"])
        assert any(each in words for each in GONE), (custom_id, words)
