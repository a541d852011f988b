"""Saying who comes: presses in the sandbox, and what the database holds afterwards."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

PROGRAMME = Path(__file__).resolve().parents[2] / "data" / "desci-berlin.toml"


def rows(folder: Path) -> list[tuple[int, str | None, int]]:
    with sqlite3.connect(folder / "community.db") as conn:
        return conn.execute("SELECT user_id, answer, waiting FROM rsvp ORDER BY queue").fetchall()


@pytest.fixture
def few_seats(tmp_path: Path) -> str:
    """The programme with five seats."""
    text = PROGRAMME.read_text("utf-8")
    assert "# capacity = 40" in text
    path = tmp_path / "few-seats.toml"
    path.write_text(text.replace("# capacity = 40", "capacity = 5 #"), "utf-8")
    return str(path)


async def test_a_press_shows_on_the_card(world: Any, e2e: Any) -> None:
    await world.start_bot()
    pressed = await world.press(e2e.MEMBER, await world.card(), "Online")
    assert pressed["state"] == "answered"
    assert pressed["callback_type"] == 7, "the answer is the new card itself"
    text = e2e.text_of(await world.card())
    assert "Online · 1" in text
    assert "Member 1" in text
    assert rows(world.folder) == [(int(e2e.MEMBER), "online", 0)]


async def test_the_same_again_offers_to_withdraw_and_a_change_is_confirmed(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    again = await world.press(e2e.MEMBER, await world.card(), "Online")
    assert again["message"]["flags"] & 64
    assert "your answer already" in e2e.text_of(again["message"])

    changed = await world.press(e2e.MEMBER, await world.card(), "In person")
    assert "Before, it was “Online”" in e2e.text_of(changed["message"])
    withdrawn = await world.press(e2e.MEMBER, again["message"], "Withdraw")
    assert "withdrawn" in e2e.text_of(withdrawn["message"])
    assert rows(world.folder) == [(int(e2e.MEMBER), None, 0)]

    async def empty() -> bool:
        return "In person · 0" in e2e.text_of(await world.card())

    await e2e.eventually(empty, why="the card follows")


async def test_a_press_delivered_three_times_counts_once(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Maybe")
    await world.press(e2e.MEMBER, await world.card(), "Online")
    await world.remote.gateway("replay", copies=3, last=4)
    assert (await world.command(e2e.MEMBER_2, "rsvp"))["state"] == "answered"
    assert rows(world.folder) == [(int(e2e.MEMBER), "online", 0)]


async def test_a_press_that_is_delivered_again_at_once_is_answered_once_and_personally(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    custom_id = next(one for one in e2e.button_ids(card, "rsvp:") if one.endswith(":online"))
    await world.press(e2e.MEMBER, card, "Online")
    for _ in range(3):
        pressed = await world.remote.press(e2e.MEMBER, card["id"], custom_id, wait=False)
        await world.remote.gateway("replay", copies=2, last=1)

        async def answered(number: str = pressed["id"]) -> Any:
            found = await world.remote.interaction(number)
            return found if found["callback_type"] else None

        assert (await e2e.eventually(answered))["callback_type"] == 4
    assert (await world.command(e2e.MEMBER_2, "rsvp"))["state"] == "answered", "what was delivered again is through"
    calls = (await world.remote.journal())["entries"]
    answers = [call["status"] for call in calls if "/callback" in call["path"]]
    assert len(answers) == 5
    assert max(answers) < 300


async def test_200_members_race_for_5_seats(world: Any, e2e: Any, few_seats: str) -> None:
    members = await world.remote.add_members(e2e.GUILD, 200)
    await world.start_bot(PROGRAMME=few_seats)
    card = await world.card()
    custom_id = next(one for one in e2e.button_ids(card, "rsvp:") if one.endswith(":in_person"))
    answers = await asyncio.gather(*(world.remote.press(one, card["id"], custom_id) for one in members))
    assert {answer["state"] for answer in answers} == {"answered"}

    standing = rows(world.folder)
    by_press = [
        int(answer["user"]["id"] if isinstance(answer["user"], dict) else answer["user"])
        for answer in sorted(answers, key=lambda answer: int(answer["id"]))
    ]
    assert [user for user, _, _ in standing] == by_press, "in the order of the presses"
    assert [waiting for _, _, waiting in standing] == [0] * 5 + [1] * 195

    async def told() -> bool:
        text = e2e.text_of(await world.card())
        return "5 of 5 seats taken" in text and "Waiting list · 195" in text

    await e2e.eventually(told, why="the card shows all of them")
    places = sorted(
        int(e2e.text_of(answer["message"]).split("number ")[1].split(" ")[0])
        for answer in answers
        if answer["message"] and "waiting list" in e2e.text_of(answer["message"]) and answer["message"]["flags"] & 64
    )
    assert places == list(range(1, 196))


async def test_whoever_moves_up_is_told(world: Any, e2e: Any, few_seats: str) -> None:
    members = await world.remote.add_members(e2e.GUILD, 6)
    await world.start_bot(PROGRAMME=few_seats)
    for member in members:
        await world.press(member, await world.card(), "In person")
    await world.press(members[0], await world.card(), "Can't go")

    async def message() -> Any:
        calls = (await world.remote.journal())["entries"]
        return [call for call in calls if call["method"] == "POST" and "You have a seat now" in str(call["request"])]

    (told,) = await e2e.eventually(message, why="the first of the waiting list is told")
    assert told["status"] == 200
    assert rows(world.folder)[-1] == (int(members[5]), "in_person", 0) or (int(members[5]), "in_person", 0) in rows(
        world.folder
    )


async def test_answers_and_buttons_survive_kill_9(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    await bot.kill()
    await world.start_bot()
    await world.press(e2e.MEMBER_2, await world.card(), "Online")
    text = e2e.text_of(await world.card())
    assert "Online · 2" in text
    assert len([one for one in await world.messages() if e2e.button_ids(one, "rsvp:")]) == 1, "one card"


async def test_rsvp_command(world: Any, e2e: Any) -> None:
    await world.start_bot()
    mine = await world.command(e2e.MEMBER, "rsvp")
    assert "not answered yet" in e2e.text_of(mine["message"])
    done = await world.press(e2e.MEMBER, mine["message"], "In person")
    assert "in person" in e2e.text_of(done["message"])

    async def on_card() -> bool:
        return "In person · 1" in e2e.text_of(await world.card())

    await e2e.eventually(on_card, why="the card follows a press elsewhere")
    await world.jump(e2e.END)
    late = await world.command(e2e.MEMBER, "rsvp")
    assert "ended" in e2e.text_of(late["message"])
    assert not e2e.buttons(late["message"])
