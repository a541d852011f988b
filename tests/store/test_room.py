"""A full disk: people are refused, nothing is half-saved, what reminders need goes through, and it passes by itself.

SQLite itself says that it is full: by a limit of its own (PRAGMA max_page_count), or on a file system that small.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.store import room as module
from bot.store.database import Database
from bot.store.room import RESERVE, RETRY, NoRoom, Room, says_full, vital
from tests.disks import KIB, fill, small_disk_at


def note(conn: sqlite3.Connection, text: str) -> int:
    conn.execute("INSERT INTO fact (name, value) VALUES (?, ?)", (f"n{os.urandom(8).hex()}", text))
    return int(conn.execute("SELECT count(*) FROM fact").fetchone()[0])


@vital
def note_surely(conn: sqlite3.Connection, text: str) -> int:
    return note(conn, text)


def count(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT count(*) FROM fact").fetchone()[0])


def limit(conn: sqlite3.Connection, pages: int) -> None:
    conn.execute(f"PRAGMA max_page_count={pages}")


class Monotonic(Clock):
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Monotonic:
    clock = Monotonic()
    monkeypatch.setattr(module, "Clock", lambda: clock)
    return clock


async def test_sqlites_own_limit(time: Monotonic, tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "a.db")
    try:
        assert await db.look_for_room()
        reserve = tmp_path / "a.db.reserve"
        assert reserve.stat().st_size == RESERVE
        await db._writer.run(lambda conn: limit(conn, 1))  # as small as it is now
        before = await db.read(count)
        results = await asyncio.gather(
            *(db.write(note, "x" * 50 * KIB) for _ in range(5)), db.write(note_surely, "x"), return_exceptions=True
        )
        assert {type(result) for result in results[:5]} == {NoRoom}
        assert not reserve.exists()
        assert await db.read(count) == before + 1, "the vital one fitted into what there was, and nothing else"

        # Refused at once from here on, also what would fit, until it is time to look again.
        with pytest.raises(Refusal, match="was not saved"):
            await db.write(note, "x")
        with pytest.raises(NoRoom):
            await db.write(note_surely, "x" * 50 * KIB)
        await db._writer.run(lambda conn: limit(conn, 100_000))
        time.seconds = RETRY + 1
        await db.write(note, "x" * 50 * KIB)
        assert reserve.stat().st_size == RESERVE
    finally:
        await db.close()


async def test_other_errors_of_sqlite_are_no_full_disk(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await db.write(lambda conn: conn.execute("INSERT INTO fact (name, value) VALUES (NULL, NULL)").rowcount)
    assert not db.full
    assert not says_full(OSError(28, "No space left on device"))


def test_no_room_for_the_reserve_is_no_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Room(tmp_path / "nowhere" / "a.db").keep()
    assert "no room for the reserve" in caplog.text


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk", "2500k") as folder:
        yield folder


async def until(refused: Callable[[], object]) -> None:
    for _ in range(1_000):
        try:
            await refused()  # type: ignore[misc] # a coroutine function
        except NoRoom:
            return
    raise AssertionError("never full")


async def test_a_real_disk_the_reserve_is_for_what_is_vital(time: Monotonic, small_disk: Path) -> None:
    db = await Database.open(small_disk / "a.db")
    try:
        assert await db.look_for_room()
        filler = fill(small_disk)
        await until(lambda: db.write(note, "x" * 20 * KIB))
        for _ in range(50):
            await db.write(note_surely, "a claim")
        stored = await db.read(count)
        with pytest.raises(NoRoom):
            await db.write(note, "x")
        filler.unlink()
        time.seconds = RETRY + 1
        await db.write(note, "x" * 20 * KIB)
        assert await db.read(count) == stored + 1
        assert await db.read(lambda conn: conn.execute("PRAGMA integrity_check").fetchone()[0]) == "ok"
    finally:
        await db.close()


async def test_a_bot_starts_on_a_full_disk(time: Monotonic, small_disk: Path) -> None:
    path = small_disk / "a.db"
    db = await Database.open(path)
    await db.look_for_room()
    await db.close()
    fill(small_disk)
    db = await Database.open(path)
    try:
        await db.write(note_surely, "a claim")
        assert db.full
        assert not path.with_name("a.db.reserve").exists()
    finally:
        await db.close()
