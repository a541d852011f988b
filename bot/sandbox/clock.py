"""The sandbox's own time: it can be set, moved on, sped up and stopped."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

OLDEST = datetime(2015, 1, 2, tzinfo=UTC)  # Discord's ids count from 2015 on
LATEST = datetime(2150, 1, 1, tzinfo=UTC)  # the last century that ids have room for


class SandboxClock:
    """Simulated time = anchor + speed * monotonic seconds since the anchor was set."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        self._anchor = (start or datetime.now(UTC)).astimezone(UTC)
        self._since = time.monotonic()
        self.speed = speed

    def now(self) -> datetime:
        return self._anchor + timedelta(seconds=(time.monotonic() - self._since) * self.speed)

    def change(self, *, now: datetime | None = None, advance: float = 0.0, speed: float | None = None) -> None:
        """Set the time, move it on by seconds (also backwards), change its speed (0 stops it).

        Raises ValueError for a time that Discord's ids cannot hold and for a negative speed.
        """
        try:
            target = (now or self.now()) + timedelta(seconds=advance)
        except OverflowError as problem:
            raise ValueError("that is too far away") from problem
        if not OLDEST <= target <= LATEST:
            raise ValueError(f"the clock goes from {OLDEST:%Y} to {LATEST:%Y}")
        if speed is not None and speed < 0:
            raise ValueError("speed must be 0 or more")
        self._anchor, self._since = target, time.monotonic()
        self.speed = self.speed if speed is None else speed
