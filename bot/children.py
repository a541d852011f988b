"""Work that is done in a process of its own, which ends with it: Python's memory, time and faults stay there."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Ended:
    """What the child wrote to its standard output and error, and the code it ended with."""

    answer: bytes
    complaint: bytes
    code: int


async def run(
    module: str, asked: bytes, *, seconds: float, passed_on: Sequence[str], more: Mapping[str, str] | None = None
) -> Ended:
    """Run `python -m module`, with `asked` as its standard input.

    All it knows of the bot's surroundings are the variables named in `passed_on`, and `more`: above all not the token.

    Raises:
        TimeoutError: it took longer than `seconds`, and was killed.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in passed_on if name in os.environ} | dict(more or {}),
        cwd=ROOT,
    )
    try:
        async with asyncio.timeout(seconds):
            answer, complaint = await process.communicate(asked)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ended(answer, complaint, process.returncode)
