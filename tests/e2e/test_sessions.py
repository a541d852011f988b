"""Moderators make and run sessions from inside Discord, and members see it."""

import asyncio
from datetime import timedelta
from typing import Any

BERLIN = "Europe/Berlin"


def fields(answer: dict[str, Any], e2e: Any) -> dict[str, Any]:
    """What stands in the fields of an open form, by custom id."""
    found = {}
    for part in answer["modal"]["components"]:
        field = part["component"]
        found[field["custom_id"]] = field.get("value", "")
    return found


async def fill(world: Any, e2e: Any, answer: dict[str, Any], user: str | None = None, **values: str) -> dict[str, Any]:
    submitted: dict[str, Any] = await world.remote.submit(user or e2e.MODERATOR, answer["id"], values)
    assert submitted["state"] == "answered", submitted
    return submitted


async def plan(world: Any, e2e: Any, **values: str) -> dict[str, Any]:
    form = await world.command(e2e.MODERATOR, "session create", zone=BERLIN)
    typed = {"title": "Open science evening", "start": "25 May 2022 18:00", "end": "90m", "place": "Library, Berlin"}
    return await fill(world, e2e, form, **(typed | values))


async def with_channel(world: Any, e2e: Any, command: str, channel: str) -> dict[str, Any]:
    """A subcommand of /session with the option `channel`."""
    here = {"guild": e2e.GUILD, "channel": e2e.GENERAL, "options": {"channel": channel}}
    answer: dict[str, Any] = await world.remote.command(e2e.MODERATOR, f"session {command}", **here)
    return answer


async def card_of(world: Any, e2e: Any, title: str, channel: str | None = None) -> dict[str, Any]:
    async def find() -> Any:
        found = await world.messages(channel or e2e.ANNOUNCEMENTS)
        return next((one for one in found if title in e2e.text_of(one) and e2e.button_ids(one, "rsvp:")), None)

    card: dict[str, Any] = await e2e.eventually(find, why=f"the card of {title}")
    return card


async def direct_messages(world: Any) -> list[str]:
    """What the bot wrote to people alone."""
    calls = (await world.remote.journal())["entries"]
    posts = [
        call for call in calls if call["method"] == "POST" and "/messages" in call["path"] and call["status"] == 200
    ]
    return [str(call["request"]) for call in posts]


async def test_a_session_is_made_in_a_form_and_only_when_confirmed(world: Any, e2e: Any) -> None:
    await world.start_bot(PROGRAMME="none")
    shown = await plan(world, e2e)
    text = e2e.text_of(shown["message"])
    assert shown["message"]["flags"] & 64
    assert "<t:1653494400:F>" in text, "18:00 in Berlin, as a Discord timestamp"
    assert "<t:1653499800" in text
    assert "Library, Berlin" in text
    assert BERLIN in text
    assert "no session" in e2e.text_of((await world.command(e2e.MEMBER, "schedule"))["message"])

    done = await world.press(e2e.MODERATOR, shown["message"], "Create")
    assert "is made" in e2e.text_of(done["message"])
    card = await card_of(world, e2e, "Open science evening")
    assert "Open science evening" in e2e.text_of((await world.command(e2e.MEMBER, "schedule"))["message"])
    await world.press(e2e.MEMBER, card, "In person")
    again = await world.remote.press(
        e2e.MODERATOR, shown["message"]["id"], e2e.button_ids(shown["message"], "plan-create")[0], force=True
    )
    assert again["state"] == "answered"
    listed = await world.command(e2e.MODERATOR, "session list")
    assert e2e.text_of(listed["message"]).count("Open science evening") == 1
    assert "1 coming" in e2e.text_of(listed["message"])


