from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.lookback import PAGES, look_back
from bot.delivery.sender import PAGE, Seen
from tests.delivery.fake_discord import FakeDiscord, HandClock, Message

MARK = "rm:key:"
REACH = PAGE * PAGES


def discord_with(older: int, newer: int) -> tuple[FakeDiscord, int, int]:
    """A channel with our post between messages of others; its id, and the id just before it."""
    discord = FakeDiscord(HandClock(datetime(2022, 5, 23, tzinfo=UTC)))
    discord.chatter(1, older)
    floor = discord.new_id()
    post = Message(discord.new_id(), own=True, custom_ids=("rm:other:x", f"{MARK}session:online"))
    discord.messages.setdefault(1, []).append(post)
    discord.chatter(1, newer)
    return discord, post.id, floor


async def found(discord: FakeDiscord, floor: int, mark: str = MARK) -> int | None:
    async def pages(*, before: int | None = None, after: int | None = None) -> list[Seen]:
        return await discord.page(1, before=before, after=after)

    return await look_back(pages, mark, floor)


@given(older=st.integers(0, 30), newer=st.integers(0, 2 * REACH - 1))
async def test_with_a_floor_it_is_found_among_a_thousand(older: int, newer: int) -> None:
    discord, post, floor = discord_with(older, newer)
    assert await found(discord, floor) == post
    assert discord.calls.count("page") <= 2 * PAGES


@pytest.mark.parametrize(("newer", "expected"), [(0, True), (REACH - 1, True), (REACH, False)])
async def test_without_a_floor_five_pages_are_read(newer: int, expected: bool) -> None:
    discord, post, _ = discord_with(5, newer)
    assert await found(discord, 0) == (post if expected else None)
    assert discord.calls.count("page") <= PAGES


async def test_what_is_older_than_the_floor_or_not_ours_is_not_it() -> None:
    discord, post, _ = discord_with(0, 10)
    assert await found(discord, post) is None
    assert await found(discord, 0, "rm:ke:") is None
    discord.messages[1][0].own = False
    assert await found(discord, 0) is None


async def test_an_empty_channel() -> None:
    discord = FakeDiscord(HandClock(datetime(2022, 5, 23, tzinfo=UTC)))
    assert await found(discord, 0) is None
    assert await found(discord, 7) is None
