"""What all tests share: no network but loopback, and time that is moved, not waited for."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from bot.clock import Clock
from bot.store.database import Database
from tests.loopback import keep_to_loopback

NOON = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)


# The machine may be busy: how long an example takes says nothing, unless a test measures it.
# Derandomized: a change is judged by the same examples every time; HYPOTHESIS_PROFILE=wide looks for new ones.
settings.register_profile("ours", deadline=None, derandomize=True)
settings.register_profile("wide", deadline=None)
# For bugs that were planted (tests/seeded): that there is an example says enough, the smallest one is not sought.
settings.register_profile("seeded", deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ours"))

keep_to_loopback()


@pytest.fixture
def clock() -> Clock:
    """Stands still at noon on 23 May 2022 (UTC); tests move it."""
    return Clock(NOON, speed=0)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "test.db")
    yield database
    await database.close()
