"""Stars, agendas and messages before talks, in the sandbox with the real bot."""

from datetime import timedelta
from typing import Any


async def talk(world: Any, e2e: Any, title: str, user: str) -> dict[str, Any]:
    found: dict[str, Any] = (await world.command(user, "talk", title=title))["message"]
    return found


async def test_a_star_is_set_shown_and_taken(world: Any, e2e: Any) -> None:
    await world.start_bot()
    page = await talk(world, e2e, "compute over data", e2e.MEMBER)
    shown = (await world.press(e2e.MEMBER, page, "Put it on my agenda"))["message"]
    text = e2e.text_of(shown)
    assert "is on your agenda" in text
    assert "Shall I send you a direct message" in text
    assert "David Aronchik" in text, "the page itself stays"

    agenda = await world.command(e2e.MEMBER, "my agenda")
    assert "Compute over Data" in e2e.text_of(agenda["message"])
    assert "start not fixed yet" in e2e.text_of(agenda["message"])
    assert agenda["message"]["flags"] & 64
    assert "Compute over Data" not in e2e.text_of((await world.command(e2e.MEMBER_2, "my agenda"))["message"])

    again = await world.remote.press(e2e.MEMBER, page["id"], e2e.button_ids(page, "star:")[0], force=True)
    assert "on your agenda already" in e2e.text_of(again["message"])
    talk_id = e2e.button_ids(page, "star:")[0].split(":")[1]
    emptied = await world.remote.press(e2e.MEMBER, agenda["message"]["id"], "unstar-pick", values=[talk_id])
    assert "Nothing is on your agenda" in e2e.text_of(emptied["message"])


async def direct_messages(world: Any, user: str) -> list[dict[str, Any]]:
    people = (await world.remote.state())["users"]
    channel = next(person["dm_channel"] for person in people if person["id"] == user)
    found = await world.messages(channel, user) if channel else []
    return [message for message in found if not message["flags"] & 64]


async def told(world: Any, e2e: Any, user: str, count: int) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]] | None:
        found = await direct_messages(world, user)
        return found if len(found) >= count else None

    found: list[dict[str, Any]] = await e2e.eventually(enough, why=f"{count} direct messages")
    assert len(found) == count
    return found


async def star(world: Any, e2e: Any, user: str, title: str) -> dict[str, Any]:
    page = await talk(world, e2e, title, user)
    pressed: dict[str, Any] = (await world.press(user, page, "Put it on my agenda"))["message"]
    return pressed


async def begin_at(world: Any, e2e: Any, title: str, at: str) -> None:
    asked = await world.command(e2e.MODERATOR, "programme talk time", talk=title, at=at)
    await world.press(e2e.MODERATOR, asked["message"], "Save")


