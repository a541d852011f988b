"""What all tests share: no network but loopback, and time that is moved, not waited for."""

import ipaddress
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from bot.clock import Clock
from bot.store.database import Database

NOON = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: whatever library opens a socket, an address outside loopback fails the test."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        raise PermissionError(f"tests use loopback only, not {address}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


# The machine may be busy: how long an example takes says nothing, unless a test measures it.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")

sys.addaudithook(_only_loopback)


@pytest.fixture
def clock() -> Clock:
    """Stands still at noon on 23 May 2022 (UTC); tests move it."""
    return Clock(NOON, speed=0)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "test.db")
    yield database
    await database.close()
