"""What moderators do with people, in the sandbox with the real bot: the list, seats, offers, roles."""

import asyncio
import csv
import io
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

PROGRAMME = Path(__file__).resolve().parents[2] / "data" / "desci-berlin.toml"
MANAGE_ROLES = 1 << 28


@pytest.fixture
def one_seat(tmp_path: Path) -> str:
    """The programme with a single seat."""
    text = PROGRAMME.read_text("utf-8")
    path = tmp_path / "one-seat.toml"
    path.write_text(text.replace("# capacity = 40", "capacity = 1 #"), "utf-8")
    return str(path)


def rows(folder: Path, sql: str) -> list[Any]:
    with sqlite3.connect(folder / "community.db") as conn:
        return conn.execute(sql).fetchall()


def answers(folder: Path) -> dict[int, tuple[str | None, int]]:
    return {
        user: (answer, waiting) for user, answer, waiting in rows(folder, "SELECT user_id, answer, waiting FROM rsvp")
    }


async def direct(world: Any, e2e: Any, words: str) -> dict[str, Any]:
    """The direct message with these words, as it was posted."""

    async def find() -> Any:
        for call in (await world.remote.journal())["entries"]:
            if call["method"] == "POST" and words in str(call["request"]) and "/messages" in call["path"]:
                return call
        return None

    call: dict[str, Any] = await e2e.eventually(find, why=f"a direct message with {words!r}")
    return call


async def roles_of(world: Any, e2e: Any, user: str) -> list[str]:
    members = (await world.remote.state())["guilds"]
    guild = next(each for each in members if each["id"] == e2e.GUILD)
    return list(next(each for each in guild["members"] if each["user"]["id"] == user)["roles"])


async def test_moderators_look_after_the_list(world: Any, e2e: Any, one_seat: str) -> None:
    await world.start_bot(PROGRAMME=one_seat)
    card = await world.card()
    await world.press(e2e.MEMBER, card, "In person")
    await world.press(e2e.MEMBER_2, card, "In person")
    added = await world.command(e2e.MODERATOR, "attendee add", person=e2e.MEMBER_3, answer="online")
    assert "is now “Online”" in e2e.text_of(added["message"])
    listed = e2e.text_of((await world.command(e2e.MODERATOR, "attendee list"))["message"])
    for words in ("In person · 1 of 1", "Waiting list · 1", "Online · 1", "Member 3 (<@900000000000000304>)"):
        assert words in listed
    await world.command(e2e.MODERATOR, "attendee checkin", person=e2e.MEMBER)
    again = await world.command(e2e.MODERATOR, "attendee checkin", person=e2e.MEMBER)
    assert "already" in e2e.text_of(again["message"])

    exported = (await world.command(e2e.MODERATOR, "attendee export"))["message"]
    assert exported["flags"] & 64
    async with world.remote.session.get(exported["attachments"][0]["url"]) as response:
        content = await response.read()
    assert content.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["Name"], row["Answer"], row["Waiting list"]) for row in table] == [
        ("Member 1", "In person", ""),
        ("Member 2", "In person", "1"),
        ("Member 3", "Online", ""),
    ]
    assert table[0]["Checked in by"] == "moderator"

    seated = await world.command(e2e.MODERATOR, "attendee move", person=e2e.MEMBER_2, to="seat")
    assert "1 more person has a seat than there are seats" in e2e.text_of(seated["message"])
    await direct(world, e2e, "You have a seat now")
    await world.command(e2e.MODERATOR, "attendee remove", person=e2e.MEMBER)
    assert answers(world.folder) == {
        int(e2e.MEMBER): (None, 0),
        int(e2e.MEMBER_2): ("in_person", 0),
        int(e2e.MEMBER_3): ("online", 0),
    }


