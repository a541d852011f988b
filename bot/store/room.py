"""What becomes of writes on a full disk: people are refused, and reminders are posted from a reserve.

A reminder is claimed in the database before it is posted, so a disk with no room at all would silence it. A file of
1 MiB beside the database is let go then; what it leaves free is for operations that are `vital`.
"""

import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.clock import Clock
from bot.domain.errors import Refusal

log = logging.getLogger(__name__)

Operation = Callable[[sqlite3.Connection], object]
Function = TypeVar("Function", bound=Callable[..., object])

RESERVE = 1 << 20
RETRY = 10.0  # real seconds until it is looked again whether there is room
WORDS = (
    "This was not saved: the disk of the machine that I run on is full. Nothing was changed. Please try again later; "
    "whoever runs me has to make room first."
)
_PRIMARY = 0xFF  # SQLite's result codes carry details above the first eight bits

_vital: set[Callable[..., object]] = set()


class NoRoom(Refusal, sqlite3.OperationalError):
    """The disk is full; nothing of the operation was stored. Whoever goes on after SQLite's errors does after this."""

    def __init__(self) -> None:
        super().__init__(WORDS)


def vital(operation: Function) -> Function:
    """Mark an operation that must go through on a full disk: what was posted, or will be, depends on it."""
    _vital.add(operation)
    return operation


def is_vital(operation: Callable[..., object]) -> bool:
    return operation in _vital


def says_full(error: BaseException) -> bool:
    """Whether `error` of SQLite's means that what was to be written could not be: SQLITE_FULL and SQLITE_IOERR."""
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.Error) and code & _PRIMARY in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class Room:
    """The reserve beside a database. Its methods block, and are called from the writer's thread."""

    def __init__(self, database: Path, clock: Clock | None = None) -> None:
        self._path = database.with_name(database.name + ".reserve")
        self._clock = clock or Clock()
        self._look_at = 0.0
        self.full = False

    def keep(self) -> None:
        """Lay the reserve if it is not there. A disk without room for it is not full yet."""
        try:
            if not self._path.exists() or self._path.stat().st_size < RESERVE:
                self._lay()
        except OSError as error:
            self._path.unlink(missing_ok=True)
            log.warning("There is no room for the reserve %s: %s", self._path, error)

    def free(self, reason: object) -> None:
        """The disk is full: let the reserve go."""
        if not self.full:
            log.critical("Nothing more can be saved, except what reminders need: %s. Please make room.", reason)
        self.full = True
        self._look_at = self._clock.monotonic() + RETRY
        self._path.unlink(missing_ok=True)

    def back(self) -> bool:
        """Whether there is room (again). Looks from time to time, by laying the reserve anew."""
        if not self.full:
            return True
        if self._clock.monotonic() < self._look_at:
            return False
        try:
            self._lay()
        except OSError:
            self._path.unlink(missing_ok=True)
            self._look_at = self._clock.monotonic() + RETRY
            return False
        self.full = False
        log.warning("There is room on the disk again; everything is saved as before")
        return True

    def looked(self) -> bool:
        """`keep` and `back` in one."""
        if not self.full:
            self.keep()
        return self.back()

    def _lay(self) -> None:
        """Written, not only announced: some file systems give out holes, and packs of zeros, for nothing."""
        with self._path.open("wb") as file:
            file.write(os.urandom(RESERVE))
            file.flush()
            os.fsync(file.fileno())
