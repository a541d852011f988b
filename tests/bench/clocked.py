"""Times single calls of the store, on a connection like the bot's own."""

import contextlib
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

REPEATS = 30


def microseconds(path: Path, call: Callable[[sqlite3.Connection], object], repeats: int = REPEATS) -> float:
    """The median of several calls, after one that warms up."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, cached_statements=256)) as conn:
        call(conn)
        return statistics.median(_one(conn, call) for _ in range(repeats)) * 1e6


def _one(conn: sqlite3.Connection, call: Callable[[sqlite3.Connection], object]) -> float:
    began = time.perf_counter()
    call(conn)
    return time.perf_counter() - began
