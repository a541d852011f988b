"""Gateway sessions: sequence numbers, the replay buffer, and the connection a session has at the moment."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from bot.sandbox.stream import Outbox

REPLAY = 5_000


@dataclass(slots=True, eq=False)
class Connection:
    """One open WebSocket of the bot."""

    socket: web.WebSocketResponse
    request: web.BaseRequest
    outbox: Outbox
    session: Session | None = None
    acks: bool = True
    silent: bool = False

    def put(self, frame: bytes) -> None:
        if not self.silent:
            self.outbox.put(frame)


@dataclass(slots=True, eq=False)
class Session:
    """What survives a lost connection."""

    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    seq: int = 0
    buffer: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REPLAY))
    connection: Connection | None = None

    def send(self, event: str, data: bytes) -> None:
        """Number an event, keep it for a resume and put it on the wire if there is one."""
        self.seq += 1
        frame = b'{"op":0,"s":%d,"t":"%s","d":%s}' % (self.seq, event.encode(), data)
        self.buffer.append((self.seq, frame))
        if self.connection is not None:
            self.connection.put(frame)

    def missed(self, seq: int) -> list[bytes] | None:
        """Frames after a number, or None when they are no longer all here."""
        if seq > self.seq or (self.buffer and seq < self.buffer[0][0] - 1):
            return None
        return [frame for number, frame in self.buffer if number > seq]
