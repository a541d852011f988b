"""What is written to is gone, closed or forbidden, changes meanwhile, or is pressed by everybody (28, 29, 34, 35)."""

import asyncio
from datetime import timedelta

import pytest

from tests.e2e.conftest import (
    ANNOUNCEMENTS,
    BOT_ROLE,
    GENERAL,
    GUILD,
    LOG,
    MEMBER,
    MODERATOR,
    OTHER_ANNOUNCEMENTS,
    OTHER_GUILD,
    OWNER,
    PINGS,
    START,
    Json,
    World,
    button_ids,
    eventually,
    text_of,
)
from tests.faults.acts import (
    CALLBACKS,
    POSTS,
    announce_in,
    button,
    callers,
    cards,
    journal,
    press,
    reminders_are,
    reminders_due,
    rows,
    times_told,
    told,
)

VIEW, SEND = 1 << 10, 1 << 11
DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
PATCHES: Json = {"method": "PATCH", "route": "/channels/{channel_id}/messages/{message_id}"}


async def choose_channel(world: World, channel: str) -> None:
    panel = (await world.command(OWNER, "settings"))["message"]
    await world.remote.press(OWNER, panel["id"], "settings:announce", values=[channel])


async def test_the_channel_is_deleted(world: World) -> None:
    await announce_in(world, OTHER_GUILD, OTHER_ANNOUNCEMENTS)
    bot = await world.start_bot()
    await world.card()
    await callers(world, OTHER_ANNOUNCEMENTS, 1)
    await world.remote.world("delete_channel", channel=ANNOUNCEMENTS)
    await world.jump(START - DAY)
    assert "24-hour reminder" in await told(world, "could not be posted")
    assert "no longer exists" in await told(world, "could not be posted")
    await callers(world, OTHER_ANNOUNCEMENTS, 2)
    await choose_channel(world, GENERAL)

    async def posted() -> bool:
        return any(button_ids(message, "rm:") for message in await world.messages(GENERAL))

    await eventually(posted, why="the reminder goes to the channel that was chosen")
    assert "Traceback" not in bot.text


async def test_the_card_is_deleted(world: World) -> None:
    await world.start_bot()
    card = await world.card()
    await world.remote.world("delete_message", message_id=card["id"])
    mine = (await world.command(MEMBER, "rsvp"))["message"]
    await world.press(MEMBER, mine, "Online")
    await told(world, "deleted")
    assert await cards(world) == []
    await world.command(MODERATOR, "session announce", channel=GENERAL, session="decentralized")

    async def again() -> Json | None:
        found = await world.messages(ANNOUNCEMENTS) + await world.messages(GENERAL)
        return next((one for one in found if button_ids(one, "rsvp:") and not one["flags"] & 64), None)

    assert "Online · 1" in text_of(await eventually(again, why="the card is posted anew on request"))
    await reminders_due(world, DAY, 1)


async def test_the_role_to_ping_is_deleted(world: World) -> None:
    await world.start_bot()
    await world.card()
    await world.remote.world("delete_role", guild=GUILD, role=PINGS)
    await reminders_due(world, DAY, 1)
    assert (await world.reminders())[0]["_pinged"] == {"users": [], "roles": [], "everyone": False}
    assert "role to ping was deleted" in text_of((await world.command(MODERATOR, "doctor"))["message"])


@pytest.mark.parametrize("code", [50083, 160005])
async def test_the_thread_is_archived_or_locked(world: World, code: int) -> None:
    await announce_in(world, OTHER_GUILD, OTHER_ANNOUNCEMENTS)
    await world.start_bot()
    await world.card()
    await world.remote.fault(
        "error", **POSTS, channel=ANNOUNCEMENTS, times=None, status=400, code=code, message="Thread"
    )
    await world.jump(START - DAY)
    await told(world, "could not be posted")
    await callers(world, OTHER_ANNOUNCEMENTS, 2)
    await world.remote.end_faults()
    await world.jump(START - DAY + timedelta(minutes=10, seconds=5))  # it was put aside for ten minutes
    await reminders_are(world, 1)
    assert await times_told(world, "could not be posted") == 1


async def test_without_permission_it_is_tried_at_growing_distances_and_told_once(world: World) -> None:
    await world.remote.world("set_overwrite", channel=ANNOUNCEMENTS, target=BOT_ROLE, deny=SEND)
    await world.start_bot()

    async def tries() -> int:
        calls = [call for call in await journal(world) if call["method"] == "POST"]
        return sum(call["status"] == 403 and ANNOUNCEMENTS in call["path"] for call in calls)

    count = 2
    await told(world, "could not be posted")
    for pause in (timedelta(minutes=10), HOUR, timedelta(hours=6), timedelta(hours=6)):
        now = await world.now()
        await world.jump(now + pause - timedelta(seconds=60))
        await asyncio.sleep(0.15)
        assert await tries() == count, f"put aside for {pause}"
        await world.jump(now + pause + timedelta(seconds=5))
        count += 1

        async def tried(wanted: int = count) -> bool:
            return await tries() == wanted

        await eventually(tried, why=f"another try after {pause}")
    assert await times_told(world, "could not be posted") == 1
    await world.remote.world("set_overwrite", channel=ANNOUNCEMENTS, target=BOT_ROLE, allow=VIEW | SEND)
    assert await world.card(), "tried at once when the rights come"
    assert len(await cards(world)) == 1