async def test_what_cannot_be_taken_is_said_and_handed_back(world: Any, e2e: Any) -> None:
    await world.start_bot(PROGRAMME="none")
    refused = await plan(world, e2e, start="yesterday 8pm", end="300 days", title="A\u202etitle", zone="Europe/Berln")
    text = e2e.text_of(refused["message"])
    for words in ("Title", "U+202E", "Time zone", "Europe/Berlin", "Start", "Nothing was saved"):
        assert words in text
    form = await world.press(e2e.MODERATOR, refused["message"], "Edit again")
    assert fields(form, e2e)["start"] == "yesterday 8pm"
    assert fields(form, e2e)["end"] == "300 days"

    # In 2022 Berlin's clocks are put back on 30 October: 02:30 comes twice.
    twice = await fill(world, e2e, form, title="At night", start="30 Oct 2022 02:30", end="1h", zone=BERLIN)
    menu = e2e.button_ids(twice["message"], "plan-pick:")
    assert "comes twice" in e2e.text_of(twice["message"])
    picked = await world.remote.press(
        e2e.MODERATOR, twice["message"]["id"], menu[0], values=["start 2022-10-30 02:30 CET"]
    )
    assert "<t:1667093400:F>" in e2e.text_of(picked["message"])
    assert e2e.button_ids(picked["message"], "plan-create:")
    assert await world.remote.messages(channel=e2e.ANNOUNCEMENTS, user=e2e.MEMBER) == []


async def test_mode_seats_and_channel_are_chosen_before_it_is_made(world: Any, e2e: Any) -> None:
    await world.start_bot(PROGRAMME="none")
    shown = (await plan(world, e2e))["message"]

    async def choose(prefix: str, value: str) -> dict[str, Any]:
        answer = await world.remote.press(
            e2e.MODERATOR, shown["id"], e2e.button_ids(shown, prefix)[0], values=[value] if value else []
        )
        message: dict[str, Any] = answer["message"]
        return message

    assert "only" not in e2e.text_of(shown).split("Create")[0]
    assert "In person" in e2e.text_of(await choose("plan-mode:", "in_person"))
    form = await world.press(e2e.MODERATOR, shown, "Seats")
    wrong = await fill(world, e2e, form, capacity="many")
    assert "1 to 25,000,000" in e2e.text_of(wrong["message"])
    form = await world.press(e2e.MODERATOR, shown, "Seats")
    assert "12 seats" in e2e.text_of((await fill(world, e2e, form, capacity="12"))["message"])
    # The moderator may not write in #announcements; it is the usual channel all the same. In #general everybody may.
    assert f"<#{e2e.ANNOUNCEMENTS}>" in e2e.text_of(await choose("plan-channel:", e2e.ANNOUNCEMENTS))
    await choose("plan-channel:", e2e.GENERAL)
    await world.press(e2e.MODERATOR, shown, "Create")
    card = await card_of(world, e2e, "Open science evening", e2e.GENERAL)
    assert "0 of 12 seats" in e2e.text_of(card)
    assert card["_pinged"]["roles"] == [e2e.PINGS]
    assert not await world.messages(e2e.ANNOUNCEMENTS)


