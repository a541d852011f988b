"""A file is brought to the present schema, or refused without a byte of it being changed."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store import migrate
from bot.store.database import Database


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [number for number, _ in migrate.migrations()] == list(range(1, len(migrate.migrations()) + 1))


async def test_a_new_file_gets_the_schema_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.db"
    for _ in range(2):
        database = await Database.open(path)
        version = await database.read(lambda conn: conn.execute("PRAGMA user_version").fetchone()[0])
        await database.close()
        assert version == migrate.migrations()[-1][0]


def test_every_table_is_strict() -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrate.migrate(conn)
    tables = conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    conn.close()
    assert tables
    assert [name for name, sql in tables if not sql.rstrip().rpartition(")")[2].lstrip().startswith("STRICT")] == []


def test_a_migration_that_fails_leaves_the_version_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    good = migrate.migrations()
    bad = (good[-1][0] + 1, "CREATE TABLE extra (id INTEGER) STRICT;\nCREATE TABLE guild (id INTEGER) STRICT;\n")
    monkeypatch.setattr(migrate, "migrations", lambda: [*good, bad])
    conn = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="guild"):
        migrate.migrate(conn)
    assert conn.execute("PRAGMA user_version").fetchone() == (good[-1][0],)
    assert conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)
    conn.close()


def _another_programs(path: Path) -> None:
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE songs (id INTEGER)")
    conn.commit()
    conn.close()


def _newer(path: Path) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    migrate.migrate(conn)
    conn.execute("PRAGMA user_version=9999")
    conn.close()


def _no_database(path: Path) -> None:
    path.write_bytes(b"This is a letter, not a database. " * 100)


def _damaged(path: Path) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    migrate.migrate(conn)
    conn.executemany("INSERT INTO guild (guild_id, community) VALUES (?, ?)", [(n, "x" * 500) for n in range(500)])
    conn.close()
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = b"\xa5" * 20_000
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_another_programs, "another program"),
        (_newer, "newer release"),
        (_no_database, "no database"),
        (_damaged, "damaged"),
    ],
)
async def test_a_file_that_is_not_ours_is_refused_and_untouched(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "file.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(migrate.NotOurs, match=words):
        await Database.open(path)
    assert path.read_bytes() == before


async def test_an_empty_file_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "file.db"
    path.touch()
    database = await Database.open(path)
    await database.close()
    assert path.stat().st_size > 0
