"""Attachments are judged by what Discord says of them before a byte is fetched; what takes long is said."""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import pytest

from bot.domain.errors import Refusal
from bot.ui.reply import Reply
from cogs import session_exchange
from cogs.session_exchange import ExchangeCommands

DISCORD = "https://discord.com/api/v10"
SANDBOX = "http://127.0.0.1:8017/api/v10"


@dataclass
class Settings:
    discord_api_url: str


@dataclass
class House:
    settings: Settings


@dataclass
class Bot:
    app: House
    router: None = None


@dataclass
class File:
    """An attachment as Discord describes it; whoever reads it fails."""

    url: str
    size: int = 10
    filename: str = "file.toml"

    async def read(self) -> bytes:
        raise AssertionError(f"{self.url} was fetched")


def check(url: str, size: int = 10, api: str = DISCORD) -> None:
    commands = ExchangeCommands(cast("Any", Bot(House(Settings(api)))))
    commands._check(cast("Any", File(url, size)))


def test_a_hundred_megabytes_are_refused_unread() -> None:
    with pytest.raises(Refusal, match="100,000,000 bytes, and 1,048,576 are read"):
        check("https://cdn.discordapp.com/attachments/1/2/file.toml", 100_000_000)


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/attachments/1/2/f.toml",
        "https://cdn.discordapp.com.example.org/f.toml",
        "https://user@cdn.discordapp.com@example.org/f.toml",
        "https://cdn.discordapp.com:8443/f.toml",
        "http://127.0.0.1/f.toml",
        "http://169.254.169.254/latest/meta-data",
        "https://[::1/f.toml",
        "file:///etc/passwd",
        "",
    ],
)
def test_other_addresses_are_never_opened(url: str) -> None:
    with pytest.raises(Refusal, match="attach the file itself"):
        check(url)


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/f.toml?ex=1&is=2&hm=3", DISCORD),
        ("https://media.discordapp.net/attachments/1/2/f.toml", DISCORD),
        ("http://127.0.0.1:8017/cdn/attachments/1/2/f.toml", SANDBOX),
    ],
)
def test_those_of_the_server_are_read(url: str, api: str) -> None:
    check(url, api=api)


@dataclass
class Response:
    shown: asyncio.Queue[str]
    done: bool = False

    def is_done(self) -> bool:
        return self.done

    async def edit_message(self, **fields: Any) -> None:
        self.done = True
        await self.shown.put(fields["content"])


class Pressed:
    """The interaction of a button: what it shows, one after the other."""

    def __init__(self) -> None:
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self.response = Response(self.shown)

    async def edit_original_response(self, **fields: Any) -> None:
        await self.shown.put(fields["content"])


async def test_what_takes_long_is_said_once_for_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_exchange, "PROGRESS", 0.01)
    pressed, fetched, read = Pressed(), asyncio.Event(), asyncio.Event()
    progress = session_exchange._Progress(cast("Any", pressed))

    async def work() -> Reply:
        await fetched.wait()
        progress.stage = session_exchange.READING
        await read.wait()
        return Reply(content="done")

    waiting = asyncio.ensure_future(progress.over(work()))
    assert await pressed.shown.get() == "⏳ Fetching the file …"
    fetched.set()
    assert await pressed.shown.get() == "⏳ Reading the file …"
    read.set()
    assert (await waiting).content == "done"
    assert pressed.shown.empty()


async def test_what_is_quick_is_not_announced() -> None:
    pressed = Pressed()

    async def work() -> Reply:
        raise Refusal("no")

    with pytest.raises(Refusal):
        await session_exchange._Progress(cast("Any", pressed)).over(work())
    assert pressed.shown.empty()