async def test_the_end_of_the_line_needs_somebody_else_who_waits(world: Any, e2e: Any, one_seat: str) -> None:
    await world.start_bot(PROGRAMME=one_seat)
    card = await world.card()
    await world.press(e2e.MEMBER, card, "In person")
    alone = await world.command(e2e.MODERATOR, "attendee move", person=e2e.MEMBER, to="waiting")
    assert "Nobody else waits" in e2e.text_of(alone["message"])
    await world.press(e2e.MEMBER_2, card, "In person")
    moved = await world.command(e2e.MODERATOR, "attendee move", person=e2e.MEMBER, to="waiting")
    assert "One person has moved up" in e2e.text_of(moved["message"])
    assert answers(world.folder) == {int(e2e.MEMBER): ("in_person", 1), int(e2e.MEMBER_2): ("in_person", 0)}


async def test_a_long_list_is_turned_page_by_page(world: Any, e2e: Any) -> None:
    members = await world.remote.add_members(e2e.GUILD, 25)
    await world.start_bot()
    card = await world.card()
    custom_id = next(one for one in e2e.button_ids(card, "rsvp:") if one.endswith(":maybe"))
    await asyncio.gather(*(world.remote.press(one, card["id"], custom_id) for one in members))
    first = (await world.command(e2e.MODERATOR, "attendee list"))["message"]
    assert "Page 1 of 2 · 25 people" in e2e.text_of(first)
    second = await world.press(e2e.MODERATOR, first, "More")
    assert second["callback_type"] == 7
    assert "Page 2 of 2" in e2e.text_of(second["message"])
    assert [button["label"] for button in e2e.buttons(second["message"])] == ["Back"]


async def test_members_and_outsiders_may_not(world: Any, e2e: Any) -> None:
    await world.start_bot()
    session = e2e.button_ids(await world.card(), "rsvp:")[0].split(":")[1]
    await world.press(e2e.MEMBER, await world.card(), "Online")
    for command, options in (
        ("list", {}),
        ("export", {}),
        ("capacity", {"number": "3"}),
        ("close", {}),
        ("remove", {"person": e2e.MEMBER}),
        ("lend", {"role": e2e.MODERATOR_ROLE}),
    ):
        answer = await world.command(e2e.MEMBER_2, f"attendee {command}", **options)
        assert "Manage Server" in e2e.text_of(answer["message"]), command
    # The owner of another server looks for the session by its id.
    for command in ("list", "export", "close"):
        there = await world.command(e2e.OUTSIDER, f"attendee {command}", channel=e2e.OTHER_GENERAL, session=session)
        assert "no longer in the programme" in e2e.text_of(there["message"]), command
    assert rows(world.folder, "SELECT count(*) FROM admission") == [(0,)]
    assert answers(world.folder) == {int(e2e.MEMBER): ("online", 0)}


async def test_more_seats_move_people_up_and_fewer_take_none_away(world: Any, e2e: Any, one_seat: str) -> None:
    await world.start_bot(PROGRAMME=one_seat)
    card = await world.card()
    for member in (e2e.MEMBER, e2e.MEMBER_2, e2e.MEMBER_3):
        await world.press(member, card, "In person")
    wrong = await world.command(e2e.MODERATOR, "attendee capacity", number="many")
    assert "`40` or `none`" in e2e.text_of(wrong["message"])
    raised = await world.command(e2e.MODERATOR, "attendee capacity", number="2")
    assert "One person has moved up" in e2e.text_of(raised["message"])
    await direct(world, e2e, "You have a seat now")
    lowered = await world.command(e2e.MODERATOR, "attendee capacity", number="1")
    assert "1 more person has a seat than there are seats: nobody loses one" in e2e.text_of(lowered["message"])
    assert [waiting for _, waiting in answers(world.folder).values()] == [0, 0, 1]

    async def shown() -> bool:
        return "2 of 1 seats taken" in e2e.text_of(await world.card())

    await e2e.eventually(shown, why="the card follows")


