"""Runs the bot as its own process under three rules of the tests: loopback only, death at a named point, no long waits.

`BLOCK_AT=name` stops the event loop there for `BLOCK_FOR` seconds, once.
`CRASH_AT=name` or `CRASH_AT=name:3` (the third time) kills the process there with SIGKILL, as a power cut would; with
`CRASH_WHEN=file` only what happens once that file is there counts.
`CONSTANTS={"bot.delivery.calls.TIMEOUT": 1}` gives constants other values, so that a test need not wait that long.
With `--nursery FD` it loads everything and then forks bots as they are ordered through that socket.
"""

import faulthandler
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.loopback import keep_to_loopback

keep_to_loopback()

from bot.__main__ import main  # noqa: E402 - guarded from its first import on


class Crash:
    """Dies, or stands still, at the named point."""

    def __init__(self, point: str, when: str) -> None:
        self._name, _, count = point.partition(":")
        self._left = int(count or 1)
        self._when = Path(when) if when else None
        self._block_at = os.environ.get("BLOCK_AT", "")

    def __call__(self, name: str) -> None:
        if name == self._block_at:
            self._block_at = ""
            time.sleep(float(os.environ["BLOCK_FOR"]))
        if name == self._name and (self._when is None or self._when.exists()):
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


async def identify_at_once(*_: object, **__: object) -> None:
    """The library waits five seconds before it identifies anew, which Discord wants and the sandbox does not."""


def wait_less() -> None:
    """Shorten the waits that leave Discord time: the sandbox shows a post at once, and is well again at once."""
    import discord  # noqa: PLC0415

    import bot.run  # noqa: PLC0415
    from bot.delivery import lookback, room, setbacks  # noqa: PLC0415 - other commands do without a second of loading
    from bot.store import room as store_room  # noqa: PLC0415

    lookback.SECOND_LOOK = 0.2
    setbacks.FIRST_PAUSE = 0.5
    bot.run.HEALTH_EVERY = 0.3
    room.FIRST = room.LOOK = 0.3
    store_room.RETRY = 0.5
    discord.Client.before_identify_hook = identify_at_once  # type: ignore[method-assign] # the library's own place
    for name, value in json.loads(os.environ.get("CONSTANTS", "{}")).items():
        module, _, constant = name.rpartition(".")
        if not hasattr(importlib.import_module(module), constant):
            sys.exit(f"CONSTANTS: there is no {name}")
        setattr(importlib.import_module(module), constant, value)


def start_often() -> None:
    """A test may start and kill as many bots as it likes.

    Where that is what is tested, `STARTS_FREE` says how many, and `STARTS_PAUSE` how many seconds the next one waits.
    """
    from bot import starts  # noqa: PLC0415

    starts.FREE = int(os.environ.get("STARTS_FREE", "1000"))
    starts.FREE_A_DAY = starts.FREE + 1000
    starts.FIRST_PAUSE = timedelta(seconds=float(os.environ.get("STARTS_PAUSE", "0.3")))


def fork_as_ordered() -> None:
    """Returns in the children only."""
    import bot.run  # noqa: F401, PLC0415 - what a bot loads is loaded here, once
    from tests.e2e.nursery import Forks  # noqa: PLC0415

    gc.freeze()  # the children need not look through all that again and again
    with socket.socket(fileno=int(sys.argv[2])) as orders:
        if not Forks(orders).serve():
            sys.exit()
    del sys.argv[1:]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--nursery"]:
        fork_as_ordered()
    if len(sys.argv) == 1:
        wait_less()
        start_often()
        if hasattr(signal, "SIGUSR1"):
            faulthandler.register(signal.SIGUSR1)  # says where it stands, for a test that waits in vain
    sys.exit(main(crash=Crash(os.environ.get("CRASH_AT", ""), os.environ.get("CRASH_WHEN", ""))))
