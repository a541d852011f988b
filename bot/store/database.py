"""The one door to SQLite: a writer that commits in groups, a reader beside it, and the migrations."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from bot.crash import Crash, no_crash
from bot.store import backup, migrate
from bot.store.room import NoRoom, Room, is_vital, says_full

P = ParamSpec("P")
T = TypeVar("T")
Operation = Callable[[sqlite3.Connection], object]

# FULL syncs the write-ahead log at every commit, so an answered RSVP survives a power cut (sqlite.org/pragma.html).
WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
)
MOST_RECALLED = 128  # answers kept, each a session or two
READER_PRAGMAS = ("PRAGMA busy_timeout=5000", "PRAGMA query_only=ON")


class _Connection(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function in its thread, instead of one statement at a time."""

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        result: T = await self._execute(lambda: function(self._conn))  # type: ignore[no-untyped-call] # aiosqlite's own
        return result

    async def gone(self) -> None:
        """Wait for the thread of a connection that could not be opened: it would report to a loop that has ended."""
        await asyncio.to_thread(self._thread.join)


async def _opened(path: Path) -> _Connection:
    connection = _Connection(
        lambda: sqlite3.connect(path, isolation_level=None, cached_statements=256, check_same_thread=False),
        iter_chunk_size=64,
    )
    # Whoever ends without closing must end all the same, instead of waiting for this thread for ever.
    connection._thread.daemon = True  # noqa: SLF001 - aiosqlite has no other door
    try:
        await connection
    except BaseException:
        await connection.gone()
        raise
    return connection


