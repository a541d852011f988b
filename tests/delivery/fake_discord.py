"""A small Discord that keeps what it accepts: for the Sender, with faults on order and a time of its own."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from bot.delivery.sender import PAGE, Deleted, Foreign, NotSent, Refused, Seen, Unsure
from bot.ui.reply import Reply

# 2026 by the server's clock, whatever year the bot believes in.
SERVER_START = 1_440_000_000_000_000_000
NONCE_WINDOW = 120.0


class HandClock(Clock):
    """Stands still until it is moved; waiting for real seconds takes next to none."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start, speed=0)
        self.real = 1000.0

    def monotonic(self) -> float:
        return self.real

    async def sleep(self, seconds: float) -> None:
        self.real += seconds
        await asyncio.sleep(0.01 if seconds >= 1 else 0)  # a breath, in which the database's threads come up


@dataclass(slots=True)
class Message:
    id: int
    own: bool
    content: str = ""
    custom_ids: tuple[str, ...] = ()
    pinged_role: int | None = None
    deleted: bool = False
    at: datetime | None = None  # by the bot's clock


def _nothing(*_: object) -> None:
    """Nobody keeps an account."""


class Lost(Exception):
    """Order this as a fault: the message is accepted, its answer never comes."""


@dataclass
class FakeDiscord:
    clock: HandClock
    messages: dict[int, list[Message]] = field(default_factory=dict)
    faults: deque[Exception | None] = field(default_factory=deque)  # for the next posts of reminders, one each
    page_faults: deque[NotSent] = field(default_factory=deque)
    direct_fault: NotSent | None = None
    down: bool = False
    readable: bool = True
    refusing: Refused | None = None  # of all posts of reminders, until it is taken away
    hold: Callable[[], Awaitable[None]] | None = None  # awaited while a post is on its way
    answering: Callable[[], Awaitable[None]] | None = None  # awaited while a post stands, before its answer comes
    on_try: Callable[[str], None] = _nothing  # told the nonce of each post of a reminder, whatever becomes of it
    on_accept: Callable[[Message], None] = _nothing  # told of each message that is new
    on_fault: Callable[[str, Exception], None] = _nothing  # told which post met a fault
    calls: list[str] = field(default_factory=list)
    _nonces: dict[str, tuple[Message, float]] = field(default_factory=dict)
    _last: int = 0

    def new_id(self) -> int:
        self._last = max(self._last + 1, SERVER_START + (int(self.clock.real * 1000) << 22))
        return self._last

    def chatter(self, channel_id: int, count: int) -> None:
        """Other people write in the channel."""
        self.messages.setdefault(channel_id, []).extend(Message(self.new_id(), own=False) for _ in range(count))

    def posts(self, channel_id: int, marker: str = "") -> list[Message]:
        """Our messages there, also deleted ones, whose buttons begin with `marker`."""
        found = self.messages.get(channel_id, [])
        return [m for m in found if m.own and (not marker or any(i.startswith(marker) for i in m.custom_ids))]

    def texts(self, channel_id: int) -> list[str]:
        return [message.content for message in self.posts(channel_id) if not message.deleted]

    async def send(
        self, channel_id: int, reply: Reply, *, nonce: str | None, marker: str | None, ping_role_id: int | None
    ) -> int:
        self._reached("send")
        if self.hold is not None:
            await self.hold()
        fault = self._fault(nonce) if nonce is not None else None
        if fault is not None and not isinstance(fault, Lost):
            raise fault
        message = self._accept(channel_id, reply, nonce, ping_role_id)
        if self.answering is not None:
            await self.answering()
        if fault is not None:
            raise Unsure("the connection was reset")
        if message.deleted:
            raise Deleted("gone")
        if marker is not None and not Seen(message.id, message.own, message.custom_ids).carries(marker):
            raise Foreign("another message")
        return message.id

    async def open_direct(self, user_id: int) -> int:
        self._reached("open_direct")
        if self.direct_fault is not None:
            raise self.direct_fault
        return user_id + 1_000_000

    async def page(self, channel_id: int, *, before: int | None = None, after: int | None = None) -> list[Seen]:
        self._reached("page")
        if self.page_faults:
            raise self.page_faults.popleft()
        standing = [message for message in self.messages.get(channel_id, []) if not message.deleted]
        if not self.readable:
            standing = []
        if after is not None:
            chosen = [message for message in standing if message.id > after][:PAGE]
        else:
            chosen = [message for message in standing if before is None or message.id < before][-PAGE:]
        return [Seen(message.id, message.own, message.custom_ids) for message in reversed(chosen)]

    async def can_read_history(self, channel_id: int) -> bool:
        self._reached("can_read_history")
        return self.readable

    async def take_back(self, channel_id: int, message_id: int) -> None:
        self._reached("take_back")
        for message in self.messages.get(channel_id, []):
            if message.id == message_id:
                message.deleted = True

    async def correct(self, channel_id: int, message_id: int, reply: Reply) -> None:
        self._reached("correct")
        for message in self.messages.get(channel_id, []):
            if message.id == message_id:
                message.content = reply.content or ""

    def newest_id(self, channel_id: int | None) -> int:
        return self._last

    def _reached(self, name: str) -> None:
        self.calls.append(name)
        if self.down:
            raise Unsure("Discord could not be reached")

    def _fault(self, nonce: str) -> Exception | None:
        self.on_try(nonce)
        fault = self.refusing or (self.faults.popleft() if self.faults else None)
        if fault is not None:
            self.on_fault(nonce, fault)
        return fault

    def _accept(self, channel_id: int, reply: Reply, nonce: str | None, ping_role_id: int | None) -> Message:
        if nonce in self._nonces:
            message, at = self._nonces[nonce]
            if self.clock.real - at < NONCE_WINDOW:
                return message
        rows = reply.view.to_components() if reply.view is not None else []
        custom_ids = tuple(part["custom_id"] for row in rows for part in row["components"] if "custom_id" in part)
        message = Message(
            self.new_id(),
            own=True,
            content=reply.content or "",
            custom_ids=custom_ids,
            pinged_role=ping_role_id,
            at=self.clock.now(),
        )
        self.messages.setdefault(channel_id, []).append(message)
        if nonce is not None:
            self._nonces[nonce] = (message, self.clock.real)
        self.on_accept(message)
        return message
