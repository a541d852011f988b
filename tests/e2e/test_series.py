"""Sessions that repeat, and sessions like earlier ones, with the real bot."""

from datetime import UTC, datetime, timedelta
from typing import Any

WEEK = timedelta(days=7)


def stamp(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:F>"


async def cards(world: Any, e2e: Any) -> list[str]:
    """The texts of all cards in the announcement channel."""
    return [e2e.text_of(message) for message in await world.messages() if e2e.button_ids(message, "rsvp:")]


async def repeated(world: Any, e2e: Any, **options: Any) -> Any:
    shown = await world.command(e2e.MODERATOR, "session repeat", **options)
    return await world.press(e2e.MODERATOR, shown["message"], "Make")


async def occurrence(world: Any, e2e: Any, number: int) -> str:
    """The id of one session of the series, as suggestions have it."""
    choices = await world.remote.autocomplete(
        e2e.MODERATOR, "session series", "session", guild=e2e.GUILD, channel=e2e.GENERAL, options={"what": "show"}
    )
    return str(choices[number - 1]["value"])


async def test_a_series_is_shown_made_and_announced_one_by_one(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    refused = await world.command(e2e.MEMBER, "session repeat", every="week", times=3)
    assert "Manage Server" in e2e.text_of(refused["message"])
    endless = await world.command(e2e.MODERATOR, "session repeat", every="week")
    assert "give one of the two" in e2e.text_of(endless["message"])
    many = await world.command(e2e.MODERATOR, "session repeat", every="week", until="2023-05-30")
    assert "at most 52" in e2e.text_of(many["message"])
    crowded = await world.command(e2e.MODERATOR, "session repeat", every="week", until="2023-05-16")
    assert "Here are 1, so 49 more fit and this would add 51" in e2e.text_of(crowded["message"])

    # Berlin has summer time in May and none in November: the same hour there is another one in UTC.
    shown = await world.command(e2e.MODERATOR, "session repeat", every="month", until="30 nov 2022")
    words = e2e.text_of(shown["message"])
    assert "fourth Tuesday" in words
    assert stamp(datetime(2022, 11, 22, 9, 0, tzinfo=UTC)) in words

    done = await repeated(world, e2e, every="week", times=3)
    assert "2 sessions were made" in e2e.text_of(done["message"])
    assert not e2e.buttons(done["message"])
    again = await world.command(e2e.MODERATOR, "session repeat", every="week", times=3)
    assert "belongs to a series already" in e2e.text_of(again["message"])
    schedule = e2e.text_of((await world.command(e2e.MEMBER, "schedule"))["message"])
    assert f"<t:{int((e2e.START + WEEK).timestamp())}:D>" in schedule
    assert len(await cards(world, e2e)) == 1, "far-off sessions do not fill the channel"

    await world.jump(e2e.END + timedelta(seconds=5))

    async def second() -> Any:
        shown = await cards(world, e2e)
        return shown if any(stamp(e2e.START + WEEK) in card for card in shown) else None

    await e2e.eventually(second, why="the second is announced when the first is over")
    assert not any(stamp(e2e.START + 2 * WEEK) in card for card in await cards(world, e2e))


async def test_one_or_all_that_follow_are_moved_skipped_and_cancelled(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    await repeated(world, e2e, every="week", times=6)
    second, third, sixth = [await occurrence(world, e2e, number) for number in (2, 3, 6)]
    denied = await world.command(e2e.MEMBER, "session series", what="cancel", session=second)
    assert "Manage Server" in e2e.text_of(denied["message"])
    nowhere = await world.command(e2e.MODERATOR, "session series", what="move", session=second)
    assert "Where to?" in e2e.text_of(nowhere["message"])

    async def change(what: str, session: str, **options: Any) -> str:
        shown = await world.command(e2e.MODERATOR, "session series", what=what, session=session, **options)
        first = next(button for button in e2e.buttons(shown["message"]))
        return str(e2e.text_of((await world.press(e2e.MODERATOR, shown["message"], first["label"]))["message"]))

    # Tuesdays at ten become Thursdays at six in the evening, from the third on; then the sixth is moved for itself.
    moved = await change("move", third, scope="following", to="9 june 2022 18:00")
    assert moved.count("→") == 4
    assert stamp(datetime(2022, 6, 30, 16, 0, tzinfo=UTC)) in moved
    alone = await change("move", sixth, to="1 july 2022 18:00")
    assert alone.count("→") == 1
    assert "taken off the programme" in await change("skip", second)
    cancelled = await change("cancel", await occurrence(world, e2e, 1))
    assert "those who come or wait for a seat are told" in cancelled
    page = e2e.text_of((await world.command(e2e.MODERATOR, "session series", what="show", session=sixth))["message"])
    assert page.count("skipped") == 1
    assert page.count("cancelled") == 1
    assert f"{stamp(datetime(2022, 7, 1, 16, 0, tzinfo=UTC))} · moved" in page

    async def told() -> Any:
        people = (await world.remote.state())["users"]
        channel = next(person["dm_channel"] for person in people if person["id"] == e2e.MEMBER)
        direct = await world.messages(channel, e2e.MEMBER) if channel else []
        return any("Cancelled" in e2e.text_of(message) for message in direct)

    await world.jump(await world.now() + timedelta(seconds=70))
    await e2e.eventually(told, why="who said to come is told")
    # With the first cancelled and the second skipped, the third is the next one, in its turn.

    async def third_card() -> Any:
        return any(stamp(datetime(2022, 6, 9, 16, 0, tzinfo=UTC)) in card for card in await cards(world, e2e))

    assert not await third_card(), "a cancellation is no reason to ring for another evening"
    await world.jump(e2e.END + timedelta(seconds=5))
    await e2e.eventually(third_card, why="the next one is announced when the cancelled one would have been over")


async def test_a_session_like_an_earlier_one(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    denied = await world.command(e2e.MEMBER, "session copy", start="1 june 2022 18:00")
    assert "Manage Server" in e2e.text_of(denied["message"])
    past = await world.command(e2e.MODERATOR, "session copy", start="1 june 2021 18:00")
    assert "past" in e2e.text_of(past["message"])
    shown = await world.command(e2e.MODERATOR, "session copy", start="1 june 2022 18:00")
    start = datetime(2022, 6, 1, 16, 0, tzinfo=UTC)
    assert stamp(start) in e2e.text_of(shown["message"])
    done = await world.press(e2e.MODERATOR, shown["message"], "with the 5 talks")
    assert "with 5 talks" in e2e.text_of(done["message"])
    twice = await world.remote.press(
        e2e.MODERATOR, shown["message"]["id"], e2e.button_ids(shown["message"], "copy-do:")[1], force=True
    )
    assert "at that time already" in e2e.text_of(twice["message"])

    async def both() -> Any:
        found = await cards(world, e2e)
        return [card for card in found if stamp(start) in card and "Compute over Data" in card]

    assert await e2e.eventually(both, why="the new one is announced")
    dismissed = await world.command(e2e.MODERATOR, "session copy", start="2 june 2022 18:00")
    answer = await world.press(e2e.MODERATOR, dismissed["message"], "Cancel")
    assert "Nothing was changed" in e2e.text_of(answer["message"])


async def test_what_is_for_one_role_alone_is_so_each_time(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    await world.command(e2e.MODERATOR, "attendee only", role=e2e.PINGS)
    shown = await world.command(e2e.MODERATOR, "session copy", start="1 june 2022 18:00")
    assert f"Only people with <@&{e2e.PINGS}> can come" in e2e.text_of(shown["message"])
    await world.press(e2e.MODERATOR, shown["message"], "without talks")

    async def copy() -> Any:
        start = stamp(datetime(2022, 6, 1, 16, 0, tzinfo=UTC))
        found = [one for one in await world.messages() if e2e.button_ids(one, "rsvp:") and start in e2e.text_of(one)]
        return found[0] if found else None

    card = await e2e.eventually(copy, why="the copy is announced")
    assert f"For people with the role <@&{e2e.PINGS}>" in e2e.text_of(card)
    refused = await world.press(e2e.MEMBER, card, "Online")
    assert "Only people with the role" in e2e.text_of(refused["message"])
    series = await world.command(e2e.MODERATOR, "session repeat", every="week", times=3)
    assert f"Only people with <@&{e2e.PINGS}> can come" in e2e.text_of(series["message"])
    await world.press(e2e.MODERATOR, series["message"], "Make 2 sessions")
    terms = await world.command(e2e.MODERATOR, "attendee only", session=await occurrence(world, e2e, 2))
    assert f"Only people with <@&{e2e.PINGS}> can come" in e2e.text_of(terms["message"])


async def test_rights_are_asked_for_again_at_the_press(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    repeat = await world.command(e2e.MODERATOR, "session repeat", every="week", times=3)
    copy = await world.command(e2e.MODERATOR, "session copy", start="1 june 2022 18:00")
    await world.remote.world("delete_role", guild=e2e.GUILD, role=e2e.MODERATOR_ROLE)
    for answer, label in ((repeat, "Make"), (copy, "Make"), (copy, "Cancel")):
        pressed = await world.press(e2e.MODERATOR, answer["message"], label)
        assert "Manage Server" in e2e.text_of(pressed["message"])
    assert len(await cards(world, e2e)) == 1
    assert "More sessions" not in e2e.text_of((await world.command(e2e.MEMBER, "schedule"))["message"])
