"""The alarm clock: APScheduler rings once, at the next moment that something is due.

The rows are the schedule, and a plain loop looks at them every few seconds whatever happens here; the alarm only
makes posts punctual. So it holds one job in memory, and nothing is lost with it.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.clock import Clock

_JOB = "next-due"


class Alarm:
    """Calls `ring` in the event loop at the moment last set."""

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        # Without a grace of None a late job is dropped after one second: apscheduler#146.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def set(self, moment: datetime | None) -> None:
        """Ring at `moment` of the bot's clock, at the latest in a day, and at no other time; None: not at all."""
        if moment is None:
            if self._scheduler.get_job(_JOB) is not None:
                self._scheduler.remove_job(_JOB)
            return
        trigger = DateTrigger(self._clock.real_time_of(moment), timezone=UTC)
        self._scheduler.add_job(self._rung, trigger, id=_JOB, replace_existing=True)

    async def _rung(self) -> None:  # a coroutine, because APScheduler runs plain functions in a thread
        self._ring()
