"""One deadline for all that is done before an interaction is answered, and what is said when saving takes longer."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.clock import Clock
from bot.domain.errors import Refusal

log = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds from the arrival of an interaction: leaves the rest of Discord's three to the network, both ways.
ANSWER_WITHIN = 2.3
SLOW = "Saving takes longer than usual. It may still be saved in a moment: please look before you do it again."

_late: set[asyncio.Task[Any]] = set()  # the loop itself keeps no hold on what nobody waits for


class Deadline:
    """Begins when it is made; for an interaction that waits for more than one thing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at = clock.monotonic() + ANSWER_WITHIN

    @property
    def left(self) -> float:
        """Real seconds, at least 0."""
        return max(self._at - self._clock.monotonic(), 0.0)


async def saved(work: Coroutine[Any, Any, T]) -> T:
    """What `work`, which writes and was not answered yet, returns; it goes on by itself when that takes too long.

    Raises:
        Refusal: it is not known yet whether it will be saved; the words say so.
    """
    task = asyncio.create_task(work)
    _late.add(task)
    task.add_done_callback(_late.discard)
    done, _ = await asyncio.wait({task}, timeout=ANSWER_WITHIN)
    if not done:
        log.warning("A change was not saved within %s s", ANSWER_WITHIN)
        task.add_done_callback(_report)
        raise Refusal(SLOW)
    return task.result()


def _report(task: asyncio.Task[Any]) -> None:
    """Nobody waits for it any more: what went wrong is at least on record."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("A change that took too long was not saved", exc_info=error)
