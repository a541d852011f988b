"""The command line: `python -m bot [run | check | import FILE | backup [FILE] | restore FILE | health]`."""

import argparse
import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from bot import backups, exits, health
from bot.clock import Clock
from bot.crash import Crash, no_crash
from bot.settings import Settings, SettingsError, load_settings

log = logging.getLogger("bot")


def main(arguments: list[str] | None = None, crash: Crash = no_crash) -> int:
    """Run one command and return its exit code (bot/exits.py). `crash` is called at the named points (bot/crash.py)."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "check":
            return _check()
        settings = load_settings()
    except SettingsError as error:
        return _complain("These settings cannot be used:", error.problems, exits.CONFIG)
    if options.command == "import":
        return _import(settings, options.file)
    if options.command == "backup":
        return backups.by_hand(settings, options.file, crash)
    if options.command == "restore":
        return backups.restore(settings, options.file, crash)
    if options.command == "health":
        return _health(settings)
    return _run(settings, crash)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bot", description="A Discord bot for sessions with talks.")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="")
    commands.add_parser("run", help="run the bot (the default); without DISCORD_TOKEN, beside the sandbox")
    commands.add_parser("check", help="look at settings, programme files and database, and say what is wrong")
    importing = commands.add_parser("import", help="bring a programme file into the database of the home guild")
    importing.add_argument("file", type=Path, help="a TOML file like data/desci-berlin.toml")
    backing_up = commands.add_parser("backup", help="copy the database and look the copy through; the bot may run")
    backing_up.add_argument("file", type=Path, nargs="?", help="where to; backups/ beside the database if left out")
    restoring = commands.add_parser("restore", help="put a backup in the place of the database; the bot must not run")
    restoring.add_argument("file", type=Path, help="a file that backup has written")
    commands.add_parser("health", help="exit 0 if the running bot is well, 1 if not (for Docker and systemd)")
    return parser


def _run(settings: Settings, crash: Crash) -> int:
    gc.disable()  # what is loaded and made at the start stays; bot.run lets the collector begin after it
    from bot.run import run  # noqa: PLC0415 - the other commands do without discord.py's second of loading

    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(run(settings, crash))
    except KeyboardInterrupt:
        return exits.OK


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


def _check() -> int:
    from bot.checks import run_checks  # noqa: PLC0415

    checks = asyncio.run(run_checks())
    for check in checks:
        mark = ("ok  ", "FAIL")[not check.ok]
        if sys.stdout.isatty():
            mark = f"\033[{32 if check.ok else 31}m{mark}\033[0m"
        sys.stdout.write(f"{mark} {check.title}: {check.words}\n")
    return exits.OK if all(check.ok for check in checks) else exits.CONFIG


def _import(settings: Settings, file: Path) -> int:
    from bot.importing import import_file  # noqa: PLC0415

    return asyncio.run(import_file(settings, file))


def _health(settings: Settings) -> int:
    problem = health.read(settings.database_path, monotonic=Clock().monotonic())
    sys.stdout.write(f"{problem or 'well'}\n")
    return 1 if problem else 0


def _complain(heading: str, problems: list[str], code: int) -> int:
    sys.stderr.write("\n".join([heading, *(f"  - {problem}" for problem in problems)]) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
