"""Ids that carry the sandbox's time and always rise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.clock import SandboxClock

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def lowest_id_at(moment: datetime) -> int:
    """The smallest id that a thing made in this millisecond can have."""
    return ((moment - EPOCH) // _MS) << 22


def moment_of(snowflake: int) -> datetime:
    return EPOCH + (snowflake >> 22) * _MS


class Snowflakes:
    """New ids from the clock; when the clock went back they go on from the last one."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._last = 0

    def new(self) -> int:
        self._last = max(lowest_id_at(self._clock.now()), self._last + 1)
        return self._last
