"""Who changed what, numbers, privacy and rehearsals, in the sandbox with the real bot."""

import json
from datetime import timedelta
from typing import Any

import aiohttp

MODERATORS_ONLY = "Manage Server"


async def _log_channel(world: Any, e2e: Any) -> str:
    return "\n".join(e2e.text_of(message) for message in await world.messages(e2e.LOG, e2e.MODERATOR))


async def _attached(message: Any) -> bytes:
    (attachment,) = message["attachments"]
    async with aiohttp.ClientSession() as session, session.get(attachment["url"]) as response:
        return await response.read()


async def test_changes_are_on_record_and_the_last_can_be_taken_back(world: Any, e2e: Any) -> None:
    await world.start_bot()
    for user in (e2e.MEMBER, e2e.OUTSIDER):
        channel = e2e.GENERAL if user == e2e.MEMBER else e2e.OTHER_GENERAL
        answer = await world.command(user, "audit", channel=channel)
        words = e2e.text_of(answer["message"])
        assert (MODERATORS_ONLY in words) if user == e2e.MEMBER else ("Nothing was changed" in words)

    await world.command(e2e.MODERATOR, "session stream", url="https://example.org/one")
    await world.command(e2e.MODERATOR, "session stream", url="https://example.org/two")
    page = (await world.command(e2e.MODERATOR, "audit"))["message"]
    text = e2e.text_of(page)
    assert page["flags"] & 64
    assert "#2" in text
    assert "Moderator" in text
    assert "example.org/one → " in text.replace("\\", "")

    async def told() -> bool:
        return "example.org/two" in (await _log_channel(world, e2e)).replace("\\", "")

    await e2e.eventually(told, why="the log channel hears of it")
    card, forged = await world.card(), e2e.button_ids(page, "audit-undo:")[0]
    refused = await world.remote.press(user=e2e.MEMBER, message_id=card["id"], custom_id=forged, force=True)
    assert MODERATORS_ONLY in e2e.text_of(refused["message"])

    done = await world.press(e2e.MODERATOR, page, "Take back #2")
    assert "took back \\#2" in e2e.text_of(done["message"]) or "took back #2" in e2e.text_of(done["message"])
    assert "https://example.org/one" in e2e.text_of((await world.command(e2e.MEMBER, "stream"))["message"])
    again = await world.press(e2e.MODERATOR, page, "Take back #2")
    assert "Only the last change" in e2e.text_of(again["message"])
    outside = await world.command(e2e.OUTSIDER, "audit", channel=e2e.OTHER_GENERAL)
    assert "example.org" not in e2e.text_of(outside["message"])


