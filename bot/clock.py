"""The only source of time; rehearsals, the sandbox and the tests move it."""

import asyncio
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC time that may have been moved and may run at another speed.

    Without `start` it is the machine's own clock. With it, time began at `start` when the clock was made
    and passes `speed` times as fast as real time (0: it stands still).
    """

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._anchor: tuple[datetime, float] | None = None
        self._speed = speed
        if start is not None or speed != 1.0:
            self._anchor = ((start or datetime.now(UTC)).astimezone(UTC), time.monotonic())

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def moved(self) -> bool:
        """Whether it is another than the machine's own clock."""
        return self._anchor is not None

    def now(self) -> datetime:
        if self._anchor is None:
            return datetime.now(UTC)
        start, since = self._anchor
        return start + timedelta(seconds=(time.monotonic() - since) * self._speed)

    def monotonic(self) -> float:
        """Real seconds that only rise, whatever was done to the clock: for pauses, deadlines of calls and rates."""
        return time.monotonic()

    def real_time_of(self, moment: datetime) -> datetime:
        """When, by the machine's own clock, this clock will show `moment` (now, if it is past).

        Where that never comes (a clock that stands still) or lies too far off to be a date, the answer is a day
        ahead: whoever waits looks again then.
        """
        return datetime.now(UTC) + timedelta(seconds=self.real_seconds_until(moment))

    def real_seconds_until(self, moment: datetime) -> float:
        """Real seconds from now until `moment`, between 0 and one day."""
        left = (moment - self.now()).total_seconds()
        if left <= 0:
            return 0.0
        seconds = left / self._speed if self._speed > 0 else math.inf
        return min(seconds, 86_400.0)

    async def sleep(self, seconds: float) -> None:
        """Wait for real seconds."""
        await asyncio.sleep(seconds)

    def move(self, now: datetime, speed: float) -> None:
        """Set the time and the speed, and tell all listeners."""
        self._anchor = (now.astimezone(UTC), time.monotonic())
        self._speed = speed
        for listener in self._listeners:
            listener()

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call `listener` (from the event loop) whenever the clock is moved."""
        self._listeners.append(listener)
