"""Spaces calls so that Discord's global limit is never met."""

from bot.clock import Clock

# 50 requests a second for one bot (Discord: topics/rate-limits, "Global Rate Limit"); discord.py does not keep to it by
# itself. In any one second at most RATE + BURST calls begin.
RATE = 45.0
BURST = 5


class Pace:
    """A token bucket: `BURST` calls may begin at once, then `RATE` in each second, in the order they asked."""

    def __init__(self, clock: Clock, rate: float = RATE, burst: int = BURST) -> None:
        self._clock = clock
        self._gap = 1 / rate
        self._slack = (burst - 1) * self._gap
        self._next = clock.monotonic()

    async def turn(self) -> None:
        """Wait until one more call may begin."""
        now = self._clock.monotonic()
        mine = max(self._next, now)
        self._next = mine + self._gap
        if (wait := mine - self._slack - now) > 0:
            await self._clock.sleep(wait)
