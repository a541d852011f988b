import asyncio

import pytest

from bot.clock import Clock
from bot.domain.errors import Refusal
from cogs import deadline
from cogs.deadline import ANSWER_WITHIN, Deadline, saved


async def test_what_takes_too_long_goes_on_and_the_words_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "ANSWER_WITHIN", 0.01)
    gate, written = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        await gate.wait()
        written.set()

    with pytest.raises(Refusal, match="may still be saved"):
        await saved(write())
    gate.set()
    await asyncio.wait_for(written.wait(), 1)
    await asyncio.sleep(0)
    assert deadline._late == set()


async def test_what_is_saved_in_time_is_handed_on_with_its_refusals() -> None:
    async def write(*, fails: bool) -> str:
        if fails:
            raise Refusal("no")
        return "done"

    assert await saved(write(fails=False)) == "done"
    with pytest.raises(Refusal, match="no"):
        await saved(write(fails=True))


def test_one_deadline_is_shared_by_all_that_wait() -> None:
    shared = Deadline(Clock())
    assert 0 < shared.left <= ANSWER_WITHIN
