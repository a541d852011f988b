"""Outgoing frames of one WebSocket: put without waiting, sent in order by one task."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import WSMsgType

if TYPE_CHECKING:
    from aiohttp import web

LAGGING = 1008
GOING_AWAY = 1001
CLOSE_SECONDS = 1.0  # how long a closing side is waited for


class Outbox:
    """A queue in front of a WebSocket; a reader that lags too far behind is cut off."""

    def __init__(self, socket: web.WebSocketResponse, limit: int = 50_000) -> None:
        self._socket = socket
        self._frames: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self._limit = limit
        self._close_code: int | None = None
        self._task = asyncio.get_running_loop().create_task(self._pump(), name="sandbox-outbox")

    def put(self, frame: bytes) -> None:
        if self._close_code is not None:
            return
        if len(self._frames) >= self._limit:
            self._frames.clear()
            self.end(LAGGING)
            return
        self._frames.append(frame)
        self._ready.set()

    def end(self, code: int) -> None:
        """Close the WebSocket after what was put before."""
        self._close_code = code
        self._ready.set()

    async def close(self, code: int) -> None:
        """Close the WebSocket at once, whatever still waits to be sent."""
        await self._socket.close(code=code)

    async def _pump(self) -> None:
        with suppress(ConnectionError):
            while True:
                await self._ready.wait()
                while self._frames:
                    await self._socket.send_frame(self._frames.popleft(), WSMsgType.TEXT)
                if self._close_code is not None:
                    await self._socket.close(code=self._close_code)
                    return
                self._ready.clear()

    async def stop(self) -> None:
        if self._close_code is None:
            self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
