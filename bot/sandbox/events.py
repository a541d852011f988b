"""The live stream to the page: what one person would see happen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.access import may_see
from bot.sandbox.stream import CLOSE_SECONDS, GOING_AWAY, Outbox
from bot.sandbox.wire import Json, as_id, dumps

if TYPE_CHECKING:
    from bot.sandbox.world import Channel, World

LAG_LIMIT = 20_000


class Events:
    """Listeners with the user each looks for; frames go to those who may see them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listeners: dict[Outbox, int] = {}

    @property
    def listening(self) -> bool:
        return bool(self._listeners)

    def publish(self, frame: Json, *, channel: Channel | None = None, viewer: int = 0) -> None:
        """Send a frame to all, to those who see a channel, or to one viewer."""
        if not self._listeners:
            return
        raw = dumps(frame)
        for outbox, user_id in self._listeners.items():
            if viewer and user_id != viewer:
                continue
            if channel is not None and not may_see(self._world, user_id, channel):
                continue
            outbox.put(raw)

    async def close(self) -> None:
        """Say goodbye to all, as a server does that goes down."""
        await asyncio.gather(*(outbox.close(GOING_AWAY) for outbox in self._listeners), return_exceptions=True)

    async def serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=CLOSE_SECONDS, heartbeat=30)
        await socket.prepare(request)
        outbox = Outbox(socket, LAG_LIMIT)
        self._listeners[outbox] = as_id(request.query.get("user", ""))
        try:
            async for _ in socket:
                pass
        finally:
            del self._listeners[outbox]
            await outbox.stop()
        return socket
