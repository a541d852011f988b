"""Pictures are painted by a process that knows nothing of the bot's secrets."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot import painting
from bot.painting import Painter

ARGUMENTS = {
    "series": {"online": [1, 5, 5], "waiting": [0, 0, 2]},
    "moments": [1653300000, 1653303600, 1653310000],
    "labels": {"online": "Online", "waiting": "Waiting list"},
    "zone": "Europe/Berlin",
    "starts_at": 1653305000,
}


@pytest.fixture
def painter() -> Iterator[Painter]:
    ours = Painter()
    yield ours
    ours.close()


async def test_a_picture_is_painted_and_kept(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    picture = await painter.answers_over_time(ARGUMENTS)
    assert picture is not None
    assert picture.startswith(painting.PNG)
    assert 5_000 < len(picture) < 500_000
    monkeypatch.setattr(asyncio, "create_subprocess_exec", None)
    assert await painter.answers_over_time(ARGUMENTS) is picture


async def test_what_cannot_be_painted_is_none_and_logged(painter: Painter, caplog: pytest.LogCaptureFixture) -> None:
    assert await painter.answers_over_time({**ARGUMENTS, "zone": "Nowhere/Land"}) is None
    assert "Nowhere/Land" in caplog.text


def test_the_bot_does_not_load_what_paints() -> None:
    code = "import sys, bot.run; sys.exit(any(name in sys.modules for name in ('matplotlib', 'numpy')))"
    subprocess.run([sys.executable, "-c", code], check=True)
