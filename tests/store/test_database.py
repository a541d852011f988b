"""The writer: what it has confirmed is on disk, what failed left no trace, and nobody waits for ever."""

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import facts, migrate
from bot.store.database import MOST_RECALLED, Database
from bot.store.migrate import LARGE, NotOurs

ROOT = Path(__file__).resolve().parents[2]


def add(conn: sqlite3.Connection, number: int) -> int:
    conn.execute("INSERT INTO guild (guild_id) VALUES (?)", (number,))
    return number


def add_then_fail(conn: sqlite3.Connection, number: int) -> None:
    add(conn, number)
    raise LookupError(number)


def numbers(conn: sqlite3.Connection) -> list[int]:
    return [row[0] for row in conn.execute("SELECT guild_id FROM guild ORDER BY guild_id")]


def on_disk(path: Path) -> list[int]:
    """What another process sees."""
    conn = sqlite3.connect(path)
    try:
        return numbers(conn)
    finally:
        conn.close()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "folder" / "test.db")
    yield database
    await database.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "test.db"


async def test_what_a_write_has_confirmed_others_can_read(db: Database, path: Path) -> None:
    for number in range(5):
        assert await db.write(add, number) == number
        assert on_disk(path) == list(range(number + 1))
        assert await db.read(numbers) == list(range(number + 1))


async def test_writes_that_wait_share_one_commit(db: Database) -> None:
    statements: list[str] = []
    await db.write(lambda conn: conn.set_trace_callback(statements.append))
    await asyncio.gather(*(db.write(add, number) for number in range(50)))
    await db.write(lambda conn: conn.set_trace_callback(None))
    commits = statements.count("COMMIT")
    assert commits <= 3
    assert statements.count("BEGIN IMMEDIATE") >= commits >= 1
    assert await db.read(numbers) == list(range(50))


async def test_one_that_fails_is_told_and_undone_and_the_others_stand(db: Database, path: Path) -> None:
    results = await asyncio.gather(
        db.write(add, 1), db.write(add_then_fail, 2), db.write(add, 1), db.write(add, 3), return_exceptions=True
    )
    assert [type(result) for result in results] == [int, LookupError, sqlite3.IntegrityError, int]
    assert on_disk(path) == [1, 3]


async def test_a_commit_that_fails_is_told_to_all_who_shared_it(db: Database, path: Path) -> None:
    def orphan(conn: sqlite3.Connection) -> None:
        conn.execute("PRAGMA defer_foreign_keys=ON")  # so that the fault shows at the commit
        conn.execute("INSERT INTO talk_speaker (talk_id, speaker_id, position) VALUES ('x', 'y', 1)")

    results = await asyncio.gather(db.write(add, 1), db.write(orphan), db.write(add, 2), return_exceptions=True)
    assert [type(result) for result in results] == [sqlite3.IntegrityError] * 3
    assert on_disk(path) == []
    assert await db.write(add, 3) == 3


async def test_a_full_disk_loses_nothing_confirmed(db: Database, path: Path) -> None:
    await db.write(add, 1)
    await db.write(lambda conn: conn.execute("PRAGMA max_page_count=1").fetchone())  # no page more than there are

    def large(conn: sqlite3.Connection, number: int) -> None:
        conn.execute("INSERT INTO guild (guild_id, community) VALUES (?, ?)", (number, "x" * 1_000_000))

    results = await asyncio.gather(db.write(add, 2), db.write(large, 3), db.write(add, 4), return_exceptions=True)
    confirmed = [number for number, result in zip((2, 3, 4), results, strict=True) if not isinstance(result, Exception)]
    assert isinstance(results[1], sqlite3.OperationalError)
    assert on_disk(path) == [1, *confirmed]
    await db._writer.run(lambda conn: conn.execute("PRAGMA max_page_count=1000000").fetchone())
    db._room._look_at = 0.0  # when it looks again is tests/store/test_room.py's
    assert await db.write(add, 5) == 5


