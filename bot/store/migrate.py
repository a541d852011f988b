"""Brings a database file to the present schema, and refuses files that are not ours."""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path

from bot.crash import Crash, no_crash

# In the file's header (PRAGMA application_id), so that a file of another program is never written to.
APPLICATION_ID = 0x53455353  # "SESS"

# Bytes of a file that is not looked through while the start waits; what is smaller takes some hundredths of a second.
LARGE = 4_000_000


# What SQLite keeps beside a database in WAL mode: only the log holds data of its own.
LOG, ROLLBACK = "-wal", "-journal"
WAY_OUT = "restore a backup with `python -m bot restore FILE`, or name another file"


class NotOurs(Exception):
    """The file must not be written to; `str()` says why, and the way out."""


def migrations() -> list[tuple[int, str]]:
    """All migrations, oldest first, as (number, SQL)."""
    files = resources.files("bot.store").joinpath("migrations").iterdir()
    return sorted((int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql"))


def check_file(path: Path) -> bool:
    """As `check`, for a file that nobody has opened yet: it and its log stay as they are, byte for byte.

    True when it is large and was closed well: then it is still to be looked through, before the first write.

    Raises:
        NotOurs: also when the file is empty or gone and its log is not: SQLite would throw that away.
        sqlite3.Error: the file cannot be opened.
    """
    if not _has_content(path):
        if _has_content(path.with_name(path.name + LOG)):
            raise NotOurs(
                f"the file is empty or gone, but what was last written ({path.name}{LOG}) is there; {WAY_OUT}"
            )
        return False
    # A connection that may write plays the log into the file when it is closed. After a rollback journal was left
    # behind, though, only such a one can read.
    mode = "rw" if _has_content(path.with_name(path.name + ROLLBACK)) else "ro"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)) as conn:
        recognise(conn)
        if _may_wait(path, conn):
            return True
        look_through(conn)
    return False


def _may_wait(path: Path, conn: sqlite3.Connection) -> bool:
    """To look it through would take long; to open and close it, nothing is written; and whoever had it closed it."""
    pages, size = (conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    journal = conn.execute("PRAGMA journal_mode").fetchone()[0]
    present = journal == "wal" and _header(conn) == (migrations()[-1][0], APPLICATION_ID)
    return bool(pages * size > LARGE and present and not _has_content(path.with_name(path.name + LOG)))


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def check(conn: sqlite3.Connection) -> None:
    """Raise NotOurs for a file that is damaged, another program's, or written by a newer release; change nothing."""
    look_through(conn)
    recognise(conn)


def look_through(conn: sqlite3.Connection) -> None:
    """Raise NotOurs for a damaged file. It is read from one end to the other: a third of a second for 80 MB."""
    with _readable():
        found = damage(conn)
    if found is not None:
        raise NotOurs(f"the file is damaged ({found}); {WAY_OUT}")


def damage(conn: sqlite3.Connection) -> str | None:
    """What a quick look at every page of the file finds wrong; None when it is sound."""
    found = str(conn.execute("PRAGMA quick_check(1)").fetchone()[0])
    return None if found == "ok" else found


def recognise(conn: sqlite3.Connection) -> None:
    """Raise NotOurs for a file that is another program's or written by a newer release; only the header is read."""
    with _readable():
        version, application = _header(conn)
        tables = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and tables:
        raise NotOurs("the file belongs to another program; name another file")
    newest = migrations()[-1][0]
    if version > newest:
        raise NotOurs(f"a newer release wrote it (schema {version}, this release knows {newest}); update the bot")


def former(conn: sqlite3.Connection) -> int | None:
    """The schema that `migrate` will bring to the present one; None for a new database and one that has it."""
    version, _ = _header(conn)
    return version if 0 < version < migrations()[-1][0] else None


def migrate(conn: sqlite3.Connection, crash: Crash = no_crash) -> None:
    """Apply what is missing, each migration in one transaction."""
    version, _ = _header(conn)
    for number, sql in migrations():
        if number > version:
            _apply(conn, number, sql, crash)


def _apply(conn: sqlite3.Connection, number: int, sql: str, crash: Crash = no_crash) -> None:
    conn.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(sql):
            conn.execute(statement)
        conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version={number}")
        crash("mid-migration")
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def _statements(sql: str) -> Iterator[str]:
    # executescript() would commit before it starts, so the statements are taken one by one.
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise NotOurs(f"the file is damaged or no database ({error}); {WAY_OUT}") from error


def _header(conn: sqlite3.Connection) -> tuple[int, int]:
    version: int = conn.execute("PRAGMA user_version").fetchone()[0]
    application: int = conn.execute("PRAGMA application_id").fetchone()[0]
    return version, application
