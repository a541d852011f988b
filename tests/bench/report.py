"""The report: tables to read, and a picture of how far each goal is reached."""

import io
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import discord
from matplotlib.figure import Figure

from tests.bench.size import Size
from tests.bench.table import Part, Row, table

FOLDER = Path(__file__).parent
WIDTH, DPI = 800, 160  # pixels as shown, and so that it is sharp on fine screens
ROOM = 0.8  # of a bar that its words fit into
SHOWN = 2.0  # longer bars are cut: so far beyond the goal it is not worth comparing
BEYOND, BEHIND, INK, PALE, PAPER = "#2b8a5f", "#c8452f", "#24292f", "#8b949e", "#ffffff"


def report(parts: Sequence[Part], size: Size) -> str:
    """In Markdown."""
    rows = [row for part in parts for row in part.rows]
    missed = [row for row in rows if not row.reached]
    lines = [
        "# What `make bench` measured",
        "",
        (
            f"On a machine with {os.cpu_count()} cores, Python {platform.python_version()}, discord.py "
            f"{discord.__version__}, {datetime.now(UTC):%d %B %Y}. Medians of {size.rounds} rounds; what stands beside "
            "each other was measured in turn, with the sandbox in another process. "
            f"{len(rows) - len(missed)} of {len(rows)} lines are as they should be."
        ),
        "",
    ]
    for part in parts:
        lines += [f"## {part.title}", "", part.words, "", table(part.rows)]
    for part in parts:
        if part.details:
            lines += [f"## {part.title}: each operation", "", table(part.details)]
    return "\n".join(lines)


def picture(parts: Sequence[Part]) -> bytes:
    """A bar for each goal that is a number: how far beyond it we are. PNG."""
    rows = [row for part in parts for row in part.rows if row.goal]
    height = 70 + 34 * len(rows)
    figure = Figure(figsize=(WIDTH / 100, height / 100), dpi=DPI, facecolor=PAPER)
    axes = figure.add_axes((0.44, 36 / height, 0.53, 1 - 72 / height), facecolor=PAPER)
    places = range(len(rows))
    axes.barh(
        places,
        [min(row.score, SHOWN) for row in rows],
        height=0.62,
        color=[BEYOND if row.reached else BEHIND for row in rows],
        zorder=2,
    )
    axes.axvline(1, color=INK, linewidth=1, zorder=0)
    for place, row in zip(places, rows, strict=True):
        inside = row.score > ROOM
        at = 0.03 if inside else row.score + 0.03
        axes.text(
            *(at, place, _beyond(row)),
            va="center",
            fontsize=8.5,
            color=PAPER if inside else INK,
            bbox=None if inside else {"facecolor": PAPER, "edgecolor": "none", "pad": 1},
        )
    axes.text(1, -0.75, "goal", ha="center", va="bottom", fontsize=9, color=INK)
    axes.set_yticks(list(places), [_wrapped(row.what) for row in rows], fontsize=8.5, color=INK)
    axes.set_xticks([])
    axes.set_xlim(0, SHOWN)
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(PALE)
    figure.text(
        0.97,
        10 / height,
        "Longer is better; a bar beyond the line reaches its goal.",
        ha="right",
        fontsize=8,
        color=INK,
    )
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", facecolor=PAPER)
    return drawn.getvalue()


def save(text: str, drawn: bytes) -> None:
    (FOLDER / "report.md").write_text(f"{text}\n![How far each goal is reached](report.png)\n", "utf-8")
    (FOLDER / "report.png").write_bytes(drawn)


def _beyond(row: Row) -> str:
    return f"{row.told().split(' (')[0]}, goal {row.told_goal()}"


def _wrapped(what: str) -> str:
    words, lines = what.replace("`", "").split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 46:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)
