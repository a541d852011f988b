"""Damaged, foreign, newer and older databases, and the power failing at any byte (rows 22, 23 and 40)."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.store import facts, migrate
from bot.store.database import Database
from tests.e2e.conftest import World, eventually
from tests.faults.acts import journal

ROWS = 400
NAME = "community.db"
Damage = Callable[[random.Random, Path], None]


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database as a killed bot leaves it: part of it stands in the write-ahead log alone."""
    folder = tmp_path_factory.mktemp("whole")
    with closing(sqlite3.connect(folder / "made.db", isolation_level=None)) as conn:
        migrate.migrate(conn)
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("BEGIN")
        for number in range(ROWS):
            facts.put(conn, f"fact {number}", "x" * 300)
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for number in range(ROWS, ROWS + 20):
            facts.put(conn, f"fact {number}", "x" * 300)
        for ending in ("", "-wal"):
            shutil.copy(folder / f"made.db{ending}", folder / f"{NAME}{ending}")
    return folder


def _flip(chance: random.Random, path: Path, first: int, last: int, count: int = 1) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(count):
        at = chance.randrange(first, min(last, len(data)))
        data[at] ^= chance.randrange(1, 256)
    path.write_bytes(data)


def without_log(path: Path) -> None:
    """What stands in the log heals the file: pages are read from there."""
    path.with_name(path.name + "-wal").unlink()


def header(chance: random.Random, path: Path) -> None:
    without_log(path)
    _flip(chance, path, 0, 100, count=3)


