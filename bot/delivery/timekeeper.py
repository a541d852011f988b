"""Notices a clock that was put forward or back, and one that cannot be right at all."""

import logging
from datetime import UTC, datetime, timedelta

from bot.clock import Clock

log = logging.getLogger(__name__)

JUMP = timedelta(seconds=30)
# This program is newer than that. A machine without a clock of its own starts in 1970, and is put right later.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)


class Timekeeper:
    """Looked at with every scan; keeps what the clock showed at the last look."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: tuple[datetime, float, float] | None = None
        self._refused = False

    def look(self) -> bool:
        """Log a jump. False as long as the machine's clock is wrong for sure: then nothing is due by it."""
        now, real, speed = self._clock.now(), self._clock.monotonic(), self._clock.speed
        if self._last is not None and self._last[2] == speed:
            self._compare(now - self._last[0] - timedelta(seconds=(real - self._last[1]) * speed))
        self._last = (now, real, speed)
        wrong = not self._clock.moved and now < EARLIEST
        if wrong and not self._refused:
            log.critical("The machine's clock shows %s, which cannot be. Nothing is posted until it is right.", now)
        if self._refused and not wrong:
            log.warning("The machine's clock is right again: what is due is posted")
        self._refused = wrong
        return not wrong

    def _compare(self, jump: timedelta) -> None:
        if abs(jump) <= JUMP:
            return
        # A clock that is moved on purpose (a rehearsal, the sandbox) is no trouble.
        level = logging.INFO if self._clock.moved else logging.WARNING
        log.log(
            level,
            "The clock was put %s by %s, or the machine slept",
            "back" if jump < timedelta() else "forward",
            abs(jump),
        )
