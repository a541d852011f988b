import asyncio
import time
from datetime import timedelta

from bot.clock import Clock
from bot.delivery.alarm import Alarm
from tests.delivery.world import START


async def test_it_rings_at_the_moment_last_set_by_the_bots_clock() -> None:
    # A thousand times as fast as real time: an hour of the bot's is 3.6 seconds.
    clock = Clock(START, speed=1000)
    rung: list[float] = []
    ringing = asyncio.Event()

    def ring() -> None:
        rung.append((clock.now() - START).total_seconds())
        ringing.set()

    alarm = Alarm(clock, ring)
    alarm.start()
    alarm.set(START + timedelta(hours=5))
    alarm.set(START + timedelta(minutes=5))
    await asyncio.wait_for(ringing.wait(), 5)
    alarm.stop()
    assert len(rung) == 1
    assert 299 <= rung[0] < 1800


async def test_a_moment_long_past_rings_at_once_and_none_does_not() -> None:
    clock = Clock(START)
    ringing = asyncio.Event()
    alarm = Alarm(clock, ringing.set)
    alarm.start()
    alarm.set(START + timedelta(seconds=0.05))
    alarm.set(None)
    alarm.set(None)
    await asyncio.sleep(0.1)
    assert not ringing.is_set()
    alarm.set(START - timedelta(days=30))
    await asyncio.wait_for(ringing.wait(), 5)
    alarm.stop()


async def test_it_still_rings_when_the_bot_was_held_up_at_the_moment() -> None:
    clock = Clock(START)
    ringing = asyncio.Event()
    alarm = Alarm(clock, ringing.set)
    alarm.start()
    alarm.set(START + timedelta(seconds=0.05))
    await asyncio.sleep(0)
    time.sleep(1.3)  # noqa: ASYNC251 - the event loop stands still: by itself, APScheduler waits for a second only
    await asyncio.wait_for(ringing.wait(), 5)
    alarm.stop()