async def test_a_message_before_a_talk_for_who_asked_and_for_nobody_else(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await begin_at(world, e2e, "compute over data", "10:30")
    starred = await star(world, e2e, e2e.MEMBER, "compute over data")
    agreed = await world.press(e2e.MEMBER, starred, "Remind me by direct message")
    assert "10 minutes before each talk" in e2e.text_of(agreed["message"])
    await star(world, e2e, e2e.MEMBER_2, "compute over data")  # was asked, and did not agree

    # Moved twice, and another star whose talk gets its start only now: each is told once, of what holds.
    await begin_at(world, e2e, "compute over data", "10:40")
    await begin_at(world, e2e, "compute over data", "10:35")
    later = await star(world, e2e, e2e.MEMBER, "the decentralized ai stack")
    assert "Its start is not fixed yet" in e2e.text_of(later)
    assert "Shall I" not in e2e.text_of(later)
    await begin_at(world, e2e, "the decentralized ai stack", "11:00")

    await world.jump(e2e.START + timedelta(minutes=25))
    (message,) = await told(world, e2e, e2e.MEMBER, 1)
    assert "Starts in 10 minutes: Compute over Data" in e2e.text_of(message)
    assert "<t:1653381300:R>" in message["content"]
    assert message["_pinged"] == {"users": [], "roles": [], "everyone": False}

    # Told already, then put off: told again, of the new start.
    await begin_at(world, e2e, "compute over data", "10:50")
    await world.jump(e2e.START + timedelta(minutes=40))
    assert "<t:1653382200:R>" in (await told(world, e2e, e2e.MEMBER, 2))[-1]["content"]

    off = await world.press(e2e.MEMBER, message, "No more messages")
    assert "no messages before talks any more" in e2e.text_of(off["message"])
    await world.jump(e2e.START + timedelta(minutes=55))
    assert "Remind me" in e2e.text_of((await world.command(e2e.MEMBER, "my agenda"))["message"])
    assert len(await direct_messages(world, e2e.MEMBER)) == 2
    assert await direct_messages(world, e2e.MEMBER_2) == []


async def test_closed_direct_messages_turn_it_off_and_it_says_so(world: Any, e2e: Any) -> None:
    await world.start_bot()
    titles = ("composable", "compute over data", "decentralized infrastructure", "the decentralized ai stack")
    for number, title in enumerate(titles):
        await begin_at(world, e2e, title, f"10:{10 + number * 10}")
        starred = await star(world, e2e, e2e.MEMBER, title)
        if number == 0:
            await world.press(e2e.MEMBER, starred, "Remind me by direct message")
    await world.remote.world("close_dms", user=e2e.MEMBER)
    for number in range(3):
        await world.jump(e2e.START + timedelta(minutes=number * 10))

        async def failed(wanted: int = number + 1) -> bool:
            calls = (await world.remote.journal())["entries"]
            return len([call for call in calls if call["status"] == 403]) >= wanted

        await e2e.eventually(failed, why="the message was not taken")

    async def said() -> bool:
        answer = await world.command(e2e.MEMBER, "my agenda")
        return "turned your messages before talks off" in str(e2e.text_of(answer["message"]))

    await e2e.eventually(said, why="the agenda says that they are off")
    await world.remote.world("close_dms", user=e2e.MEMBER, closed=False)
    await world.jump(e2e.START + timedelta(minutes=31))
    agenda = (await world.command(e2e.MEMBER, "my agenda"))["message"]
    assert await direct_messages(world, e2e.MEMBER) == []
    log = "".join(e2e.text_of(message) for message in await world.messages(e2e.LOG, e2e.MODERATOR))
    assert e2e.MEMBER not in log, "nobody else learns who has starred what"
    again = await world.press(e2e.MEMBER, agenda, "Remind me by direct message")
    assert "No more messages before talks" in e2e.text_of(again["message"])


async def test_stars_survive_edits_and_a_restart(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    await star(world, e2e, e2e.MEMBER, "compute over data")
    opened = await world.command(e2e.MODERATOR, "programme talk edit", talk="compute over data")
    await world.remote.submit(e2e.MODERATOR, opened["id"], {"title": "Another title", "abstract": ""})
    await world.command(e2e.MODERATOR, "programme talk move", talk="another title", position=5)
    assert "Another title" in e2e.text_of((await world.command(e2e.MEMBER, "my agenda"))["message"])
    await bot.stop()
    await world.start_bot()
    assert "Another title" in e2e.text_of((await world.command(e2e.MEMBER, "my agenda"))["message"])


async def test_a_list_of_talks_and_the_answers_of_an_agenda(world: Any, e2e: Any) -> None:
    await world.start_bot()
    page = (await world.command(e2e.MEMBER, "schedule"))["message"]
    listed = (await world.press(e2e.MEMBER, page, "Talks"))["message"]
    (menu,) = [one for one in e2e.components(listed) if one.get("custom_id") == "star-pick"]
    values = [option["value"] for option in menu["options"]]
    assert len(values) == 5
    for value in (values[1], values[0]):
        shown = (await world.remote.press(e2e.MEMBER, listed["id"], "star-pick", values=[value]))["message"]
    (menu,) = [one for one in e2e.components(shown) if one.get("custom_id") == "star-pick"]
    assert [option["value"].rpartition(":")[2] for option in menu["options"]] == ["off", "off", "on", "on", "on"]

    await world.press(e2e.MEMBER, await world.card(), "Maybe")
    agenda = (await world.command(e2e.MEMBER, "my agenda"))["message"]
    assert "🤔 Maybe" in e2e.text_of(agenda)
    session_id = e2e.button_ids(await world.card(), "rsvp:")[0].split(":")[1]
    answer = await world.remote.press(e2e.MEMBER, agenda["id"], "my-answer", values=[session_id])
    assert "Withdraw" in e2e.text_of(answer["message"])
    there = (await world.command(e2e.OUTSIDER, "my agenda", channel=e2e.OTHER_GENERAL))["message"]
    foreign = await world.remote.press(e2e.OUTSIDER, there["id"], f"star:{values[0]}", force=True)
    assert "no longer in the programme" in e2e.text_of(foreign["message"])
    for forged in ("star:x:on", f"star:{'0' * 32}:on", f"star:{values[0]}", "remind:perhaps", "talk-rm:x:off"):
        refused = await world.remote.press(e2e.MEMBER, agenda["id"], forged, force=True)
        assert refused["state"] == "answered"
        assert "reference" not in e2e.text_of(refused["message"])
