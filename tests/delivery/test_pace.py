import asyncio
from datetime import UTC, datetime

from bot.delivery.pace import Pace
from tests.delivery.fake_discord import HandClock


class Waiting(HandClock):
    """Notes how long each caller was told to wait, while no time passes."""

    def __init__(self) -> None:
        super().__init__(datetime(2022, 5, 23, tzinfo=UTC))
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def test_never_more_than_50_calls_begin_in_any_second() -> None:
    clock = Waiting()
    pace = Pace(clock)
    await asyncio.gather(*(pace.turn() for _ in range(500)))
    begins = [0.0] * (500 - len(clock.waits)) + clock.waits
    assert begins == sorted(begins)
    for first in begins:
        assert sum(first <= begin < first + 1 for begin in begins) <= 50
    assert begins[-1] < 500 / 50 * 1.12


async def test_after_a_quiet_time_no_more_than_the_burst_is_saved_up() -> None:
    clock = Waiting()
    pace = Pace(clock, rate=10, burst=2)
    await pace.turn()
    clock.real += 3600
    for _ in range(4):
        await pace.turn()
    assert [round(wait, 3) for wait in clock.waits] == [0.1, 0.2]


async def test_a_pause_is_for_all_and_ends_as_slowly_as_ever() -> None:
    clock = HandClock(datetime(2022, 5, 23, tzinfo=UTC))
    pace = Pace(clock)
    pace.hold(60)
    begun = []
    for _ in range(100):
        await pace.turn()
        begun.append(clock.real - 1000)
    assert begun[0] >= 60
    for first in begun:
        assert sum(first <= begin < first + 1 for begin in begun) <= 50
