"""Brings a database file to the present schema, and refuses files that are not ours."""

import contextlib
import sqlite3
from collections.abc import Iterator
from importlib import resources

from bot.crash import Crash, no_crash

# In the file's header (PRAGMA application_id), so that a file of another program is never written to.
APPLICATION_ID = 0x53455353  # "SESS"


class NotOurs(Exception):
    """The file must not be written to; `str()` says why, and the way out."""


def migrations() -> list[tuple[int, str]]:
    """All migrations, oldest first, as (number, SQL)."""
    files = resources.files("bot.store").joinpath("migrations").iterdir()
    return sorted((int(file.name[:4]), file.read_text("utf-8")) for file in files if file.name.endswith(".sql"))


def check(conn: sqlite3.Connection) -> None:
    """Raise NotOurs for a file that is damaged, another program's, or written by a newer release; change nothing."""
    look_through(conn)
    recognise(conn)


def look_through(conn: sqlite3.Connection) -> None:
    """Raise NotOurs for a damaged file. It is read from one end to the other: a third of a second for 80 MB."""
    with _readable():
        damage = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    if damage != "ok":
        raise NotOurs(f"the file is damaged ({damage}); restore a backup, or name another file")


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


def is_present(conn: sqlite3.Connection) -> bool:
    """Whether the file has the present schema, and nothing has to be written to open it."""
    journal = conn.execute("PRAGMA journal_mode").fetchone()[0]
    return bool(journal == "wal" and _header(conn) == (migrations()[-1][0], APPLICATION_ID))


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
        raise NotOurs(
            f"the file is damaged or no database ({error}); restore a backup, or name another file"
        ) from error


def _header(conn: sqlite3.Connection) -> tuple[int, int]:
    version: int = conn.execute("PRAGMA user_version").fetchone()[0]
    application: int = conn.execute("PRAGMA application_id").fetchone()[0]
    return version, application
