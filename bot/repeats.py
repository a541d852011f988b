"""Remembers which interactions have come, since Discord may deliver one several times (reference, "Consistency").

Only the first of them is handled: a second answer would be refused, or, where it comes first, take the place of the
one that says what has happened.
"""

from collections import OrderedDict

REMEMBERED = 1_024  # far more than may be under way in the three seconds in which an answer is taken


class Repeats:
    """The ids of the newest interactions."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._seen: OrderedDict[int, None] = OrderedDict()

    def again(self, interaction_id: int) -> bool:
        """Whether this one has come before; from here on it has."""
        if interaction_id in self._seen:
            return True
        self._seen[interaction_id] = None
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        return False
