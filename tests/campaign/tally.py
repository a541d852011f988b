"""What a part of the campaign is asked to do, and what it reports.

Each part is a module with one entry, `async def run(order: Order) -> Tally`. It does the rounds that the order names
and tells the progress after each. A round takes all its chance from `order.rng(number)`, so that the seed and the
number repeat it; what it finds wrong is noted with `tally.fault(number, ...)` and the part goes on with the next round.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Kind: TypeAlias = Literal["lost", "doubled", "corrupt", "unanswered"]
KINDS: tuple[Kind, ...] = ("lost", "doubled", "corrupt", "unanswered")
SHOWN = 20  # failures that are told in full


def _nobody(_: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Order:
    """Do these rounds; `range(17, 18)` repeats the one round 17."""

    seed: int
    rounds: range
    progress: Callable[[int], None] = _nobody  # told how many rounds were done since it was told last

    def rng(self, number: int) -> random.Random:
        """The chance of one round."""
        return random.Random(f"{self.seed}:{number}")


@dataclass(slots=True)
class Tally:
    """What a part counted. Whatever is wrong is one of four kinds; what is wrong in another way counts as corrupt.

    `did` counts what was exercised (kills, presses, posts), so that zeros can be told from a part that did nothing.
    """

    part: str
    seed: int
    rounds: int = 0
    lost: int = 0
    doubled: int = 0
    corrupt: int = 0
    unanswered: int = 0
    did: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def fault(self, number: int, kind: Kind, words: str, count: int = 1) -> None:
        """Note what went wrong in a round, with how to do that round again."""
        setattr(self, kind, getattr(self, kind) + count)
        if len(self.failures) < SHOWN:
            again = f"python -m tests.campaign --only {self.part} --seed {self.seed}:{number}"
            self.failures.append(f"{self.part}, round {number}: {kind}: {words}\n    again: {again}")

    @property
    def clean(self) -> bool:
        return not any(getattr(self, kind) for kind in KINDS)

    def add(self, other: Tally) -> None:
        """Take in what another worker counted for the same part."""
        self.rounds += other.rounds
        for kind in KINDS:
            setattr(self, kind, getattr(self, kind) + getattr(other, kind))
        self.did += other.did
        self.notes += [note for note in other.notes if note not in self.notes]
        self.failures = [*self.failures, *other.failures][:SHOWN]
