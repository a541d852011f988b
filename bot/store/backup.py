"""Copies of the database: made while the bot writes, looked through, and put back."""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.crash import Crash, no_crash
from bot.store import migrate

FOLDER = "backups"
# What SQLite keeps beside a database in WAL mode; stale ones would be played into a restored file.
_BESIDE = ("-wal", "-shm", "-journal")


def back_up(database: Path, target: Path, crash: Crash = no_crash) -> None:
    """Write a consistent copy of `database` to `target` and look it through; blocking, readers and writers go on.

    SQLite's own backup: copying the file of a running WAL database would tear it (sqlite.org/backup).

    Raises:
        migrate.NotOurs: the copy is damaged, so the database is; what was there as `target` stays.
        sqlite3.Error, OSError: it could not be read or written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    try:
        _copy(database, draft)
        crash("mid-backup")
        draft.replace(target)
        _sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def keep_former(database: Path, version: int) -> None:
    """Copy a database with an older schema before it is migrated: `backups/community-schema-3.db`, never pruned.

    Raises:
        sqlite3.Error, OSError: it could not be copied, so it must not be migrated.
    """
    target = database.parent / FOLDER / f"{database.stem}-schema-{version}.db"
    if not target.exists():
        back_up(database, target)


def check_not_emptied(database: Path) -> None:
    """Raise NotOurs for an empty file of which there are backups: it was not empty, and must not be begun anew."""
    emptied = database.exists() and database.stat().st_size == 0
    if emptied and copies(database.parent / FOLDER, database.stem):
        raise migrate.NotOurs(f"the file is empty, but there are backups of it; {migrate.WAY_OUT}, or remove it")


def prune(folder: Path, stem: str, keep: int) -> list[Path]:
    """Remove all but the `keep` newest copies of `stem` in `folder` and return what was removed."""
    found = copies(folder, stem)
    old = found[: max(len(found) - keep, 0)]
    for path in old:
        path.unlink()
    return old


def prune_drafts(folder: Path, stem: str, before: float) -> None:
    """Remove what copies that were cut off have left, last written to before that moment (seconds since 1970)."""
    for path in folder.glob(f"{stem}-????????T??????Z.db.part"):
        if path.stat().st_mtime < before:
            path.unlink()


def copies(folder: Path, stem: str) -> list[Path]:
    """The daily copies, oldest first: their names sort by time."""
    return sorted(folder.glob(f"{stem}-????????T??????Z.db"))


def name_at(stem: str, moment: datetime) -> str:
    """`community-20220524T080000Z.db`; the moment is in UTC."""
    return f"{stem}-{moment:%Y%m%dT%H%M%SZ}.db"


def restore(backup: Path, database: Path, aside: Path, crash: Crash = no_crash) -> None:
    """Put `backup` in the place of `database`, of which a copy is kept as `aside`; nobody else may hold it.

    There is a complete database under its name at every moment; from the renaming of the draft on, whoever opens it
    next brings the restore to its end.

    Raises:
        migrate.NotOurs: `backup` is damaged, another program's or from a newer release; nothing was changed.
        sqlite3.Error, OSError: it could not be read or written; nothing was changed.
    """
    draft = database.with_name(database.name + ".part")
    draft.unlink(missing_ok=True)
    try:
        _copy(backup, draft)
        _keep(database, aside)
        crash("mid-restore")
        draft.replace(_decided(database))
        _sync(database.parent)
    finally:
        draft.unlink(missing_ok=True)
    finish_restore(database, crash)


def finish_restore(database: Path, crash: Crash = no_crash) -> None:
    """Do what is left of a restore that was decided; without one, nothing. Raises OSError."""
    decided = _decided(database)
    if not decided.exists():
        return
    crash("mid-restore")
    for ending in _BESIDE:
        database.with_name(database.name + ending).unlink(missing_ok=True)
    crash("mid-restore")
    decided.replace(database)
    _sync(database.parent)


def _decided(database: Path) -> Path:
    return database.with_name(database.name + ".restored")


def _keep(database: Path, aside: Path) -> None:
    """Copy the files of a database as they are, damaged ones too."""
    made = []
    try:
        for ending in ("", *_BESIDE):
            present = database.with_name(database.name + ending)
            if present.exists():
                made.append(aside.with_name(aside.name + ending))
                shutil.copyfile(present, made[-1])
                _sync(made[-1])
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise FileNotFoundError(f"there is no file {source}")
    with closing(_opened(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
        # A file of its own that nobody writes to needs no log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    with closing(sqlite3.connect(target)) as copy:
        migrate.check(copy)
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        version = copy.execute("PRAGMA user_version").fetchone()[0]
    if found != "ok" or version == 0:
        raise migrate.NotOurs(f"{source} is damaged or empty ({found}, schema {version})")
    _sync(target)


def _opened(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        migrate.check(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
