"""A blocked event loop is named in the log with the line that blocks it, once, and how long it took."""

import asyncio
import logging
import threading
import time

import pytest

from bot.clock import Clock
from bot.watchdog import BEAT, LIMIT, Watchdog


def block_the_loop(seconds: float) -> None:
    time.sleep(seconds)


async def test_the_line_that_blocks_is_logged_once_and_how_long_it_took(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), Watchdog(Clock(), beat=0.02, limit=0.1):
        await asyncio.sleep(0.1)
        assert not caplog.records
        block_the_loop(0.5)
        await asyncio.sleep(0.1)
    stuck, after = (record for record in caplog.records if record.name == "bot.watchdog")
    assert stuck.levelno == logging.ERROR
    assert "in block_the_loop\n    time.sleep(seconds)" in stuck.getMessage()
    assert after.args is not None
    assert 0.4 < float(str(after.args[0] if isinstance(after.args, tuple) else 0)) < 5


async def test_two_blocks_are_two_reports(caplog: pytest.LogCaptureFixture) -> None:
    with Watchdog(Clock(), beat=0.02, limit=0.1):
        for _ in range(2):
            block_the_loop(0.2)
            await asyncio.sleep(0.1)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"] * 2


async def test_a_free_loop_is_left_in_peace_and_the_thread_ends(caplog: pytest.LogCaptureFixture) -> None:
    lags: list[float] = []
    with Watchdog(Clock(), lags.append, beat=0.02, limit=0.5):
        assert "watchdog" in {thread.name for thread in threading.enumerate()}
        await asyncio.sleep(0.2)
    assert "watchdog" not in {thread.name for thread in threading.enumerate()}
    assert not caplog.records
    assert len(lags) > 3
    assert all(0 <= lag < 0.5 for lag in lags)


async def test_the_lag_of_a_block_is_told() -> None:
    lags: list[float] = []
    with Watchdog(Clock(), lags.append, beat=0.02, limit=5):
        await asyncio.sleep(0.05)
        block_the_loop(0.2)
        await asyncio.sleep(0.05)
    assert max(lags) > 0.15


def test_it_speaks_before_a_press_of_discords_users_fails() -> None:
    assert BEAT + LIMIT < 3
