"""The campaign: faults by the hundred, and what came of them. `python -m tests.campaign`; `--short` takes a minute."""

from __future__ import annotations

import argparse
import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.campaign import report
from tests.campaign.parts import PARTS, run_here, run_spread
from tests.campaign.progress import Progress
from tests.campaign.tally import Order, Tally

REPORT = Path(__file__).parent / "report.md"


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser("python -m tests.campaign", description=__doc__)
    add = found.add_argument
    add("--seed", default="", metavar="N", help="the seed of an earlier run, or N:R to repeat its round R")
    add("--short", action="store_true", help="the rounds that `make test` does")
    add("--only", default=",".join(PARTS), metavar="PARTS", help="some of: %(default)s")
    add("--scale", type=float, default=1.0, metavar="X", help="so many times the rounds, 0.1 for a tenth")
    add(
        "--workers", type=int, default=min(os.cpu_count() or 1, 4), metavar="N", help="processes (default: %(default)s)"
    )
    add("--report", type=Path, default=None, metavar="FILE", help=f"where to (default: {REPORT.name} beside this file)")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the parts asked for; returns 1 when anything was lost, doubled, corrupt or unanswered."""
    reader = parser()
    chosen = reader.parse_args(arguments)
    names = [name.strip() for name in chosen.only.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PARTS]:
        reader.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    try:
        seed, single = _seed(chosen.seed)
    except ValueError:
        reader.error(f"--seed {chosen.seed}: it is a number, or two with a colon between them")
    if single is not None and len(names) != 1:
        reader.error("one round is of one part: name it with --only")
    _say(f"seed {seed}")
    tallies = []
    for name in names:
        rounds = PARTS[name].short if chosen.short else max(round(PARTS[name].long * chosen.scale), 1)
        numbers = range(rounds) if single is None else range(single, single + 1)
        tallies.append(_run(name, seed, numbers, chosen.workers))
    text = report.table(tallies, seed=seed, short=chosen.short, day=datetime.now(UTC).date())
    sys.stdout.write("\n" + text)
    if single is None:
        report.write(chosen.report or REPORT, text)
    return 0 if all(tally.clean for tally, _ in tallies) else 1


def _seed(text: str) -> tuple[int, int | None]:
    if not text:
        return random.randrange(1_000_000), None
    seed, _, number = text.partition(":")
    return int(seed), int(number) if number else None


def _run(name: str, seed: int, rounds: range, workers: int) -> tuple[Tally, float]:
    progress = Progress(name, len(rounds), sys.stderr)
    order = Order(seed, rounds, progress)
    tally = run_spread(name, order, workers) if min(len(rounds), workers) > 1 else run_here(name, order)
    progress.end()
    for failure in tally.failures:
        _say(failure)
    return tally, progress.seconds


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
