"""Spaces calls so that Discord's global limit is never met."""

from bot.clock import Clock

# 50 requests a second for one bot (Discord: topics/rate-limits, "Global Rate Limit"); discord.py does not keep to it by
# itself. In any one second at most RATE + BURST calls begin: 47, and room for three that were held up on their way, for
# what counts is when they arrive.
RATE = 45.5
BURST = 2


class Pace:
    """A token bucket: `BURST` calls may begin at once, then `RATE` in each second, in the order they asked."""

    def __init__(self, clock: Clock, rate: float = RATE, burst: int = BURST) -> None:
        self._clock = clock
        self._gap = 1 / rate
        self._slack = (burst - 1) * self._gap
        self._next = clock.monotonic()
        self._held_until = self._next

    async def turn(self) -> None:
        """Wait until one more call may begin."""
        while (wait := self._place() - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait)
            if self._held_until <= self._clock.monotonic():
                return

    def hold(self, seconds: float) -> None:
        """Let no call begin for so many seconds, whoever asks or waits already; then go on at the same rate."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)
        self._next = max(self._next, self._held_until + self._slack)

    def _place(self) -> float:
        """Take the next free place; the moment at which it may be used."""
        mine = max(self._next, self._clock.monotonic())
        self._next = mine + self._gap
        return mine - self._slack
