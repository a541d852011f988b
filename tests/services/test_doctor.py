"""What the doctor says of the database is true, and does not cost a look at the whole file each time."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.services.doctor import FRESH, DoctorService
from bot.store import migrate
from bot.store.database import Database


class Time(Clock):
    real = 0.0

    def monotonic(self) -> float:
        return self.real


async def test_the_file_is_looked_through_once_in_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, time = tmp_path / "test.db", Time()
    db = await Database.open(path)
    looks = 0

    def look(conn: sqlite3.Connection) -> str | None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise sqlite3.OperationalError("disk I/O error")
        return None if conn.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok" else "damaged"

    monkeypatch.setattr(migrate, "damage", look)
    service = DoctorService(db, time, path)
    with pytest.raises(sqlite3.OperationalError):
        await service.database()
    states = await asyncio.gather(*(service.database() for _ in range(5)))
    assert {state.damage for state in states} == {None}
    assert states[0].size == path.stat().st_size
    assert looks == 2, "a failed look counts for nothing, and those who ask together share one"
    time.real = FRESH + 1
    await service.database()
    assert looks == 3
    await db.close()
