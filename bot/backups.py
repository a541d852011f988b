"""Backups: one a day while the bot runs, and by hand `python -m bot backup` and `restore`."""

import asyncio
import logging
import sqlite3
import sys
from pathlib import Path

from bot import exits
from bot.clock import Clock
from bot.crash import Crash, no_crash
from bot.instance import AlreadyRunning, InstanceLock
from bot.settings import Settings
from bot.store import backup
from bot.store.migrate import NotOurs

log = logging.getLogger(__name__)

DAY = 86_400.0  # real seconds
LOOK = 3_600.0
FAILURES = (NotOurs, sqlite3.Error, OSError)


async def back_up_daily(database: Path, keep: int, clock: Clock, crash: Crash = no_crash) -> None:
    """Keep `keep` copies, a new one every day the bot runs, until cancelled; 0: make none.

    A copy that cannot be made is said in the log and tried again within the hour; the bot goes on.
    """
    while keep:
        try:
            await asyncio.to_thread(_daily, database, keep, crash)
        except FAILURES as error:
            log.warning("The daily backup could not be made: %s", error)
        await clock.sleep(LOOK)
    await asyncio.Event().wait()


def _daily(database: Path, keep: int, crash: Crash) -> None:
    """A copy, unless the newest is younger than a day: a bot that restarts often keeps the old ones.

    Names and ages follow the machine's own time, not a clock that was moved for a rehearsal.
    """
    folder, now = database.parent / backup.FOLDER, Clock().now()
    present = backup.copies(folder, database.stem)
    if present and now.timestamp() - present[-1].stat().st_mtime < DAY:
        return
    backup.back_up(database, folder / backup.name_at(database.stem, now), crash)
    backup.prune(folder, database.stem, keep)
    backup.prune_drafts(folder, database.stem, before=now.timestamp() - LOOK)


def by_hand(settings: Settings, target: Path | None, crash: Crash = no_crash) -> int:
    """`python -m bot backup [FILE]`: also while the bot runs. Returns the exit code."""
    database = settings.database_path
    path = target or database.parent / backup.FOLDER / backup.name_at(database.stem, Clock().now())
    if path.exists():
        return _say(f"Nothing was written: {path} is there already.", exits.DATA)
    try:
        backup.back_up(database, path, crash)
    except FAILURES as error:
        return _say(f"No backup was made: {error}", exits.DATA)
    sys.stdout.write(f"Backed up and looked through: {path}\n")
    return exits.OK


def restore(settings: Settings, file: Path, crash: Crash = no_crash) -> int:
    """`python -m bot restore FILE`: while the bot does not run. Returns the exit code."""
    database = settings.database_path
    aside = database.with_name(f"{database.name}.before-restore-{Clock().now():%Y%m%dT%H%M%SZ}")
    try:
        with InstanceLock(database):
            backup.restore(file, database, aside, crash)
    except AlreadyRunning as error:
        return _say(f"Nothing was restored: {error}. Stop it first.", exits.TRY_LATER)
    except FAILURES as error:
        return _say(f"Nothing was restored: {error}", exits.DATA)
    kept = f" What was there is kept as {aside}." if aside.exists() else ""
    sys.stdout.write(
        f"Restored {database} from {file}.{kept} At its next start the bot looks for what it has posted.\n"
    )
    return exits.OK


def _say(words: str, code: int) -> int:
    sys.stderr.write(f"{words}\n")
    return code