def page(chance: random.Random, path: Path) -> None:
    first = chance.randrange(1, path.stat().st_size // 4096) * 4096
    _flip(chance, path, first, first + 4096, count=60)


def page_header(chance: random.Random, path: Path) -> None:
    first = chance.randrange(1, path.stat().st_size // 4096) * 4096
    _flip(chance, path, first, first + 8, count=4)


def overwritten(chance: random.Random, path: Path) -> None:
    data = bytearray(path.read_bytes())
    first = chance.randrange(0, len(data) - 4096)
    data[first : first + 4096] = chance.randbytes(4096)
    path.write_bytes(data)


def cut_off(chance: random.Random, path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(chance.randrange(1, path.stat().st_size))


def emptied(chance: random.Random, path: Path) -> None:
    path.write_bytes(b"")


def log_flipped(chance: random.Random, path: Path) -> None:
    _flip(chance, path.with_name(path.name + "-wal"), 0, 1 << 30, count=chance.choice((1, 20)))


def log_cut_off(chance: random.Random, path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    with log.open("r+b") as file:
        file.truncate(chance.randrange(log.stat().st_size))


def a_letter(chance: random.Random, path: Path) -> None:
    path.write_bytes(b"This is a letter, not a database. " * chance.randrange(1, 300))


def another_programs(chance: random.Random, path: Path) -> None:
    path.unlink()
    without_log(path)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE songs (id INTEGER)")


def newer(chance: random.Random, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(f"PRAGMA user_version={migrate.migrations()[-1][0] + chance.randrange(1, 50)}")


DAMAGES: dict[Damage, int] = {
    header: 40,
    page: 35,
    page_header: 30,
    overwritten: 20,
    cut_off: 30,
    emptied: 1,
    log_flipped: 25,
    log_cut_off: 15,
    a_letter: 2,
    another_programs: 1,
    newer: 2,
}
HARMLESS = (log_flipped, log_cut_off)  # the log is read up to the first page that is not whole: no more was committed
ALWAYS = (emptied, a_letter, another_programs, newer)


def test_there_are_two_hundred_kinds_of_damage() -> None:
    assert sum(DAMAGES.values()) >= 200


def _contents(folder: Path) -> dict[str, bytes]:
    """The database and its log; what SQLite keeps in memory (-shm) is no data."""
    files = [each for each in folder.iterdir() if not each.name.endswith("-shm")]
    return {each.name: each.read_bytes() for each in files if each.stat().st_size or each.name == NAME}


async def _opened(path: Path) -> str | None:
    """The words of the refusal, or None when it was opened; then it has its rows."""
    try:
        database = await Database.open(path)
    except migrate.NotOurs as refusal:
        return str(refusal)
    found = await database.read(lambda conn: conn.execute("SELECT count(*) FROM fact").fetchone()[0])
    await database.close()
    assert ROWS <= found <= ROWS + 20, "a new database was made over the old one"
    return None


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
async def test_a_damaged_file_is_refused_and_left_as_it_is(damage: Damage, whole: Path, tmp_path: Path) -> None:
    refused = 0
    for seed in range(DAMAGES[damage]):
        folder = tmp_path / str(seed)
        folder.mkdir()
        for ending in ("", "-wal"):
            shutil.copy(whole / f"{NAME}{ending}", folder)
        damage(random.Random(f"{damage.__name__} {seed}"), folder / NAME)
        before = _contents(folder)
        words = await _opened(folder / NAME)
        if words is not None:
            refused += 1
            assert _contents(folder) == before, f"seed {seed}: {words}"
            assert any(way in words for way in ("python -m bot restore", "name another file", "update the bot")), words
    if damage in HARMLESS:
        assert refused == 0
    elif damage in ALWAYS:
        assert refused == DAMAGES[damage]
    else:  # bytes that nobody reads, or that are text, cannot be told from others; and the log heals some
        assert refused > DAMAGES[damage] / 4


async def test_the_bot_says_how_to_restore_and_leaves_the_file_alone(world: World, whole: Path) -> None:
    for ending in ("", "-wal"):
        shutil.copy(whole / f"{NAME}{ending}", world.folder)
    cut_off(random.Random(3), world.folder / NAME)
    before = (world.folder / NAME).read_bytes()
    bot = await world.start_bot(ready=False)
    assert await bot.ended() == 65
    assert "python -m bot restore" in bot.text
    assert "Traceback" not in bot.text
    assert (world.folder / NAME).read_bytes() == before
    assert not await journal(world), "nothing was asked of Discord"


async def test_an_emptied_file_of_which_there_are_backups_is_not_begun_anew(world: World) -> None:
    bot = await world.start_bot()

    async def backed_up() -> bool:
        return bool(list((world.folder / "backups").glob("*.db")))

    await eventually(backed_up, why="the daily backup")
    await bot.stop()
    path = world.folder / NAME
    path.write_bytes(b"")
    bot = await world.start_bot(ready=False)
    assert await bot.ended() == 65
    assert "python -m bot restore" in bot.text
    assert path.read_bytes() == b""
    path.unlink()  # whoever wants to begin anew says so like this
    await world.start_bot()


async def test_what_was_confirmed_survives_a_power_cut_at_any_byte(tmp_path: Path) -> None:
    """The log is only ever appended to, and synced before a write is confirmed: a cut leaves a beginning of it,
    perhaps with rubbish behind. Whether the disk does as it is told by the sync is not for us to test."""
    path, log = tmp_path / NAME, tmp_path / f"{NAME}-wal"
    database = await Database.open(path)
    assert await database._writer.run(lambda conn: conn.execute("PRAGMA synchronous").fetchone()) == (2,)
    await database._writer.run(lambda conn: conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
    confirmed: list[int] = []  # how long the log was when each write was
    for number in range(40):
        await database.write(facts.put, f"fact {number:02}", "x" * (number * 97 % 5000))
        confirmed.append(log.stat().st_size)
    kept, written = path.read_bytes(), log.read_bytes()
    await database.close()
    assert confirmed == sorted(confirmed)
    chance = random.Random(5)
    cuts = {
        *confirmed,
        *(each + chance.randrange(-30, 30) for each in confirmed),
        *chance.sample(range(len(written)), 40),
    }
    for cut in sorted(each for each in cuts if 0 <= each <= len(written)):
        folder = tmp_path / "after"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / NAME).write_bytes(kept)
        (folder / f"{NAME}-wal").write_bytes(written[:cut] + chance.randbytes(chance.choice((0, 700, 5000))))
        with closing(sqlite3.connect(folder / NAME)) as conn:
            assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = [name for (name,) in conn.execute("SELECT name FROM fact WHERE name LIKE 'fact %' ORDER BY name")]
        assert found == [f"fact {number:02}" for number in range(len(found))]
        assert len(found) >= sum(length <= cut for length in confirmed), f"cut at byte {cut}"


VERSIONS = [number for number, _ in migrate.migrations()]


def old_database(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        with patch.object(migrate, "migrations", return_value=migrate.migrations()[:version]):
            migrate.migrate(conn)
        conn.execute("INSERT INTO guild (guild_id, community) VALUES (7, 'Ours')")
        assert conn.execute("PRAGMA user_version").fetchone() == (version,)


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_schema_there_was_is_brought_up_after_a_backup(version: int, tmp_path: Path) -> None:
    path = tmp_path / NAME
    old_database(path, version)
    database = await Database.open(path)
    found = await database.read(lambda conn: conn.execute("SELECT guild_id, community FROM guild").fetchall())
    now = await database.read(lambda conn: conn.execute("PRAGMA user_version").fetchone())
    await database.close()
    assert found == [(7, "Ours")]
    assert now == (VERSIONS[-1],)
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
    kept = list((tmp_path / "backups").glob("*")) if version < VERSIONS[-1] else []
    assert [each.name for each in kept] == ([f"community-schema-{version}.db"] if version < VERSIONS[-1] else [])
    for copy in kept:
        with closing(sqlite3.connect(copy)) as conn:
            assert conn.execute("PRAGMA user_version").fetchone() == (version,)
            assert conn.execute("SELECT community FROM guild").fetchall() == [("Ours",)]


async def test_where_no_backup_can_be_made_nothing_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / NAME
    old_database(path, 1)
    (tmp_path / "backups").touch()  # where the folder should be
    with pytest.raises(OSError, match="backups"):
        await Database.open(path)
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (1,)


async def test_a_database_of_an_older_release_is_taken_over_by_the_bot(world: World) -> None:
    old_database(world.folder / NAME, 1)
    await world.start_bot()
    assert await world.card()
    assert (world.folder / "backups" / "community-schema-1.db").exists()
