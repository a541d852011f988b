"""A disk that takes its time: whoever waits is told before Discord gives up, and what was begun is done."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program writes to the database, as an editor or a copy might."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        conn.execute("ROLLBACK")
        conn.close()


async def test_a_change_that_takes_long_is_answered_in_time_and_made_once(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    await world.card()
    with held(world.folder / "community.db"):
        done = await world.command(e2e.MODERATOR, "session stream", url="https://example.org/live")
        assert "takes longer than usual" in e2e.text_of(done["message"])

    async def shown() -> bool:
        stream = await world.command(e2e.MEMBER, "stream")
        return "https://example.org/live" in str(stream["message"])

    await e2e.eventually(shown, why="the link is saved once the other program is done")
    assert "Failure" not in bot.text
