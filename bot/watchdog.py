"""Notices that the event loop is stuck, and says in the log where, from a thread that does not need the loop."""

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Self

from bot.clock import Clock

log = logging.getLogger(__name__)

BEAT = 0.5  # seconds between two signs of life, and between two looks at them
LIMIT = 1.0  # seconds without one: presses of Discord's users have three in all


class Watchdog:
    """Watches the loop it is entered in, until it is left. `lag` is told how late each sign of life came."""

    def __init__(
        self, clock: Clock, lag: Callable[[float], None] | None = None, *, beat: float = BEAT, limit: float = LIMIT
    ) -> None:
        self._clock = clock
        self._lag = lag
        self._beat = beat
        self._limit = limit
        self._seen = clock.monotonic()
        self._stop = threading.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._seen = self._clock.monotonic()
        self._next()
        # A daemon, so that it never is what keeps the process from ending.
        self._thread = threading.Thread(target=self._watch, args=(threading.get_ident(),), name="watchdog", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._thread is not None:
            self._thread.join()

    def _next(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._beat, self._sign)

    def _sign(self) -> None:
        now = self._clock.monotonic()
        if self._lag is not None:
            self._lag(max(now - self._seen - self._beat, 0.0))
        self._seen = now
        self._next()

    def _watch(self, loop_thread: int) -> None:
        said = 0.0  # the sign of life after which it was said that there is none
        while not self._stop.wait(self._beat):
            seen = self._seen
            if said and seen != said:
                log.warning("The event loop goes on; it was stuck for about %.1f s", seen - said)
                said = 0.0
            silent = self._clock.monotonic() - seen
            if silent > self._limit and seen != said:
                said = seen
                log.error("The event loop has been stuck for %.1f s, here:\n%s", silent, _stack(loop_thread))


def _stack(thread: int) -> str:
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the documented way to another thread's stack
    return "(the thread is gone)" if frame is None else "".join(traceback.format_stack(frame)).rstrip()
