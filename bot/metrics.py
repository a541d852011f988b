"""Figures for Prometheus, at METRICS_ADDRESS; without it nothing of this is loaded and nothing listens.

Whoever has something to count takes a `Metrics`, which counts nothing; `Exposed` is the one that does.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

from bot.domain.reminders import BEFORE, DEFAULT_OFFSETS, TALK, minutes_before

if TYPE_CHECKING:
    from aiohttp import web

LATENESS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0, 3600.0, 6 * 3600.0)
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
PATH = "/metrics"
Gauges = Mapping[str, tuple[str, Callable[[], float]]]


class Metrics:
    """What happens, for whoever wants to know. Here nobody does."""

    def delivered(self, kind: str, result: str, late: float | None = None) -> None:
        """A reminder is settled; one that was posted came `late` seconds after its moment (by the bot's clock)."""

    def retried(self, kind: str) -> None:
        """A reminder is to be tried again."""

    def answered(self, seconds: float) -> None:
        """An answer to a session is on disk, so long after it was taken."""

    def lagged(self, seconds: float) -> None:
        """The event loop came so late to what was due."""

    def watch(self, gauges: Gauges) -> None:
        """Ask for these values, each with what it means, whenever somebody looks."""


NONE = Metrics()


class MetricsUnavailable(Exception):
    """METRICS_ADDRESS cannot be listened at; `str()` says why."""


class Exposed(Metrics):
    """Keeps the figures and serves them, in the event loop, while entered."""

    def __init__(self, address: tuple[str, int]) -> None:
        # Not loaded where nobody asked for figures.
        import platform  # noqa: PLC0415
        from importlib import metadata  # noqa: PLC0415

        import prometheus_client as prometheus  # noqa: PLC0415
        from aiohttp import web  # noqa: PLC0415

        self._host, self._port = address
        self.registry = prometheus.CollectorRegistry()
        self._gauge = prometheus.Gauge
        self._text = prometheus.generate_latest
        self._response = web.Response
        self._runner: web.ServerRunner | None = None
        prometheus.ProcessCollector(registry=self.registry)
        prometheus.PlatformCollector(registry=self.registry)
        build = prometheus.Info("community_bot_build", "What runs.", registry=self.registry)
        build.info({"python": platform.python_version(), "discord_py": metadata.version("discord.py")})
        self._delivered = prometheus.Counter(
            "community_bot_reminders", "Reminders that were settled.", ("kind", "result"), registry=self.registry
        )
        self._late = prometheus.Histogram(
            "community_bot_reminder_lateness_seconds",
            "From the moment a reminder was due to its post.",
            ("kind",),
            buckets=LATENESS,
            registry=self.registry,
        )
        self._retried = prometheus.Counter(
            "community_bot_reminder_retries",
            "Tries of reminders that came to nothing.",
            ("kind",),
            registry=self.registry,
        )
        self._answered = prometheus.Histogram(
            "community_bot_rsvp_seconds", "From a press to its commit.", buckets=QUICK, registry=self.registry
        )
        self._lagged = prometheus.Histogram(
            "community_bot_loop_lag_seconds", "How late the event loop comes.", buckets=QUICK, registry=self.registry
        )

    def delivered(self, kind: str, result: str, late: float | None = None) -> None:
        self._delivered.labels(_kind(kind), result).inc()
        if late is not None:
            self._late.labels(_kind(kind)).observe(max(late, 0.0))

    def retried(self, kind: str) -> None:
        self._retried.labels(_kind(kind)).inc()

    def answered(self, seconds: float) -> None:
        self._answered.observe(seconds)

    def lagged(self, seconds: float) -> None:
        self._lagged.observe(seconds)

    def watch(self, gauges: Gauges) -> None:
        for name, (words, value) in gauges.items():
            self._gauge(f"community_bot_{name}", words, registry=self.registry).set_function(value)

    async def __aenter__(self) -> Self:
        from aiohttp import web  # noqa: PLC0415

        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.2)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise MetricsUnavailable(
                f"METRICS_ADDRESS: {self._host} port {self._port} cannot be listened at ({error.strerror or error}); "
                "choose a free port, or leave it out"
            ) from None
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: "web.BaseRequest") -> "web.Response":
        if request.path != PATH:
            return self._response(status=404, text=f"The figures are at {PATH}.\n")
        if request.method not in ("GET", "HEAD"):
            return self._response(status=405, headers={"Allow": "GET, HEAD"})
        return self._response(body=self._text(self.registry), headers={"Content-Type": "text/plain; version=0.0.4"})


def _kind(kind: str) -> str:
    """Few names: moderators choose the minutes of reminders, and talks have ids."""
    if kind.startswith(TALK):
        return TALK.rstrip("-")
    if kind.startswith(BEFORE) and minutes_before(kind) not in DEFAULT_OFFSETS:
        return f"{BEFORE}other"
    return kind
