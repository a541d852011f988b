"""The search that every test here ends with finds what it looks for."""

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.core import Sandbox
from bot.sandbox.uploads import Upload
from tests.e2e.canary import INTERACTIONS, TOKEN, leaks, written

AN_INTERACTIONS = INTERACTIONS + "OTAwMDAwMDAwMDAwMDAwMDAyOmFiYw"


async def come_and_go(folder: Path, e2e: Any) -> None:
    async with e2e.sandbox_world(folder):
        pass


async def test_a_token_in_a_file_or_in_the_output_fails_the_test(tmp_path: Path, e2e: Any) -> None:
    for secret, words in ((TOKEN, "the bot's token in deep/one.log"), (AN_INTERACTIONS, "an interaction's token in")):
        (tmp_path / "deep").mkdir(exist_ok=True)
        (tmp_path / "deep" / "one.log").write_text(f"it is {secret}!")
        with pytest.raises(AssertionError, match=words):
            await come_and_go(tmp_path, e2e)
    (tmp_path / "deep" / "one.log").unlink()
    await come_and_go(tmp_path, e2e)


async def test_a_token_in_a_body_or_an_export_is_found(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.journal.add(("", "POST", "/x", "/x", 200, AN_INTERACTIONS.encode(), b"", True, None))
    sandbox.files.keep(1, Upload("answers.csv", "text/csv", f'"{TOKEN}"'.encode()))
    assert leaks(written(tmp_path, ["fine", f"x{TOKEN}x"], sandbox)) == [
        "the bot's token in the output of process 1",
        "an interaction's token in bodies of calls",
        "the bot's token in posted files",
    ]


async def test_the_bot_uses_these_tokens(world: Any, e2e: Any) -> None:
    """Otherwise nothing could be found: the bot logs in with the one, and answers with the other."""
    bot = await world.start_bot()
    await world.command(e2e.MEMBER, "about")
    calls = (await world.remote.journal())["entries"]
    assert all(call["authorized"] or "/interactions/" in call["path"] or "gateway" in call["path"] for call in calls)
    assert any(f"/{INTERACTIONS}" in call["path"] for call in calls)

    async def said_at_debug() -> bool:
        return " DEBUG " in bot.text

    await e2e.eventually(said_at_debug, why="the log has all that there is to say")
