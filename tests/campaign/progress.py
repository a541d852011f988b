"""How far a campaign is: one line that is written anew on a terminal, and a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

WIDTH = 30
OFTEN = 0.2  # seconds between two looks of the line on a terminal
SELDOM = 15.0  # and between two lines in a file


class Progress:
    """Rounds of one part."""

    def __init__(self, part: str, rounds: int, stream: TextIO) -> None:
        self._part = part
        self._rounds = rounds
        self._stream = stream
        self._done = 0
        self._began = self._shown = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def __call__(self, done: int) -> None:
        """So many more rounds are done."""
        self._done += done
        if time.monotonic() - self._shown >= (OFTEN if self._stream.isatty() else SELDOM):
            self._show()

    def end(self) -> None:
        self._show()
        if self._stream.isatty():
            self._stream.write("\n")

    def _show(self) -> None:
        self._shown = time.monotonic()
        line = self.line()
        self._stream.write(f"\r\033[K{line}" if self._stream.isatty() else f"{line}\n")
        self._stream.flush()

    def line(self) -> str:
        share = self._done / self._rounds if self._rounds else 1.0
        bar = "#" * round(share * WIDTH)
        left = f", {_clock(self.seconds / share - self.seconds)} to go" if 0 < share < 1 else ""
        return f"{self._part:<10} [{bar:<{WIDTH}}] {self._done:,} of {self._rounds:,}, {_clock(self.seconds)}{left}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