async def test_closed_deadline_and_role_refuse_kindly(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    await world.press(e2e.MEMBER, card, "In person")
    await world.command(e2e.MODERATOR, "attendee close")
    refused = await world.press(e2e.MEMBER_2, card, "Online")
    assert "have closed the answers" in e2e.text_of(refused["message"])
    left = await world.press(e2e.MEMBER, card, "Can't go")
    assert "cannot make it" in e2e.text_of(left["message"])

    async def shown() -> bool:
        return "Answers are closed" in e2e.text_of(await world.card())

    await e2e.eventually(shown, why="the card says so")
    await world.command(e2e.MODERATOR, "attendee reopen")

    past = await world.command(e2e.MODERATOR, "attendee deadline", time="24 May 2022 15:00")
    assert "before the end of the session" in e2e.text_of(past["message"])
    asked = await world.command(e2e.MODERATOR, "attendee deadline", time="in 2 hours")
    assert "Nothing is saved yet" in e2e.text_of(asked["message"])
    assert rows(world.folder, "SELECT deadline_at FROM admission") == [(None,)]
    await world.press(e2e.MODERATOR, asked["message"], "Save")
    await world.jump(await world.now() + timedelta(hours=2, minutes=1))
    late = await world.press(e2e.MEMBER_2, card, "Online")
    assert "were taken until <t:" in e2e.text_of(late["message"])
    await world.command(e2e.MODERATOR, "attendee deadline", time="none")

    await world.command(e2e.MODERATOR, "attendee only", role=e2e.PINGS)
    without = await world.press(e2e.MEMBER_2, card, "Online")
    assert f"<@&{e2e.PINGS}>" in e2e.text_of(without["message"])
    assert without["message"]["_pinged"]["roles"] == []
    await world.remote.world("member_roles", guild=e2e.GUILD, user=e2e.MEMBER_2, roles=[e2e.PINGS])
    await world.press(e2e.MEMBER_2, card, "Online")
    assert answers(world.folder)[int(e2e.MEMBER_2)] == ("online", 0)


async def test_a_free_seat_is_offered_then_passed_on(world: Any, e2e: Any, one_seat: str) -> None:
    await world.start_bot(PROGRAMME=one_seat)
    card = await world.card()
    people = [*await world.remote.add_members(e2e.GUILD, 2), e2e.MEMBER_2, e2e.MEMBER_3]
    for member in (e2e.MEMBER, *people):
        await world.press(member, card, "In person")
    short = await world.command(e2e.MODERATOR, "attendee offers", minutes="1")
    assert "5 minutes" in e2e.text_of(short["message"])
    await world.command(e2e.MODERATOR, "attendee offers", minutes="30")
    await world.press(e2e.MEMBER, card, "Can't go")
    first = await direct(world, e2e, "A seat is free for you")
    assert answers(world.folder)[int(people[0])] == ("in_person", 1), "it is kept, not given"
    passed = await world.press(people[0], first["response"], "Pass")
    assert "waiting list is given up" in e2e.text_of(passed["message"])

    async def offers(count: int) -> list[Any]:
        async def enough() -> Any:
            calls = (await world.remote.journal())["entries"]
            found = [c for c in calls if c["method"] == "POST" and "A seat is free for you" in str(c["request"])]
            return found if len(found) >= count else None

        found: list[Any] = await e2e.eventually(enough, why=f"{count} offers")
        return found

    assert len(await offers(2)) == 2
    await world.bot.kill()  # the time of an offer passes also while nobody is there
    await world.jump(await world.now() + timedelta(minutes=31))
    await world.start_bot(PROGRAMME=one_seat)
    third = (await offers(3))[-1]
    assert answers(world.folder)[int(people[1])] == (None, 0)
    taken = await world.press(people[2], third["response"], "Take it")
    assert "You have a seat" in e2e.text_of(taken["message"])
    assert answers(world.folder)[int(people[2])] == ("in_person", 0)
    assert answers(world.folder)[int(people[3])] == ("in_person", 1)


async def test_a_role_is_lent_and_taken_back_after_a_restart(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    card = await world.card()
    await world.remote.world("member_roles", guild=e2e.GUILD, user=e2e.MEMBER_3, roles=[e2e.PINGS])
    for member in (e2e.MEMBER, e2e.MEMBER_2, e2e.MEMBER_3):
        await world.press(member, card, "Online")
    unable = await world.command(e2e.OWNER, "attendee lend", role=e2e.PINGS)
    assert "not part of my invite link" in e2e.text_of(unable["message"])
    state = await world.remote.state()
    bits = next(
        int(role["permissions"])
        for guild in state["guilds"]
        if guild["id"] == e2e.GUILD
        for role in guild["roles"]
        if role["id"] == e2e.BOT_ROLE
    )
    await world.remote.world(
        "set_role_permissions", guild=e2e.GUILD, role=e2e.BOT_ROLE, permissions=str(bits | MANAGE_ROLES)
    )
    not_he = await world.command(e2e.MODERATOR, "attendee lend", role=e2e.PINGS)
    assert "You may not give" in e2e.text_of(not_he["message"]), "the bot is no way around the roles of the server"
    await world.command(e2e.OWNER, "attendee lend", role=e2e.PINGS, start="an hour before")
    assert e2e.PINGS not in await roles_of(world, e2e, e2e.MEMBER)
    for person, words in ((e2e.OWNER, "is lent to those who come"), (e2e.MODERATOR, "is not lent")):
        copy = await world.command(person, "session copy", start="1 june 2022 18:00")
        assert f"<@&{e2e.PINGS}> {words}" in e2e.text_of(copy["message"]), "nor is a copy a way around them"
    await world.jump(e2e.START - timedelta(minutes=59))

    async def lent(*people: str) -> bool:
        return all([e2e.PINGS in await roles_of(world, e2e, one) for one in people])

    await e2e.eventually(lambda: lent(e2e.MEMBER, e2e.MEMBER_2), why="both have the role")
    await world.press(e2e.MEMBER_2, card, "Can't go")

    async def back(person: str) -> bool:
        return e2e.PINGS not in await roles_of(world, e2e, person)

    await e2e.eventually(lambda: back(e2e.MEMBER_2), why="who does not come gives it back")
    await bot.kill()
    await world.jump(e2e.END + timedelta(minutes=1))
    await world.remote.world("set_role_permissions", guild=e2e.GUILD, role=e2e.BOT_ROLE, permissions=str(bits))
    await world.start_bot()

    async def told() -> bool:
        log = await world.messages(e2e.LOG, e2e.MODERATOR)
        return any("could not take" in e2e.text_of(message) for message in log)

    await e2e.eventually(told, why="the moderators hear that it cannot be taken back")
    await world.remote.world(
        "set_role_permissions", guild=e2e.GUILD, role=e2e.BOT_ROLE, permissions=str(bits | MANAGE_ROLES)
    )
    await world.jump(e2e.END + timedelta(minutes=20))
    await e2e.eventually(lambda: back(e2e.MEMBER), why="it is taken back")
    assert e2e.PINGS in await roles_of(world, e2e, e2e.MEMBER_3), "it was this person's own"

    async def settled() -> bool:  # the row follows Discord's answer
        return rows(world.folder, "SELECT state FROM loan WHERE state <> 'kept'") == []

    await e2e.eventually(settled, why="no loan is left open")


async def test_seats_changed_at_the_other_door_say_the_same(world: Any, e2e: Any, one_seat: str) -> None:
    await world.start_bot(PROGRAMME=one_seat)
    card = await world.card()
    for member in (e2e.MEMBER, e2e.MEMBER_2, e2e.MEMBER_3):
        await world.press(member, card, "In person")
    for wrong in ("many", "0", "-1"):
        refused = await world.command(e2e.MODERATOR, "session edit", capacity=wrong)
        assert "or `none` for no limit" in e2e.text_of(refused["message"])
    raised = e2e.text_of((await world.command(e2e.MODERATOR, "session edit", capacity="2"))["message"])
    assert "One person has moved up" in raised
    assert "Nobody" not in raised
    lowered = e2e.text_of((await world.command(e2e.MODERATOR, "session edit", capacity="1"))["message"])
    assert "1 more person has a seat than there are seats: nobody loses one" in lowered
    free = e2e.text_of((await world.command(e2e.MODERATOR, "session edit", capacity="none"))["message"])
    assert "Seats in person: no limit" in free
    assert "One person has moved up" in free
    assert [waiting for _, waiting in answers(world.folder).values()] == [0, 0, 0]
