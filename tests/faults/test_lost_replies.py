"""Discord fails, or nobody knows whether it has: one post in the end, and never two (rows 5, 6, 7 and 31)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.e2e.conftest import ANNOUNCEMENTS, START, World, button_ids, eventually
from tests.faults.acts import POSTS, cards, complaints, posts_with, reminders_are, reminders_due, sent, told

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
QUICK = json.dumps({"bot.delivery.calls.TIMEOUT": 1.0, "bot.delivery.courier.BACKOFF": [0.3, 0.6, 1.0]})


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_an_error_of_the_server_is_tried_again_with_the_same_nonce(world: World, status: int) -> None:
    await world.start_bot(CONSTANTS=QUICK)
    await world.card()
    await world.remote.fault("status", **POSTS, status=status)
    await reminders_due(world, DAY, 1)
    tries = await posts_with(world, "Starts in")
    assert [call["status"] for call in tries] == [status, 200]
    assert len({call["request"]["nonce"] for call in tries}) == 1
    await reminders_due(world, HOUR, 2)


async def test_an_error_that_never_ends_is_told_to_the_moderators_at_the_deadline(world: World) -> None:
    bot = await world.start_bot(CONSTANTS=QUICK)
    await world.card()
    await world.remote.fault("status", **POSTS, channel=ANNOUNCEMENTS, times=None, status=503)
    await world.jump(START - DAY)

    async def tried_again() -> bool:
        return len(await posts_with(world, "Starts in")) >= 3

    before = complaints(bot)
    await eventually(tried_again)
    assert len({call["request"]["nonce"] for call in await posts_with(world, "Starts in")}) == 1
    assert complaints(bot) - before <= 2, "one line says it, not one for every try"
    await world.jump(START - DAY + timedelta(hours=6, minutes=1))
    assert "24-hour reminder" in await told(world, "was not posted")
    await world.remote.end_faults()
    await reminders_due(world, HOUR, 1)


LOST: list[tuple[str, dict[str, Any]]] = [
    ("drop_after", {}),
    ("drop_after", {"reset": True}),
    ("hang_after", {"seconds": 30}),
    ("status_after", {"status": 502}),
    ("status_after", {"status": 503}),
]


@pytest.mark.parametrize(
    ("fault", "details", "kind"), [*((*each, "reminder") for each in LOST), *((*each, "card") for each in LOST[1:3])]
)
async def test_a_post_whose_reply_was_lost_stands_once_and_its_id_is_known(
    world: World, fault: str, details: dict[str, Any], kind: str
) -> None:
    if kind == "card":
        await world.remote.fault(fault, **POSTS, channel=ANNOUNCEMENTS, **details)
    await world.start_bot(CONSTANTS=QUICK)
    await world.card()

    async def settled() -> bool:
        return "announce" in sent(world)

    await eventually(settled, why="the card is on record")
    if kind == "reminder":
        await world.remote.fault(fault, **POSTS, channel=ANNOUNCEMENTS, **details)
    await reminders_due(world, DAY, 1)
    (card,) = await cards(world)
    (post,) = await world.reminders()
    assert (await world.remote.faults())[0]["hits"] == 1

    async def on_record() -> bool:
        return sent(world) == {"announce": int(card["id"]), "before-1440": int(post["id"])}

    await eventually(on_record, why="both are recorded with the ids of what stands")
    assert button_ids(card, "rsvp:"), "the card that is known is the one that stands"


async def test_a_moderator_deletes_a_reminder_whose_reply_was_lost(world: World) -> None:
    await world.start_bot()
    await world.card()
    await world.remote.fault("drop_after", **POSTS, channel=ANNOUNCEMENTS)
    await world.jump(START - DAY)
    await reminders_are(world, 1)
    (post,) = await world.reminders()
    await world.remote.world("delete_message", message_id=post["id"])

    async def asked_again() -> bool:
        return len(await posts_with(world, "Starts in")) == 2

    await eventually(asked_again)
    first, second = await posts_with(world, "Starts in")
    assert first["request"]["nonce"] == second["request"]["nonce"]
    assert (second["status"], second["response"]["code"]) == (404, 10008)
    await world.jump(START - DAY + timedelta(hours=2))
    assert await world.reminders() == []
    await world.jump(START - HOUR)
    (next_one,) = await reminders_are(world, 1)
    assert "Starts in 1 hour" in next_one
    assert len(await posts_with(world, "24 hours")) == 2
