"""How much is measured: all of it, a look, or just enough to see that everything works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    rounds: int = 7
    warm: bool = True  # a round before them that is not counted
    calls: int = 600  # of each row of rates, in a round
    presses: int = 500
    press_seconds: float = 10.0
    channels: int = 500
    burst_wait: float = 2.0  # seconds on the bot's clock between a jump and what is due
    pending: tuple[int, int] = (10, 100_000)
    settle: float = 1.5  # seconds between READY and a look at memory
    sessions: tuple[int, int] = (10, 1_000)
    answers: int = 100  # of each session
    repeats: int = 15  # of each operation, in a round

    def numbers(self) -> range:
        """Of the rounds; what comes before 0 only warms up."""
        return range(-1 if self.warm else 0, self.rounds)


FULL = Size()
QUICK = Size(rounds=3, calls=200, presses=150, press_seconds=3.0, channels=100, pending=(10, 10_000), repeats=7)
TINY = Size(
    rounds=1,
    warm=False,
    calls=8,
    presses=12,
    press_seconds=0.3,
    channels=3,
    burst_wait=0.3,
    pending=(4, 40),
    settle=0.0,
    sessions=(3, 6),
    answers=4,
    repeats=1,
)
