"""Paints in a process of its own, which ends when the picture is done: the bot never loads what paints.

python -m bot.painting    reads what to paint as JSON from standard input, writes a PNG to standard output
"""

import asyncio
import json
import logging
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot import children
from bot.ui.pictures import answers_over_time

log = logging.getLogger(__name__)

TIMEOUT = 20.0  # seconds; a picture takes one or two
KEPT = 8  # pictures that are kept for whoever asks for the same again, of some 40 kB each
PNG = b"\x89PNG"
# All that a painter may know of the bot's surroundings: above all not the token.
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "TEMP", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONPATH", "TZDIR")


class Painter:
    """One picture at a time, so that a guild that asks for many does not take the machine from the others."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def answers_over_time(self, arguments: Mapping[str, Any]) -> bytes | None:
        """The picture of ui.pictures.answers_over_time as PNG, or None when it could not be made: the log says why."""
        asked = json.dumps(arguments).encode()
        async with self._turn:
            picture = self._kept.get(asked) or await self._painted(asked)
        if picture is not None:
            self._kept[asked] = picture
            self._kept.move_to_end(asked)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return picture

    async def _painted(self, asked: bytes) -> bytes | None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="community-bot-")
        # matplotlib keeps its list of fonts there; without it each picture would look for them anew.
        return await _paint(asked, {"MPLCONFIGDIR": self._folder.name})


async def _paint(asked: bytes, more: dict[str, str]) -> bytes | None:
    try:
        done = await children.run("bot.painting", asked, seconds=TIMEOUT, passed_on=_PASSED_ON, more=more)
    except TimeoutError:
        log.warning("A picture was not painted within %d seconds", TIMEOUT)
        return None
    if done.code == 0 and done.answer.startswith(PNG):
        return done.answer
    log.error("A picture was not painted: %s", done.complaint.decode(errors="replace")[-2000:].strip())
    return None


def main() -> None:
    """Paint once."""
    sys.stdout.buffer.write(answers_over_time(**json.load(sys.stdin)))


if __name__ == "__main__":
    main()