async def test_whoever_stops_waiting_leaves_the_others_their_answers(db: Database, path: Path) -> None:
    impatient = asyncio.create_task(db.write(add, 1))
    patient = asyncio.create_task(db.write(add, 2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 2
    assert on_disk(path) in ([1, 2], [2])
    assert impatient.cancelled() or await asyncio.wait({impatient})


async def test_the_reader_cannot_write(db: Database, path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await db.read(add, 1)
    assert on_disk(path) == []


async def test_foreign_keys_and_full_syncs_are_on(db: Database) -> None:
    def pragmas(conn: sqlite3.Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [conn.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await db.write(pragmas) == ["wal", 2, 1, 1]


async def test_closing_waits_for_what_was_asked_before(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "test.db")
    waiting = [asyncio.create_task(database.write(add, number)) for number in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert [await task for task in waiting] == list(range(20))
    assert on_disk(tmp_path / "test.db") == list(range(20))


async def test_a_second_bot_on_the_file_waits_its_turn(db: Database, path: Path) -> None:
    other = await Database.open(path)
    await asyncio.gather(
        *(each.write(add, 2 * number + side) for number in range(10) for side, each in enumerate((db, other)))
    )
    assert await db.read(numbers) == await other.read(numbers) == list(range(20))
    await other.close()


async def test_an_operation_cannot_end_the_writer(db: Database) -> None:
    def stop(conn: sqlite3.Connection) -> object:
        return next(iter(conn.execute("SELECT 1 WHERE 0")))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(db.write(stop), 5)
    assert await asyncio.wait_for(db.write(add, 1), 5) == 1


async def test_a_write_after_the_end_is_refused_instead_of_waiting_for_ever(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "test.db")
    await database.close()
    with pytest.raises(RuntimeError, match="closed"):
        await asyncio.wait_for(database.write(add, 1), 5)


async def test_closing_ends_the_threads_even_while_somebody_else_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "locked.db"
    db = await Database.open(path)
    await db._writer.execute("PRAGMA busy_timeout=10")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await db.close()
    assert not db._writer._thread.is_alive()
    assert not db._reader._thread.is_alive()


async def test_what_is_recalled_is_read_once_until_the_next_commit(db: Database) -> None:
    reads = 0

    def number(conn: sqlite3.Connection, offset: int) -> int:
        nonlocal reads
        reads += 1
        return offset + int(conn.execute("SELECT count(*) FROM fact").fetchone()[0])

    assert await asyncio.gather(*(db.recall(number, 10) for _ in range(20))) == [10] * 20
    assert await db.recall(number, 10) == 10
    assert reads == 1
    assert await db.recall(number, 20) == 20, "another question"
    await db.write(facts.put, "one", "1")
    assert await db.recall(number, 10) == 11, "whoever wrote reads what he wrote"
    for offset in range(2 * MOST_RECALLED):
        await db.recall(number, offset)
    assert len(db._recalled) <= MOST_RECALLED


async def test_a_failure_is_not_recalled_and_who_stops_waiting_takes_nothing_from_others(db: Database) -> None:
    broken = True

    def read(_: sqlite3.Connection) -> str:
        if broken:
            raise sqlite3.OperationalError("disk I/O error")
        return "read"

    with pytest.raises(sqlite3.OperationalError):
        await db.recall(read)
    broken = False
    hasty, patient = asyncio.ensure_future(db.recall(read)), asyncio.ensure_future(db.recall(read))
    await asyncio.sleep(0)
    hasty.cancel()
    assert await patient == "read"


async def _large(path: Path) -> None:
    """More than is looked through before it is used."""
    database = await Database.open(path)
    await database.write(
        lambda conn: conn.executemany(
            "INSERT INTO fact (name, value) VALUES (?, ?)", [(f"{number}", "x" * 1_000) for number in range(6_000)]
        )
    )
    await database.close()
    assert path.stat().st_size > LARGE


async def test_a_large_file_is_looked_through_before_the_first_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.db"
    await _large(path)
    looks: list[str] = []
    look_through = migrate.look_through

    def seen(conn: sqlite3.Connection) -> None:
        looks.append("seen")
        look_through(conn)

    monkeypatch.setattr(migrate, "look_through", seen)
    database = await Database.open(path)
    assert await database.read(lambda conn: conn.execute("SELECT count(*) FROM fact").fetchone()[0]) == 6_000
    assert looks == []
    await database.write(lambda conn: conn.execute("INSERT INTO fact (name, value) VALUES ('new', 'y')"))
    assert looks == ["seen"]
    await database.sound()
    assert looks == ["seen"]
    await database.close()


async def test_a_large_file_with_damage_is_never_written_to(tmp_path: Path) -> None:
    path = tmp_path / "large.db"
    await _large(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = b"\xa5" * 20_000
    path.write_bytes(data)
    before = path.read_bytes()
    database = await Database.open(path)
    for _ in range(2):
        with pytest.raises(NotOurs, match="damaged"):
            await database.write(lambda conn: conn.execute("INSERT INTO fact (name, value) VALUES ('new', 'y')"))
    with pytest.raises(NotOurs, match="damaged"):
        await database.sound()
    with pytest.raises(NotOurs, match="damaged"):
        await database.leave_no_trace(rewrite=True)
    await database.close()
    assert path.read_bytes() == before


FORGETFUL = """
import asyncio, sys
from pathlib import Path
from bot.store.database import Database
kept = []
async def main():
    kept.append(await Database.open(Path(sys.argv[1])))
asyncio.run(main())
"""


async def test_a_process_that_forgets_to_close_ends_all_the_same(tmp_path: Path) -> None:
    """A failing test that left a database open kept its whole run from ending."""
    command = [sys.executable, "-c", FORGETFUL, str(tmp_path / "a.db")]
    done = await asyncio.to_thread(subprocess.run, command, check=False, cwd=ROOT, timeout=30, capture_output=True)
    assert done.returncode == 0, done.stderr
