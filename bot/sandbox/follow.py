"""Followers of the clock: told of every change, and waited for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from bot.sandbox.stream import CLOSE_SECONDS, GOING_AWAY, Outbox
from bot.sandbox.wire import Json, dumps, iso_ms, loads

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

PATIENCE = 2.0


class Followers:
    """Tells every follower the time when it changes; a change is over when all have acknowledged it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._acknowledged: dict[Outbox, int] = {}
        self._seq = 0
        self._news = asyncio.Condition()

    def reading(self) -> Json:
        clock = self._sandbox.clock
        return {"now": iso_ms(clock.now()), "speed": clock.speed}

    async def tell(self) -> None:
        """Send the new time to all and wait until they have it, at most two seconds."""
        self._seq += 1
        reading = self.reading()
        for outbox in self._acknowledged:
            outbox.put(dumps({"seq": self._seq, **reading}))
        self._sandbox.events.publish({"type": "clock", **reading})
        seq = self._seq
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(lambda: all(each >= seq for each in self._acknowledged.values()))
        except TimeoutError:
            return

    async def close(self) -> None:
        """Say goodbye to all, as a server does that goes down."""
        await asyncio.gather(*(outbox.close(GOING_AWAY) for outbox in self._acknowledged), return_exceptions=True)

    async def serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        outbox = Outbox(socket)
        self._acknowledged[outbox] = 0
        outbox.put(dumps({"seq": self._seq, **self.reading()}))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._acknowledge(outbox, message.data)
        finally:
            del self._acknowledged[outbox]
            async with self._news:
                self._news.notify_all()
            await outbox.stop()
        return socket

    async def _acknowledge(self, outbox: Outbox, text: str) -> None:
        try:
            seq = loads(text)["seq"]
        except (ValueError, KeyError, TypeError):
            return
        if isinstance(seq, int):
            async with self._news:
                self._acknowledged[outbox] = max(seq, self._acknowledged[outbox])
                self._news.notify_all()
