"""Gathers what `/doctor` looks at on our side of the line."""

import asyncio
from pathlib import Path

from bot.clock import Clock
from bot.domain.doctor import DatabaseState, Records
from bot.store import doctor, migrate
from bot.store.database import Database

FRESH = 600.0  # seconds for which a look at the whole file counts: it takes a third of a second for 80 MB


class DoctorService:
    """`path` is the file of the database, whose sizes are told."""

    def __init__(self, db: Database, clock: Clock, path: Path) -> None:
        self._db = db
        self._clock = clock
        self._path = path
        self._looking: asyncio.Task[str | None] | None = None
        self._looked_at = 0.0

    async def records(self, guild_id: int) -> Records:
        return await self._db.read(doctor.records, guild_id, self._clock.now())

    async def database(self) -> DatabaseState:
        """How the file is: its sizes now, and what a look at all of it found in the last ten minutes.

        Raises:
            sqlite3.Error: it could not be looked at.
        """
        now = self._clock.monotonic()
        if self._looking is None or now - self._looked_at > FRESH or _failed(self._looking):
            self._looked_at = now
            self._looking = asyncio.create_task(self._db.apart(self._path, migrate.damage), name="doctor")
        damage = await asyncio.shield(self._looking)
        size, log_size = await asyncio.to_thread(_sizes, self._path)
        return DatabaseState(damage, size, log_size)


def _failed(task: "asyncio.Task[str | None]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _sizes(path: Path) -> tuple[int, int]:
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size, log.stat().st_size if log.exists() else 0
