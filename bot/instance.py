"""Keeps a second bot away from the same database."""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Self


class AlreadyRunning(Exception):
    """Another process holds the database; `pid` is its process id, 0 if it did not say."""

    def __init__(self, path: Path, pid: int) -> None:
        super().__init__(f"the bot already runs on {path} (process {pid or 'unknown'})")
        self.pid = pid


class InstanceLock:
    """A lock beside the database file, held as long as the process lives, however it ends.

    The kernel frees it when the process dies, so a stale file never keeps a new start away. The file stays:
    removing it would let two processes lock two different files of the same name.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.with_name(database.name + ".lock")
        self._fd = -1

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = _pid(os.read(fd, 20))
            os.close(fd)
            raise AlreadyRunning(self._database, pid) from None
        with contextlib.suppress(OSError):  # on a full disk nobody learns who holds it, and that is all
            os.ftruncate(fd, 0)
            os.pwrite(fd, str(os.getpid()).encode(), 0)
        self._fd = fd
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)


def _pid(content: bytes) -> int:
    with contextlib.suppress(ValueError):
        return int(content)
    return 0