async def test_a_time_that_was_announced_is_not_taken_back(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    delayed = (await world.command(e2e.MODERATOR, "session delay", by="30m"))["message"]
    assert "undo" not in e2e.text_of(delayed)
    page = (await world.command(e2e.MODERATOR, "audit"))["message"]
    assert not e2e.button_ids(page, "audit-undo:"), "what would be refused is not offered"
    refused = await world.remote.press(user=e2e.MODERATOR, message_id=page["id"], custom_id="audit-undo:1", force=True)
    assert "announced already" in e2e.text_of(refused["message"])


async def test_statistics_in_numbers_and_as_a_picture(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    await world.press(e2e.MEMBER, card, "In person")
    await world.press(e2e.MEMBER_2, card, "Online")
    await world.jump(await world.now() + timedelta(hours=3))
    await world.press(e2e.MEMBER_3, card, "Online")

    refused = await world.command(e2e.MEMBER, "stats")
    assert MODERATORS_ONLY in e2e.text_of(refused["message"])
    answer = (await world.command(e2e.MODERATOR, "stats"))["message"]
    (embed,) = answer["embeds"]
    fields = {field["name"].split(" ", 1)[1]: field["value"] for field in embed["fields"]}
    assert fields["In person"] == "1"
    assert fields["Online"] == "2"
    assert "Nobody yet" in fields["Checked in"]
    assert "+3 coming" in embed["description"]
    assert (await _attached(answer)).startswith(b"\x89PNG")
    assert "Online 2" in answer["attachments"][0]["description"]
    outside = await world.command(e2e.OUTSIDER, "stats", channel=e2e.OTHER_GENERAL)
    assert outside["message"]["flags"] & 64
    assert "Decentralized" not in e2e.text_of(outside["message"])


async def test_data_is_shown_to_its_person_and_erased_from_the_file(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    words = e2e.text_of((await world.command(e2e.MEMBER, "privacy"))["message"])
    assert "</my erase:" in words
    nothing = await world.command(e2e.MEMBER, "my data")
    assert "nothing stored" in e2e.text_of(nothing["message"])

    await world.press(e2e.MEMBER, card, "In person")
    await world.press(e2e.MEMBER_2, card, "Online")
    export = (await world.command(e2e.MEMBER, "my data"))["message"]
    assert export["flags"] & 64
    data = json.loads(await _attached(export))
    assert [row["answer"] for row in data["stored"]["rsvp"]] == ["in_person"]
    assert e2e.MEMBER_2 not in json.dumps(data)
    outside = await world.command(e2e.OUTSIDER, "my data", channel=e2e.OTHER_GENERAL)
    assert "nothing stored" in e2e.text_of(outside["message"])

    question = (await world.command(e2e.MEMBER, "my erase"))["message"]
    sure = (await world.press(e2e.MEMBER, question, "Erase everything"))["message"]
    assert "Really?" in e2e.text_of(sure)
    await world.press(e2e.MEMBER, sure, "erase it all now")

    async def done() -> str | None:
        said = [e2e.text_of(message) for message in await world.messages(e2e.GENERAL, e2e.MEMBER)]
        return next((words for words in said if words.startswith("Done")), None)

    assert "your id is not in it any more" in await e2e.eventually(done, why="all is erased")
    files = [world.folder / name for name in ("community.db", "community.db-wal")]
    stored = b"".join(file.read_bytes() for file in files if file.exists())
    assert b"Member 1" not in stored
    assert int(e2e.MEMBER).to_bytes(8, "big") not in stored
    assert int(e2e.MEMBER_2).to_bytes(8, "big") in stored

    async def gone_from_card() -> bool:
        return "Member 1" not in e2e.text_of(await world.card())

    await e2e.eventually(gone_from_card, why="the card forgets the name")


async def test_a_rehearsal_leaves_no_trace(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    refused = await _rehearse(world, e2e, e2e.GENERAL, "fit-10", user=e2e.MEMBER)
    assert MODERATORS_ONLY in e2e.text_of(refused)
    begun = await _rehearse(world, e2e, e2e.LOG, "fit-10")
    assert "has begun" in e2e.text_of(begun)
    second = await _rehearse(world, e2e, e2e.GENERAL, "fit-10")
    assert "under way" in e2e.text_of(second)

    async def over() -> bool:
        return "rehearsal is over" in await _log_channel(world, e2e)

    await e2e.eventually(over, within=40, why="the rehearsal ends")
    posts = [message for message in await world.messages(e2e.LOG, e2e.MODERATOR) if "🎭" in (message["content"] or "")]
    rehearsed = [message for message in posts if "Rehearsal" in message["content"]]
    assert len(rehearsed) == 5, "the card and four reminders"
    assert "This session ended" in e2e.text_of(rehearsed[0])
    for post in posts:
        assert not any(post["_pinged"].values())
        assert not e2e.button_ids(post, "rm:") + e2e.button_ids(post, "rsvp:")
    assert not [message for message in await world.reminders() if "🎭" in message["content"]]
    past = await world.command(e2e.MODERATOR, "audit")
    assert "Nothing was changed" in e2e.text_of(past["message"])


async def test_a_rehearsal_is_stopped_by_its_button(world: Any, e2e: Any) -> None:
    await world.start_bot()
    begun = await _rehearse(world, e2e, e2e.GENERAL, "x60")
    opening = next(message for message in await world.messages(e2e.GENERAL) if "🎭" in (message["content"] or ""))
    refused = await world.press(e2e.MEMBER, opening, "Stop")
    assert MODERATORS_ONLY in e2e.text_of(refused["message"])
    await world.press(e2e.MODERATOR, begun, "Stop")

    async def stopped() -> bool:
        return any("was stopped" in (message["content"] or "") for message in await world.messages(e2e.GENERAL))

    await e2e.eventually(stopped, why="it stops")
    again = await world.press(e2e.MODERATOR, begun, "Stop")
    assert "over already" in e2e.text_of(again["message"])


async def test_a_rehearsal_needs_the_moderators_own_right_to_write(world: Any, e2e: Any) -> None:
    await world.start_bot()
    refused = await _rehearse(world, e2e, e2e.ANNOUNCEMENTS, "fit-10")
    assert "You may not write" in e2e.text_of(refused)


async def _rehearse(world: Any, e2e: Any, channel: str, speed: str, user: str | None = None) -> Any:
    answer = await world.remote.command(
        user=user or e2e.MODERATOR,
        guild=e2e.GUILD,
        channel=e2e.GENERAL,
        command="rehearse",
        options={"channel": channel, "speed": speed},
    )
    return answer["message"]
