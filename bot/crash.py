"""The named points where a fault test ends the process; in production nothing happens at any of them."""

from collections.abc import Callable
from typing import TypeAlias

Crash: TypeAlias = Callable[[str], None]  # called with the name of the point, from whichever thread passes it


def no_crash(_: str, /) -> None:
    """Nothing happens at any point."""
