"""Runs the bot as its own process under two rules of the tests: loopback only, and death at a named point.

`CRASH_AT=name` or `CRASH_AT=name:3` (the third time) kills the process there with SIGKILL, as a power cut would.
"""

import os
import runpy
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
runpy.run_path(str(ROOT / "tests" / "conftest.py"))  # installs the audit hook against other addresses

from bot.__main__ import main  # noqa: E402 - the hook comes first

_name, _, _count = os.environ.get("CRASH_AT", "").partition(":")
_left = int(_count or 1)


def crash(name: str) -> None:
    global _left  # noqa: PLW0603 - one counter for the life of this process
    if name == _name:
        _left -= 1
        if _left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(crash=crash))