async def test_without_permission_to_tell_the_moderators_either(world: World) -> None:
    for channel in (ANNOUNCEMENTS, LOG):
        await world.remote.world("set_overwrite", channel=channel, target=BOT_ROLE, deny=SEND)
    bot = await world.start_bot()

    async def in_the_log() -> bool:
        return "could not be posted" in bot.text

    await eventually(in_the_log, why="what the moderators cannot be told stands in the log")
    assert "Traceback" not in bot.text
    found = text_of((await world.command(MODERATOR, "doctor"))["message"])
    assert found.count("Send Messages") >= 2, "and /doctor names both"
    await world.remote.world("set_overwrite", channel=ANNOUNCEMENTS, target=BOT_ROLE, allow=VIEW | SEND)
    assert await world.card()


async def test_a_card_that_may_not_be_edited_any_more(world: World) -> None:
    await world.start_bot()
    await world.card()
    await world.remote.world("set_overwrite", channel=ANNOUNCEMENTS, target=BOT_ROLE, deny=VIEW | SEND)
    mine = (await world.command(MEMBER, "rsvp"))["message"]
    assert (await world.press(MEMBER, mine, "Online"))["state"] == "answered"
    await told(world, "may not")
    assert rows(world, "SELECT answer FROM rsvp") == [("online",)]
    assert "❌" in text_of((await world.command(MODERATOR, "doctor"))["message"])
    assert len(await world.messages(LOG, MODERATOR)) == 1


async def test_everybody_presses_while_discord_limits_edits_of_old_messages(world: World) -> None:
    members = await world.remote.add_members(GUILD, 500)
    await world.start_bot()
    card = await world.card()
    ids = [button(card, ending) for ending in (":online", ":maybe", ":declined")]
    limited: Json = {"status": 429, "code": 30046, "message": "Maximum number of edits to messages older than 1 hour"}
    await world.remote.fault("error", **CALLBACKS, body='"type":7', probability=0.5, seed=3, times=5, **limited)
    await world.remote.fault("error", **PATCHES, times=1, **limited)
    since = (await world.remote.journal())["next"]
    started = asyncio.get_running_loop().time()
    outcomes: list[Json] = []
    for first in range(0, len(members), 50):
        wave = [world.remote.press(one, card["id"], ids[number % 3]) for number, one in enumerate(members[first:][:50])]
        outcomes += await asyncio.gather(*wave)
    took = asyncio.get_running_loop().time() - started
    assert {each["state"] for each in outcomes} == {"answered"}
    assert max(each["answered_after_ms"] for each in outcomes) < 3000
    counts = {answer: sum((number % 50) % 3 == place for number in range(500)) for place, answer in enumerate(ids)}
    found = dict(rows(world, "SELECT answer, count(*) FROM rsvp GROUP BY answer"))
    assert found == {each.rpartition(":")[2]: count for each, count in counts.items()}

    async def shown() -> bool:
        text = text_of(await world.card())
        return f"Online · {found['online']}" in text and f"Maybe · {found['maybe']}" in text

    await eventually(shown, why="the card shows the last count")
    edits = [call for call in await journal(world, since) if call["method"] == "PATCH" and card["id"] in call["path"]]
    assert len(edits) <= (asyncio.get_running_loop().time() - started) + 2, f"one a second, in {took:.1f} s"


async def hold_reminder(world: World) -> int:
    """The reminder of the day before is on its way, and stays there."""
    number = await world.remote.fault("hold", **POSTS, channel=ANNOUNCEMENTS)
    await world.jump(START - DAY)

    async def under_way() -> bool:
        return any(fault["id"] == number and fault["hits"] for fault in await world.remote.faults())

    await eventually(under_way, why="the reminder is on its way")
    return number


@pytest.mark.parametrize("what", ["move", "cancel"])
async def test_a_session_changes_while_its_reminder_is_held_up(world: World, what: str) -> None:
    await world.start_bot()
    await press(world)
    number = await hold_reminder(world)
    if what == "move":
        shown = await world.command(MODERATOR, "session move", start="24 May 2022 15:00")
        await world.press(MODERATOR, shown["message"], "Move it")
    else:
        shown = await world.command(MODERATOR, "session cancel")
        await world.press(MODERATOR, shown["message"], "Cancel the session")
    await world.remote.end_faults(number)

    async def put_right() -> bool:
        skipped = rows(world, "SELECT state FROM reminder WHERE kind = 'before-1440' AND generation = 1")
        return not await world.reminders() and skipped == [("skipped",)]

    await eventually(put_right, why="what says the old time is taken back, and stays so")
    old = f"<t:{int(START.timestamp())}:R>"
    await world.jump(START - DAY + timedelta(hours=5))
    await asyncio.sleep(0.2)
    assert not [text for text in map(text_of, await world.reminders()) if old in text], "never both"


async def announced_in(world: World, channel: str) -> None:
    said = await world.remote.command(
        user=MODERATOR, guild=GUILD, channel=GENERAL, command="session announce", options={"channel": channel}
    )
    assert f"comes in <#{channel}>" in text_of(said["message"])


async def test_a_card_is_asked_for_elsewhere_while_it_is_on_its_way(world: World) -> None:
    await world.start_bot()
    await world.card()
    number = await world.remote.fault("hold", **POSTS, channel=GENERAL)
    await announced_in(world, GENERAL)

    async def under_way() -> bool:
        return any(fault["id"] == number and fault["hits"] for fault in await world.remote.faults())

    await eventually(under_way, why="the card is on its way to #general")
    await announced_in(world, ANNOUNCEMENTS)
    await world.remote.end_faults(number)

    async def standing(channel: str) -> int:
        return len([one for one in await world.messages(channel) if button_ids(one, "rsvp:")])

    async def put_right() -> bool:
        return (await standing(ANNOUNCEMENTS), await standing(GENERAL)) == (1, 0)

    await eventually(put_right, why="it stands where it was asked for last, and nowhere else")
