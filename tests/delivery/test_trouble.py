"""One meaning for each error of discord.py, for cards and posts alike."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.delivery.sender import Unsure, translated
from bot.delivery.trouble import Kind, trouble


def answer(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="Reason", headers=headers or {})
    return discord.HTTPException(response, {"code": code, "message": "words"})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answer(404, 10008), Kind.GONE),
        (answer(404, 10003), Kind.GONE),
        (answer(404, 10007), Kind.ABSENT),
        (answer(404), Kind.PASSING),
        (answer(401), Kind.PASSING),
        (answer(408), Kind.PASSING),
        (answer(400, 130000), Kind.PASSING),
        (answer(502), Kind.PASSING),
        (answer(403, 50013), Kind.FORBIDDEN),
        (answer(400, 50035), Kind.REFUSED),
        (answer(404, 10062), Kind.ANSWERED),
        (answer(400, 40060), Kind.ANSWERED),
        (aiohttp.ServerDisconnectedError(), Kind.PASSING),
        (TimeoutError(), Kind.PASSING),
        (RuntimeError("Session is closed"), Kind.PASSING),
        (RuntimeError("something else"), Kind.UNEXPECTED),
    ],
)
def test_what_an_error_asks_for(error: Exception, kind: Kind) -> None:
    assert trouble(error).kind is kind


@pytest.mark.parametrize(
    ("error", "seconds", "everywhere"),
    [
        (answer(429, 30046, {"Retry-After": "7"}), 7, False),
        (answer(429, 0, {"Via": "1.1 google", "Retry-After": "3"}), 3, False),
        (answer(429), 60, True),
        (answer(429, 0, {"Retry-After": "5"}), 60, True),
        (answer(429, 0, {"Retry-After": "900"}), 900, True),
        (answer(429, 0, {"Via": "1.1 google", "Retry-After": "soon"}), 0, False),
        (discord.RateLimited(61), 61, False),
    ],
)
def test_whose_patience_is_wanted_and_how_much(error: Exception, seconds: float, everywhere: bool) -> None:
    found = trouble(error)
    assert (found.kind, found.seconds, found.everywhere) == (Kind.LIMITED, seconds, everywhere)


def test_a_closed_client_sends_nothing_for_sure_and_a_fault_of_ours_stays_one() -> None:
    with pytest.raises(Unsure), translated():
        raise RuntimeError("Session is closed")
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError
