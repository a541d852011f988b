"""What is logged has no secrets in it, and is one object a line where that was asked for."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import logs

TOKEN = 'a"token\\of-nobody'
PLACE = "https://discord.com/api/v10/interactions/900000000000000001/aW50ZXJhY3Rpb246-x_Y.z/callback"


@pytest.fixture(autouse=True)
def leave_logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for library in ("discord", "apscheduler", "aiosqlite", "aiohttp", "asyncio"):
        logging.getLogger(library).setLevel(logging.NOTSET)


def say_everything() -> None:
    log = logging.getLogger("bot.there")
    log.info("The token is %s\nand the place %s", TOKEN, PLACE)
    log.warning(
        "A reminder waits", extra={"guild_id": 900000000000000100, "session_id": "a" * 32, "reminder_key": TOKEN}
    )
    try:
        int(f"{TOKEN} {PLACE}")
    except ValueError:
        log.exception("It failed")
    logging.getLogger("discord.http").debug("has answers in it: %s", TOKEN)
    log.info("unprintable: %s", "\ud800")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_in_either_form(form: logs.Format, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("DEBUG", [TOKEN, ""], form)
    say_everything()
    said = capsys.readouterr().err
    assert "It failed" in said
    assert "[redacted]" in said
    for secret in (TOKEN, json.dumps(TOKEN)[1:-1], "aW50ZXJhY3Rpb246", "has answers"):
        assert secret not in said


def test_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO", [TOKEN], "json")
    say_everything()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    plain, named, failed, _ = lines
    assert plain["level"] == "INFO"
    assert plain["logger"] == "bot.there"
    assert plain["message"].startswith("The token is [redacted]\nand the place")
    at = datetime.fromisoformat(plain["time"])
    assert at.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    assert (named["guild_id"], named["session_id"]) == ("900000000000000100", "a" * 32)
    assert named["reminder_key"] == "[redacted]"
    assert "exception" not in plain
    assert failed["exception"].startswith("Traceback")
    assert "say_everything" in failed["exception"]
    assert sys.exc_info() == (None, None, None)
