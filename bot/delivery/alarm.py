"""The alarm clock: APScheduler rings once, at the next moment that something is due.

The rows are the schedule, and a plain loop looks at them every few seconds whatever happens here; the alarm only
makes posts punctual. So it holds one job in memory, and nothing is lost with it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.clock import Clock

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

_JOB = "next-due"


class Alarm:
    """Calls `ring` in the event loop at the moment last set."""

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> None:
        # Loaded while the login is on its way, which does not wait for it.
        from apscheduler.jobstores.memory import MemoryJobStore  # noqa: PLC0415
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415

        # Without a grace of None a late job is dropped after one second: apscheduler#146.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def set(self, moment: datetime | None) -> None:
        """Ring at `moment` of the bot's clock, at the latest in a day, and at no other time; None: not at all."""
        if self._scheduler is None:
            return
        if moment is not None:
            when = self._clock.real_time_of(moment)
            self._scheduler.add_job(self._rung, "date", run_date=when, id=_JOB, replace_existing=True)
        elif self._scheduler.get_job(_JOB) is not None:
            self._scheduler.remove_job(_JOB)

    async def _rung(self) -> None:  # a coroutine, because APScheduler runs plain functions in a thread
        self._ring()
