"""What a campaign found, as a small table that can be read where it lies."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from tests.campaign.tally import Tally

HEADING = """# The last campaign

`python -m tests.campaign --seed {seed}{short}` on {day}, Python {python}, {cores} cores, {minutes:.0f} minutes.
Every column but the first two is to be zero.

| part | rounds | lost | doubled | corrupt | unanswered |
|-|-:|-:|-:|-:|-:|
"""


def table(tallies: Sequence[tuple[Tally, float]], *, seed: int, short: bool, day: date) -> str:
    """The report in Markdown; `tallies` with the seconds that each took."""
    minutes = sum(seconds for _, seconds in tallies) / 60
    cores, python = os.cpu_count(), platform.python_version()
    head = HEADING.format(
        seed=seed, short=" --short" * short, day=day, python=python, cores=cores, minutes=max(minutes, 1)
    )
    lines = [_line(tally) for tally, _ in tallies]
    return head + "\n".join(lines) + "\n\n" + "\n".join(_more(tally, seconds) for tally, seconds in tallies) + "\n"


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _line(tally: Tally) -> str:
    counts = (tally.rounds, tally.lost, tally.doubled, tally.corrupt, tally.unanswered)
    return f"| {tally.part} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def _more(tally: Tally, seconds: float) -> str:
    did = ", ".join(f"{what} {count:,}" for what, count in sorted(tally.did.items()))
    return f"- **{tally.part}** ({seconds:,.0f} s): " + "; ".join([*([did] if did else []), *tally.notes])
