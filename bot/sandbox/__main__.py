"""Starts the sandbox: `python -m bot.sandbox`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import signal
import sys

from bot.sandbox.core import Settings
from bot.sandbox.intents import PRIVILEGED
from bot.sandbox.server import Server
from bot.sandbox.wire import parse_iso

try:
    from uvloop import new_event_loop
except ImportError:  # platforms without it
    from asyncio import new_event_loop  # type: ignore[assignment]  # either makes a loop

DEFAULTS = Settings()


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    add = parser.add_argument
    add("--host", default=DEFAULTS.host, help="address to listen on (default: %(default)s)")
    add("--port", type=int, default=DEFAULTS.port, help="port to listen on, 0 = any free one (default: %(default)s)")
    add("--token", default=DEFAULTS.token, help="the bot token that is taken (default: %(default)s)")
    add("--clock-start", type=parse_iso, metavar="ISO", help="start the clock at this instant (default: now)")
    add("--clock-speed", type=float, default=1.0, help="how fast the clock goes, 0 = it stands (default: 1)")
    add("--moment", action="append", default=[], metavar="LABEL=ISO", help="a moment that the page offers to jump to")
    add("--nonce-window", type=float, default=DEFAULTS.nonce_window, help="seconds that a nonce is remembered")
    add("--answer-seconds", type=float, default=DEFAULTS.answer_seconds, help="seconds for the first answer")
    add("--token-seconds", type=float, default=DEFAULTS.token_seconds, help="seconds that an interaction lives")
    add("--no-rate-limits", action="store_true", help="refuse nothing for being too fast")
    add("--privileged-intents", action="store_true", help="let the bot use the privileged intents")
    add("--until-stdin-closes", action="store_true", help="end when whoever started it is gone")
    return parser


def settings(arguments: argparse.Namespace) -> Settings:
    """Raises ValueError for a moment that is not LABEL=ISO."""
    moments = []
    for text in arguments.moment:
        label, _, at = text.rpartition("=")
        if not label:
            raise ValueError(f"--moment {text!r} is not LABEL=ISO")
        moments.append((label, parse_iso(at)))
    return Settings(
        host=arguments.host,
        port=arguments.port,
        token=arguments.token,
        clock_start=arguments.clock_start,
        clock_speed=arguments.clock_speed,
        moments=tuple(moments),
        nonce_window=arguments.nonce_window,
        answer_seconds=arguments.answer_seconds,
        token_seconds=arguments.token_seconds,
        rate_limits=not arguments.no_rate_limits,
        privileged=PRIVILEGED if arguments.privileged_intents else 0,
    )


async def serve(chosen: Settings, *, until_stdin_closes: bool = False) -> None:
    """Listen until a signal asks to end, or until nobody holds our standard input any more."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends the process by itself
            loop.add_signal_handler(number, ended.set)
    if until_stdin_closes:
        loop.add_reader(sys.stdin.fileno(), ended.set)
    async with Server(chosen) as server:
        sys.stdout.write(f"sandbox ready {server.base_url}\n")
        sys.stdout.flush()
        # messages and journals live long: looking through them again and again would only cost answers their time
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        await ended.wait()


def main() -> int:
    reader = parser()
    arguments = reader.parse_args()
    try:
        chosen = settings(arguments)
    except ValueError as problem:
        reader.error(str(problem))
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(serve(chosen, until_stdin_closes=arguments.until_stdin_closes))
    except OSError as problem:
        sys.stderr.write(f"The sandbox cannot listen on {chosen.host}:{chosen.port}: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
