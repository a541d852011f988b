"""Gathers what `/doctor` looks at on our side of the line."""

import asyncio
from pathlib import Path

from bot.clock import Clock
from bot.domain.doctor import DatabaseState, Records
from bot.store import doctor
from bot.store.database import Database


class DoctorService:
    """`path` is the file of the database, whose sizes are told."""

    def __init__(self, db: Database, clock: Clock, path: Path) -> None:
        self._db = db
        self._clock = clock
        self._path = path

    async def records(self, guild_id: int) -> Records:
        return await self._db.read(doctor.records, guild_id, self._clock.now())

    async def database(self) -> DatabaseState:
        """A quick check of the whole file; it takes longer the larger the file is."""
        damage = await self._db.read(doctor.damage)
        size, log_size = await asyncio.to_thread(_sizes, self._path)
        return DatabaseState(damage, size, log_size)


def _sizes(path: Path) -> tuple[int, int]:
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size, log.stat().st_size if log.exists() else 0