class Database:
    """Reads and writes as functions of a connection.

    A write is done when it is on disk: all writes that wait while one commit is under way share the next one
    (group commit), each in a savepoint of its own, so that one that fails leaves the others alone.
    """

    def __init__(
        self, writer: _Connection, reader: _Connection, room: Room, crash: Crash = no_crash, unseen: Path | None = None
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._room = room
        self._crash = crash
        self._unseen = unseen  # to be looked through before the first write
        self._looking: asyncio.Task[None] | None = None
        self._waiting: list[tuple[Operation, bool, asyncio.Future[object]]] = []  # with whether it is vital
        self._wake = asyncio.Event()
        self._recalled: dict[object, asyncio.Task[Any]] = {}
        self._closed = False
        self._task = asyncio.create_task(self._write_forever(), name="store-writer")

    @classmethod
    async def open(cls, path: Path, crash: Crash = no_crash) -> "Database":
        """Open `path`, creating or migrating it; a restore that was cut off is brought to its end first.

        A large file is looked through for damage when somebody asks (`sound`), at the latest before the first write:
        until then it is only read, and where damage is found, each write raises it.

        Raises:
            migrate.NotOurs: the file is damaged, somebody else's, or from a newer release; it was not touched.
            sqlite3.Error: the file cannot be opened at all.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        backup.finish_restore(path)
        room = Room(path)
        try:
            return await cls._open(path, room, crash)
        except sqlite3.Error as error:
            if not says_full(error):
                raise
            room.free(error)  # opening needs some room, too
            return await cls._open(path, room, crash)

    @classmethod
    async def _open(cls, path: Path, room: Room, crash: Crash) -> "Database":
        later = await asyncio.to_thread(_check, path)
        writer = await _opened(path)
        try:
            for pragma in WRITER_PRAGMAS:
                await writer.execute(pragma)
            former = await writer.run(migrate.former)
            if former is not None:
                await asyncio.to_thread(backup.keep_former, path, former)
            await writer.run(lambda conn: migrate.migrate(conn, crash))
            reader = await _opened(path)
            for pragma in READER_PRAGMAS:
                await reader.execute(pragma)
        except BaseException:
            await writer.close()
            raise
        return cls(writer, reader, room, crash, path if later else None)

    async def close(self) -> None:
        """Finish the writes that wait, then close."""
        last = self._enqueue(lambda _: None)
        self._closed = True
        # Whatever fails, both connections are closed: their threads would keep the process alive.
        try:
            # Of this empty commit; those who asked have been told.
            with contextlib.suppress(sqlite3.Error, migrate.NotOurs):
                await last
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        finally:
            try:
                await self._reader.close()
            finally:
                await self._writer.close()

    async def sound(self) -> None:
        """Look through the file, if that was not done when it was opened, and return when it is known to be sound.

        Raises:
            migrate.NotOurs: it is damaged, and was not written to.
        """
        if self._unseen is not None and self._looking is None:
            self._looking = asyncio.create_task(self.apart(self._unseen, migrate.look_through), name="store-look")
        if self._looking is not None:
            await asyncio.shield(self._looking)

    async def read(self, op: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `op(connection, ...)` on the reading connection; it sees every finished write."""
        return await self._reader.run(lambda conn: op(conn, *args, **kwargs))

    @staticmethod
    async def apart(path: Path, op: Callable[[sqlite3.Connection], T]) -> T:
        """Run `op` on a connection to `path` of its own, so that nobody who reads waits for what takes long."""
        connection = await _opened(path)
        try:
            return await connection.run(op)
        finally:
            await connection.close()

    async def recall(self, op: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, but the same question, asked again before the next commit, is answered from memory.

        For what many ask at the same time. Arguments must be hashable, and the answer must not be changed.
        """
        question = (op, args, *kwargs.items())
        reading: asyncio.Task[Any] | None = self._recalled.get(question)
        if reading is None:
            if len(self._recalled) >= MOST_RECALLED:
                self._recalled.clear()
            reading = asyncio.create_task(self.read(op, *args, **kwargs), name="store-recall")
            self._recalled[question] = reading
        try:
            found: T = await asyncio.shield(reading)
        except Exception:  # the next who asks tries again
            if self._recalled.get(question) is reading:
                del self._recalled[question]
            raise
        return found

    async def write(self, op: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `op(connection, ...)` in the next commit and return its result once that is on disk.

        An exception of `op` undoes what it did and is raised here; so is a commit that failed.

        Raises:
            RuntimeError: the database is closed or closing.
        """
        if self._closed:
            raise RuntimeError("the database is closed")
        return await self._enqueue(lambda conn: op(conn, *args, **kwargs), vital=is_vital(op))

    @property
    def full(self) -> bool:
        """Whether nothing can be stored for want of room, except what is vital."""
        return self._room.full

    @property
    def waiting(self) -> int:
        """Writes that wait for the next commit."""
        return len(self._waiting)

    async def look_for_room(self) -> bool:
        """Lay the reserve where it is missing; whether the disk has room."""
        return await self._writer.run(lambda _: self._room.looked())

    async def leave_no_trace(self, *, rewrite: bool = False) -> bool:
        """Take what was deleted out of the files: the write-ahead log is emptied, and all writes wait for that.

        Deleted rows are overwritten as they go (secure_delete), but the log still has the pages as they were. With
        `rewrite` the whole file is written anew, without its free space. False when somebody who reads held it up.
        """
        await self.sound()
        return await self._writer.run(lambda conn: _emptied(conn, rewrite=rewrite))

    def _enqueue(self, operation: Callable[[sqlite3.Connection], T], *, vital: bool = False) -> "asyncio.Future[T]":
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((operation, vital, future))  # type: ignore[arg-type] # T is an object
        self._wake.set()
        return future

    async def _write_forever(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            if batch:
                await self._commit(batch)

    async def _commit(self, batch: list[tuple[Operation, bool, asyncio.Future[object]]]) -> None:
        operations = [(operation, vital) for operation, vital, _ in batch]
        work = asyncio.ensure_future(self._run(operations))
        try:
            results = await asyncio.shield(work)
        except asyncio.CancelledError:
            await work
            raise
        except Exception as error:  # noqa: BLE001 - nothing of this commit stands, and every caller is told why
            results = [error] * len(batch)
        self._recalled = {}  # before anybody hears that his write is done: he reads what he wrote
        for (*_, future), result in zip(batch, results, strict=True):
            if future.done():  # whoever asked has stopped waiting; the write stands
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

    async def _run(self, operations: list[tuple[Operation, bool]]) -> list[object]:
        await self.sound()
        return await self._writer.run(lambda conn: _run_in(conn, self._room, self._crash, operations))


def _check(path: Path) -> bool:
    backup.check_not_emptied(path)
    return migrate.check_file(path)


def _emptied(conn: sqlite3.Connection, *, rewrite: bool) -> bool:
    if rewrite:
        conn.execute("VACUUM")
    busy, *_ = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _run_in(
    conn: sqlite3.Connection, room: Room, crash: Crash, operations: list[tuple[Operation, bool]]
) -> list[object]:
    """Run all operations; on a full disk those that are vital, with what the reserve leaves free."""
    if room.back():
        try:
            return _run_batch(conn, [operation for operation, _ in operations], crash)
        except sqlite3.Error as error:
            if not says_full(error):
                raise
            room.free(error)
    try:
        done = iter(_run_batch(conn, [operation for operation, vital in operations if vital], crash))
    except sqlite3.Error as error:
        if not says_full(error):
            raise
        return [NoRoom() for _ in operations]
    return [next(done) if vital else NoRoom() for _, vital in operations]


def _run_batch(conn: sqlite3.Connection, operations: list[Operation], crash: Crash) -> list[object]:
    conn.execute("BEGIN IMMEDIATE")
    try:
        results = [_run_one(conn, operation) for operation in operations]
        crash("before-commit")
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    crash("after-commit")
    return results


def _guarded(operation: Operation, conn: sqlite3.Connection) -> object:
    try:
        return operation(conn)
    except StopIteration as error:  # no future takes it: it would end the writer instead
        raise RuntimeError("the operation raised StopIteration") from error


def _run_one(conn: sqlite3.Connection, operation: Operation) -> object:
    conn.execute("SAVEPOINT one")
    try:
        result = _guarded(operation, conn)
    except Exception as error:  # it belongs to the caller that asked; the others go on
        if not conn.in_transaction or says_full(error):  # SQLite may have rolled everything back itself
            raise
        conn.execute("ROLLBACK TO one")
        result = error
    conn.execute("RELEASE one")
    return result
