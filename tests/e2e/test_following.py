"""What people see when a session becomes another one, in the sandbox with the real bot."""

import asyncio
import contextlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.remote import RemoteError

PROGRAMME = Path(__file__).resolve().parents[2] / "data" / "desci-berlin.toml"


@pytest.fixture
def one_seat(tmp_path: Path) -> str:
    """The programme with a single seat."""
    path = tmp_path / "one-seat.toml"
    path.write_text(PROGRAMME.read_text("utf-8").replace("# capacity = 40", "capacity = 1 #"), "utf-8")
    return str(path)


async def posted(world: Any, words: str) -> list[dict[str, Any]]:
    """The messages with these words, as they were posted."""
    calls = (await world.remote.journal())["entries"]
    return [
        call
        for call in calls
        if call["method"] == "POST" and "/messages" in call["path"] and words in str(call["request"])
    ]


async def test_online_only_leaves_no_seats_and_asks_to_answer_anew(world: Any, e2e: Any, one_seat: str) -> None:
    await world.start_bot(PROGRAMME=one_seat)
    card = await world.card()
    await world.press(e2e.MEMBER, card, "In person")
    await world.press(e2e.MEMBER_2, card, "In person")
    await world.command(e2e.MODERATOR, "session edit", mode="online")
    raised = await world.command(e2e.MODERATOR, "attendee capacity", number="5")
    assert "nobody needs one" in e2e.text_of(raised["message"])

    async def shown() -> bool:
        return "“In person”, no longer possible · 2" in e2e.text_of(await world.card())

    await e2e.eventually(shown, why="the card follows")
    assert "aiting" not in e2e.text_of(await world.card())
    await world.jump(await world.now() + timedelta(seconds=61))

    async def told() -> Any:
        calls = await posted(world, "please answer anew")
        return calls if len(calls) == 2 else None

    for call in await e2e.eventually(told, why="the one with the seat is told, and the one who waits for it"):
        with contextlib.suppress(RemoteError):  # this one is the other's
            joined = await world.press(e2e.MEMBER, call["response"], "I join online")
    assert "joining" in e2e.text_of(joined["message"])
    await asyncio.sleep(0.5)
    assert await posted(world, "You have a seat now") == []
    added = await world.command(e2e.MODERATOR, "attendee add", person=e2e.MEMBER_3, answer="in_person")
    assert "nobody can come in person" in e2e.text_of(added["message"])


async def test_the_deadline_on_the_card_moves_with_the_session(world: Any, e2e: Any) -> None:
    await world.start_bot()
    asked = await world.command(e2e.MODERATOR, "attendee deadline", time="in 2 hours")
    await world.press(e2e.MODERATOR, asked["message"], "Save")
    (at,) = set(re.findall(r"<t:(\d+):[FR]>", e2e.text_of(asked["message"])))
    delayed = await world.command(e2e.MODERATOR, "session delay", by="1h")
    assert "Answers are taken until <t:" in e2e.text_of(delayed["message"])

    async def shown() -> bool:
        return f"Please answer until <t:{int(at) + 3600}:" in e2e.text_of(await world.card())

    await e2e.eventually(shown, why="the card follows")


async def test_what_moderators_do_with_people_of_a_cancelled_session_names_the_way_back(world: Any, e2e: Any) -> None:
    await world.start_bot()
    asked = await world.command(e2e.MODERATOR, "session cancel")
    session = e2e.button_ids(await world.card(), "rsvp:")[0].split(":")[1]
    await world.press(e2e.MODERATOR, asked["message"], "Cancel the session")
    for command, options in (
        ("add", {"person": e2e.MEMBER, "answer": "online"}),
        ("remove", {"person": e2e.MEMBER}),
        ("move", {"person": e2e.MEMBER, "to": "seat"}),
        ("close", {}),
        ("deadline", {"time": "in 2 hours"}),
        ("capacity", {"number": "3"}),
    ):
        answer = await world.command(e2e.MODERATOR, f"attendee {command}", session=session, **options)
        assert "`/session reopen` brings it back" in e2e.text_of(answer["message"]), command
    listed = await world.command(e2e.MODERATOR, "attendee list", session=session)
    assert "Nobody has answered yet" in e2e.text_of(listed["message"])