async def test_editing_changes_only_what_was_changed(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    form = await world.command(e2e.MODERATOR, "session edit")
    before = fields(form, e2e)
    assert before["theme"]
    too_long = await fill(world, e2e, form, capacity="many", venue="x" * 100, city="y" * 100)
    assert "Seats in person" in e2e.text_of(too_long["message"])
    assert "203" not in before["venue"]
    assert "100 fit" in e2e.text_of(too_long["message"])
    form = await world.press(e2e.MODERATOR, too_long["message"], "Edit again")
    assert fields(form, e2e)["venue"] == "x" * 100, "handed back as it was typed"
    # Somebody else changes the seats while the form is open: what the form left alone stays theirs.
    await world.command(e2e.OWNER, "session edit", capacity="7")
    done = await fill(
        world, e2e, form, title="**Renamed** @everyone", venue=before["venue"], city=before["city"], capacity=""
    )
    assert "is changed" in e2e.text_of(done["message"])

    async def renamed() -> Any:
        card = await world.card()
        return card if "Renamed" in e2e.text_of(card) else None

    card = await e2e.eventually(renamed, why="the card follows")
    assert "0 of 7 seats" in e2e.text_of(card)
    assert "Online · 1" in e2e.text_of(card)
    assert card["_pinged"]["everyone"] is False
    assert "Trent McConaghy" in e2e.text_of(card), "the talks stay"


async def test_a_move_is_confirmed_and_told_once(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "In person")
    await world.press(e2e.MEMBER_2, await world.card(), "Maybe")
    await world.jump(e2e.START - timedelta(hours=24))
    await e2e.eventually(world.reminders, why="the day's reminder")

    later = e2e.START + timedelta(days=2)
    shown = await world.command(e2e.MODERATOR, "session move", start="26 May 2022 10:00")
    text = e2e.text_of(shown["message"])
    assert f"<t:{int(e2e.START.timestamp())}:F>" in text
    assert f"<t:{int(later.timestamp())}:F>" in text
    assert "1 person who comes or waits for a seat would be told" in text
    assert f"<t:{int(e2e.START.timestamp())}:F>" in e2e.text_of(await world.card()), "nothing is saved yet"
    await world.press(e2e.MODERATOR, shown["message"], "Move it")

    async def moved() -> bool:
        return f"<t:{int(later.timestamp())}:F>" in e2e.text_of(await world.card())

    await e2e.eventually(moved, why="the card follows")

    async def taken_back() -> bool:
        return not await world.reminders()

    await e2e.eventually(taken_back, why="the reminder with the old time goes")
    # A second edit within the minute belongs to the same message.
    shown = await world.command(e2e.MODERATOR, "session move", end="3h")
    await world.press(e2e.MODERATOR, shown["message"], "Move it")
    assert not [one for one in await direct_messages(world) if "New time" in one]
    await world.jump(await world.now() + timedelta(seconds=61))

    async def told() -> list[str]:
        return [one for one in await direct_messages(world) if "New time" in one]

    (message,) = await e2e.eventually(told, why="who comes is told")
    assert f"<t:{int(e2e.START.timestamp())}:F>" in message
    assert f"<t:{int(later.timestamp())}:F>" in message
    assert f"<t:{int(later.timestamp()) + 3 * 3600}:t>" in message
    await world.jump(later - timedelta(hours=24))
    await e2e.eventually(world.reminders, why="the reminder is due again")
    assert len(await told()) == 1


async def test_a_change_that_was_undone_is_no_news(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    asked = await world.command(e2e.MODERATOR, "session cancel", reason="The venue is closed")
    assert "The venue is closed" in e2e.text_of(asked["message"])
    await world.press(e2e.MODERATOR, asked["message"], "Cancel the session")

    async def cancelled() -> bool:
        return "The venue is closed" in e2e.text_of(await e2e_card())

    async def e2e_card() -> Any:
        return next(one for one in await world.messages() if "cancelled" in e2e.text_of(one) or e2e.buttons(one))

    await e2e.eventually(cancelled, why="the card says why")
    listed = await world.command(e2e.MODERATOR, "session list")
    assert "cancelled" in e2e.text_of(listed["message"])
    back = await world.command(e2e.MODERATOR, "session reopen", session="decentralized")
    assert "takes place after all" in e2e.text_of(back["message"])
    await world.jump(await world.now() + timedelta(seconds=70))
    await world.jump(e2e.START - timedelta(hours=1))
    await e2e.eventually(world.reminders, why="its reminders are on again")
    assert not [one for one in await direct_messages(world) if "Cancelled" in one or "after all" in one]


async def test_a_cancelled_session_is_told_to_those_who_come(world: Any, e2e: Any) -> None:
    await world.start_bot()
    for user, answer in ((e2e.MEMBER, "Online"), (e2e.MEMBER_2, "In person"), (e2e.MEMBER_3, "Can't go")):
        await world.press(user, await world.card(), answer)
    asked = await world.command(e2e.MODERATOR, "session cancel")
    await world.press(e2e.MODERATOR, asked["message"], "Cancel the session")
    # One of them changes her mind before she is told.
    await world.jump(await world.now() + timedelta(seconds=61))

    async def told() -> list[str] | None:
        found = [one for one in await direct_messages(world) if "Cancelled" in one]
        return found if len(found) == 2 else None

    await e2e.eventually(told, why="both who come are told")
    await world.jump(e2e.START)
    await asyncio.sleep(0.3)
    assert await world.reminders() == []
    await asyncio.sleep(1.5)  # the moderators are told a second after something went wrong
    log = [e2e.text_of(one) for one in await world.messages(e2e.LOG, e2e.MODERATOR)]
    assert not [one for one in log if "⚠️" in one], "what was told is no trouble of the moderators"


async def test_a_delay_shifts_what_is_to_come(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    await world.jump(e2e.START - timedelta(minutes=3))

    async def several() -> bool:
        return len(await world.reminders()) >= 1

    await e2e.eventually(several)
    late = await world.command(e2e.MODERATOR, "session delay", by="10m")
    assert "10 minutes late" in e2e.text_of(late["message"])
    await world.jump(e2e.START)
    await asyncio.sleep(0.3)
    assert not any("We are starting" in e2e.text_of(one) for one in await world.reminders())
    await world.jump(e2e.START + timedelta(minutes=10))

    async def started() -> bool:
        return any("We are starting" in e2e.text_of(one) for one in await world.reminders())

    await e2e.eventually(started, why="the start is posted at the new time")
    await world.command(e2e.MODERATOR, "session delay", by="15m")  # now it runs: only the end moves
    end = int(e2e.END.timestamp()) + 25 * 60

    async def later() -> bool:
        return f"<t:{end}:t>" in e2e.text_of(await world.card())

    await e2e.eventually(later, why="the card shows the new end")
    refused = await world.command(e2e.MODERATOR, "session delay", by="soon")
    assert "90m" in e2e.text_of(refused["message"])


async def test_announce_posts_one_card_where_the_moderator_may_write(world: Any, e2e: Any) -> None:
    await world.start_bot()
    first = await world.card()
    await world.press(e2e.MEMBER, first, "Online")

    async def announce(channel: str) -> dict[str, Any]:
        return await with_channel(world, e2e, "announce", channel)

    done = await announce(e2e.GENERAL)
    assert f"<#{e2e.GENERAL}>" in e2e.text_of(done["message"])
    card = await card_of(world, e2e, "Decentralized AI", e2e.GENERAL)
    assert "Online · 1" in e2e.text_of(card)

    async def gone() -> bool:
        return not await world.messages(e2e.ANNOUNCEMENTS)

    await e2e.eventually(gone, why="the former card goes")
    await world.jump(e2e.START - timedelta(hours=24))

    async def reminder() -> bool:
        found = await world.messages(e2e.GENERAL)
        return any(e2e.button_ids(one, "rm:") for one in found)

    await e2e.eventually(reminder, why="reminders follow the card")

    # The moderator may not write in #announcements, but it is the usual channel: the way back is open.
    edited = await with_channel(world, e2e, "edit", e2e.ANNOUNCEMENTS)
    assert "the usual one" in e2e.text_of(edited["message"])
    back = await announce(e2e.ANNOUNCEMENTS)
    assert f"<#{e2e.ANNOUNCEMENTS}>" in e2e.text_of(back["message"])
    await card_of(world, e2e, "Decentralized AI")


async def test_a_channel_where_the_moderator_may_not_write_is_refused(world: Any, e2e: Any) -> None:
    await world.start_bot(ANNOUNCE_CHANNEL_ID=e2e.GENERAL)
    await card_of(world, e2e, "Decentralized AI", e2e.GENERAL)
    for command in ("announce", "edit", "create"):
        refused = await with_channel(world, e2e, command, e2e.ANNOUNCEMENTS)
        assert "You may not write" in e2e.text_of(refused["message"]), command


async def test_who_may_not_ping_lets_nobody_be_pinged(world: Any, e2e: Any) -> None:
    # The bot may ping any role, and the announcements ping one that the moderator may not ping.
    everything = 17901423807488 | 1 << 17
    await world.remote.world(
        "set_role_permissions", guild=e2e.GUILD, role="900000000000000122", permissions=str(everything)
    )
    await world.start_bot(PROGRAMME="none", PING_ROLE_ID=e2e.MODERATOR_ROLE)
    shown = await plan(world, e2e, title="By a moderator")
    await world.press(e2e.MODERATOR, shown["message"], "Create")
    assert (await card_of(world, e2e, "By a moderator"))["_pinged"]["roles"] == []
    form = await world.command(e2e.OWNER, "session create")
    shown = await fill(world, e2e, form, e2e.OWNER, title="By the owner", start="25 May 2022 12:00", end="1h")
    await world.press(e2e.OWNER, shown["message"], "Create")
    assert (await card_of(world, e2e, "By the owner"))["_pinged"]["roles"] == [e2e.MODERATOR_ROLE]


async def test_delete_is_asked_twice(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    asked = await world.command(e2e.MODERATOR, "session delete", session="decentralized")
    assert "Cancel it instead" in e2e.text_of(asked["message"])
    again = await world.press(e2e.MODERATOR, asked["message"], "Delete it")
    assert "1 answer " in e2e.text_of(again["message"])
    assert "Decentralized AI" in e2e.text_of(await world.card())
    await world.press(e2e.MODERATOR, again["message"], "Yes, delete it")
    assert "no session" in e2e.text_of((await world.command(e2e.MEMBER, "schedule"))["message"])

    async def gone() -> bool:
        return not await world.messages()

    await e2e.eventually(gone, why="its card goes")


async def test_an_edit_while_its_reminder_is_in_flight(world: Any, e2e: Any) -> None:
    """The post is held back by a slow network while the session is renamed, and then while it is moved."""
    await world.start_bot()
    await world.card()
    await world.remote.fault("delay", method="POST", route="/channels/{channel_id}/messages", seconds=1.0)
    await world.jump(e2e.START - timedelta(hours=24))
    await asyncio.sleep(0.3)
    form = await world.command(e2e.MODERATOR, "session edit")
    await fill(world, e2e, form, title="Another title")

    async def corrected() -> bool:
        found = await world.reminders()
        return len(found) == 1 and "Another title" in e2e.text_of(found[0])

    await e2e.eventually(corrected, why="the post says the new title")
    await world.remote.fault("delay", method="POST", route="/channels/{channel_id}/messages", seconds=1.0)
    await world.jump(e2e.START - timedelta(hours=1))
    await asyncio.sleep(0.3)
    shown = await world.command(e2e.MODERATOR, "session move", start="24 May 2022 15:00")
    await world.press(e2e.MODERATOR, shown["message"], "Move it")

    async def none_left() -> bool:
        return not await world.reminders()

    await e2e.eventually(none_left, why="what says the old time is taken back")
    await asyncio.sleep(0.5)
    assert await none_left()
    await world.jump(e2e.START + timedelta(hours=4))

    async def again() -> bool:
        return any("Starts in 1 hour" in e2e.text_of(one) for one in await world.reminders())

    await e2e.eventually(again, why="the hour's reminder at the new time")


async def test_members_may_not_and_limits_hold(world: Any, e2e: Any) -> None:
    await world.start_bot(PROGRAMME="none")
    refused = await world.command(e2e.MEMBER, "session create")
    assert refused["modal"] is None
    assert "Manage Server" in e2e.text_of(refused["message"])
    shown = await plan(world, e2e)
    stranger = await world.remote.command(
        user=e2e.MEMBER, guild=e2e.GUILD, channel=e2e.GENERAL, command="session list", options={}
    )
    assert "Manage Server" in e2e.text_of(stranger["message"])
    for _ in range(20):
        await world.press(e2e.MODERATOR, shown["message"], "Create")
        last = shown
        shown = await plan(world, e2e)
    assert last["message"]
    over = await world.press(e2e.MODERATOR, shown["message"], "Create")
    assert "at most 20 sessions" in e2e.text_of(over["message"])
    first = await world.command(e2e.MODERATOR, "session list")
    second = await world.press(e2e.MODERATOR, first["message"], "On")
    assert "Page 2 of 2" in e2e.text_of(second["message"])


async def test_a_second_press_hears_that_it_was_done(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    for command, label, options in (
        ("move", "Move it", {"start": "26 May 2022 10:00"}),
        ("cancel", "Cancel the session", {"reason": "The venue is closed"}),
    ):
        asked = (await world.command(e2e.MODERATOR, f"session {command}", **options))["message"]
        await world.press(e2e.MODERATOR, asked, label)
        pressed = e2e.button_ids(asked, f"{command}-done:")[0]
        again = await world.remote.press(user=e2e.MODERATOR, message_id=asked["id"], custom_id=pressed, force=True)
        assert "done already" in e2e.text_of(again["message"]), command
