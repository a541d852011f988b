"""Pictures as PNG; matplotlib takes a second and 100 MB to load, so only the process of bot/painting.py calls this."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.stats import WAITING

SIZE = (9.0, 4.5)  # inches
DPI = 110

# Told apart also by who sees few colours: they differ in brightness (Okabe and Ito), and the lines in their dashes.
_COLOURS = {"in_person": "#0072B2", WAITING: "#56B4E9", "online": "#009E73", "maybe": "#E69F00", "declined": "#999999"}
_DASHES = {"in_person": "-", WAITING: ":", "online": "--", "maybe": "-.", "declined": (0, (1, 2))}


def answers_over_time(
    series: Mapping[str, Sequence[int]], moments: Sequence[int], labels: Mapping[str, str], zone: str, starts_at: int
) -> bytes:
    """Steps of each group over time, in the session's zone; its start is marked where the curve reaches it.

    Args:
        series: the counts of each group, one for each of `moments`.
        moments: seconds since 1970, rising.
        labels: what each group is called.
        zone: an IANA zone.
        starts_at: the start of the session, in seconds since 1970.
    """
    # Here, not above: whoever only asks for the words of /stats does not load it.
    from matplotlib import dates  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes: Any = figure.subplots()
    untyped: Any = dates  # its classes have no types
    local = ZoneInfo(zone)
    times = [datetime.fromtimestamp(moment, UTC).astimezone(local) for moment in moments]
    for name, counts in series.items():
        style = {"color": _COLOURS[name], "linestyle": _DASHES[name]}
        axes.step(times, counts, where="post", label=labels[name], linewidth=2, **style)
    start = datetime.fromtimestamp(starts_at, UTC).astimezone(local)
    if times[0] <= start <= times[-1]:
        axes.axvline(start, color="#555555", linewidth=1)
        axes.annotate("start", (start, 1), xycoords=("data", "axes fraction"), xytext=(4, -12), **_SMALL)
    locator = untyped.AutoDateLocator(tz=local, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator, tz=local))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.set_ylim(bottom=0)
    axes.set_ylabel("People")
    axes.set_xlabel(zone.replace("_", " "))
    axes.grid(visible=True, axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False)
    stored = io.BytesIO()
    figure.savefig(stored, format="png")
    return stored.getvalue()


_SMALL: dict[str, Any] = {"textcoords": "offset points", "fontsize": 9, "color": "#555555"}
