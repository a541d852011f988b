"""One deadline for all that is done before a press is answered."""

from bot.clock import Clock

# Seconds from the arrival of an interaction: leaves the rest of Discord's three to the network, both ways.
ANSWER_WITHIN = 2.3


class Deadline:
    """Begins when it is made; for an interaction that waits for more than one thing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at = clock.monotonic() + ANSWER_WITHIN

    @property
    def left(self) -> float:
        """Real seconds, at least 0."""
        return max(self._at - self._clock.monotonic(), 0.0)
