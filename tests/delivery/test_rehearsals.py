"""A rehearsal plays, stops and ends, and the database does not know of it."""

import asyncio
from typing import Any

import pytest

from bot.delivery.calls import Calls
from bot.delivery.pace import Pace
from bot.delivery.rehearsals import Rehearsals
from bot.delivery.sender import Refused
from bot.domain.errors import Refusal
from bot.domain.rehearsal import Speed
from bot.domain.sessions import SessionId
from tests.delivery.world import GUILD, SESSION, World

CHANNEL = 113


class Stage:
    """Keeps what is posted and corrected; can be shut, or held up after the opening."""

    def __init__(self) -> None:
        self.posts: list[str] = []
        self.corrections: list[int] = []
        self.shut = False
        self.posted = asyncio.Event()
        self.held: asyncio.Event | None = None

    async def send(self, channel_id: int, reply: Any, **options: Any) -> int:
        assert channel_id == CHANNEL
        assert options == {"nonce": None, "marker": None, "ping_role_id": None}
        if self.shut:
            raise Refused(50013, "I may not post in the channel")
        if self.posts and self.held is not None:
            await self.held.wait()
        self.posts.append(reply.content)
        self.posted.set()
        return len(self.posts)

    async def correct(self, channel_id: int, message_id: int, reply: Any) -> None:
        self.corrections.append(message_id)


def staged(world: World) -> tuple[Rehearsals, Stage]:
    stage: Any = Stage()
    return Rehearsals(world.clock, world.db, stage, Calls(Pace(world.clock))), stage


async def stored(world: World) -> str:
    return await world.db.read(lambda conn: "\n".join(conn.iterdump()))


async def until(stage: Stage, words: str) -> None:
    async with asyncio.timeout(10):
        while words not in stage.posts[-1]:
            stage.posted.clear()
            await stage.posted.wait()


async def test_all_is_played_once_and_nothing_is_stored(world: World) -> None:
    rehearsals, stage = staged(world)
    before = await stored(world)
    await rehearsals.begin(GUILD, SESSION.id, CHANNEL, Speed.FIVE_MINUTES)
    await until(stage, "rehearsal is over")
    assert len(stage.posts) == 7, "opening, card, four reminders, end"
    assert stage.corrections == [2, 2], "the card at the start and at the end"
    assert all("🎭" in post for post in stage.posts)
    assert await stored(world) == before
    stage.posts.clear()
    await rehearsals.begin(GUILD, SESSION.id, CHANNEL, Speed.BRISK)
    await rehearsals.close()


async def test_one_at_a_time_in_a_guild_until_it_is_stopped(world: World) -> None:
    rehearsals, stage = staged(world)
    stage.held = asyncio.Event()
    begun = await rehearsals.begin(GUILD, SESSION.id, CHANNEL, Speed.BRISK)
    with pytest.raises(Refusal, match="under way"):
        await rehearsals.begin(GUILD, SESSION.id, CHANNEL, Speed.BRISK)
    assert not rehearsals.stop(GUILD, "another")
    assert not rehearsals.stop(GUILD + 1, begun.token)
    assert rehearsals.stop(GUILD, begun.token)
    stage.held.set()
    await until(stage, "was stopped")
    assert not rehearsals.stop(GUILD, begun.token)


async def test_the_end_of_the_bot_is_silent(world: World) -> None:
    rehearsals, stage = staged(world)
    stage.held = asyncio.Event()
    await rehearsals.begin(GUILD, SESSION.id, CHANNEL, Speed.X60)
    await rehearsals.close()
    assert len(stage.posts) == 1


async def test_what_cannot_be_posted_is_refused_and_may_be_tried_again(world: World) -> None:
    rehearsals, stage = staged(world)
    stage.shut = True
    with pytest.raises(Refusal, match="I may not post"):
        await rehearsals.begin(GUILD, SESSION.id, CHANNEL, Speed.BRISK)
    with pytest.raises(Refusal, match="not here any more"):
        await rehearsals.begin(GUILD + 1, SESSION.id, CHANNEL, Speed.BRISK)
    with pytest.raises(Refusal, match="not here any more"):
        await rehearsals.begin(GUILD, SessionId("0" * 32), CHANNEL, Speed.BRISK)
    stage.shut = False
    await rehearsals.begin(GUILD, SESSION.id, CHANNEL, Speed.BRISK)
    await rehearsals.close()
