"""Makes the calls to Discord: paced, a limited number at once, one at a time in each channel, none for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.delivery.pace import Pace
from bot.delivery.sender import Limited, Unsure

T = TypeVar("T")

AT_ONCE = 32
TIMEOUT = 20.0  # seconds with discord.py's own retries; by itself it would wait five minutes for an answer


class Calls:
    """The one gate for all that delivery asks of Discord.

    A call that takes the last token of a channel's bucket waits in the library until the bucket is filled again: as
    one channel has one call under way, it holds one of the slots and not the queue.
    """

    def __init__(self, pace: Pace, *, at_once: int = AT_ONCE, timeout: float | None = None) -> None:
        self._pace = pace
        self._slots = asyncio.Semaphore(at_once)
        self._timeout = TIMEOUT if timeout is None else timeout
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def make(self, target_id: int, call: Callable[[], Awaitable[T]]) -> T:
        """Await `call()`, which is about the channel or the person `target_id`.

        Raises:
            Unsure: it took too long.
            NotSent: what the call raised.
        """
        lane = self._lanes.setdefault(target_id, asyncio.Lock())
        async with lane, self._slots:
            await self._pace.turn()
            try:
                async with asyncio.timeout(self._timeout):
                    return await call()
            except Limited as error:
                if error.everywhere:
                    self._pace.hold(error.seconds)
                raise
            except TimeoutError as error:
                raise Unsure("Discord did not answer in time") from error
