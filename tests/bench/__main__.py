"""`make bench`: our bot beside a bare discord.py client, and beside itself with less to carry; in turn, in rounds."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from tests.bench import burst, crowd, growth, pending, rates, starts
from tests.bench.report import picture, report, save
from tests.bench.size import FULL, QUICK, Size
from tests.bench.table import Part

Say = Callable[[str], None]
PARTS: dict[str, Callable[[Size, Say], Awaitable[Part]]] = {
    "rates": rates.measure,
    "starts": starts.measure,
    "crowd": crowd.measure,
    "burst": burst.measure,
    "pending": pending.measure,
    "growth": growth.measure,
}


class Progress:
    """One line that says where we are, on a terminal; elsewhere a line for each step."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._live = sys.stderr.isatty()

    def of(self, name: str) -> Say:
        place = f"{self._names.index(name) + 1}/{len(self._names)} {name}"

        def say(words: str) -> None:
            sys.stderr.write(f"\r\x1b[K{place}: {words}" if self._live else f"{place}: {words}\n")
            sys.stderr.flush()

        return say

    def done(self) -> None:
        if self._live:
            sys.stderr.write("\r\x1b[K")


async def bench(names: Sequence[str], size: Size) -> list[Part]:
    """Measure these parts, one after the other."""
    progress = Progress(names)
    parts = []
    for name in names:
        progress.of(name)("begins")
        parts.append(await PARTS[name](size, progress.of(name)))
    progress.done()
    return parts


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    made.add_argument("--rounds", type=int, help="of each measurement (default: 7)")
    made.add_argument("--only", choices=PARTS, action="append", help="measure this part alone; may be given again")
    made.add_argument("--quick", action="store_true", help="a look: few rounds, small numbers; implies --no-save")
    made.add_argument("--no-save", action="store_true", help="leave the report and the picture as they are")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    size = QUICK if options.quick else FULL
    size = replace(size, rounds=options.rounds) if options.rounds else size
    names = [name for name in PARTS if not options.only or name in options.only]
    parts = asyncio.run(bench(names, size))
    text = report(parts, size)
    sys.stdout.write(text)
    if not options.no_save and not options.quick and len(names) == len(PARTS):
        save(text, picture(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
