"""The HTTP server around a sandbox: which path goes where, and its start and end."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import web

from bot.sandbox.control import Control
from bot.sandbox.core import Sandbox, Settings
from bot.sandbox.pictures import cdn
from bot.sandbox.rest.body import MAX_BODY
from bot.sandbox.rest.front import PREFIX, Front

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.http_parser import RawRequestMessage
    from aiohttp.streams import StreamReader
    from aiohttp.web_protocol import RequestHandler

GOODBYE = 0.2  # seconds: whoever has not said goodbye by then is cut off
PAGE = Path(__file__).parent / "page"


class Server:
    """A listening sandbox. Use it as an asynchronous context manager, or `start` and `stop` it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.sandbox = Sandbox(settings or Settings())
        self._front = Front(self.sandbox)
        self._control = Control(self.sandbox)
        self._runner: web.ServerRunner | None = None

    @property
    def base_url(self) -> str:
        return self.sandbox.base_url

    async def start(self) -> str:
        """Listen and return the base URL; port 0 in the settings takes any free one. Raises OSError."""
        server = web.Server(self._handle, request_factory=_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=GOODBYE)
        await self._runner.setup()
        settings = self.sandbox.settings
        site = web.TCPSite(self._runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        port = self._runner.addresses[0][1]
        self.sandbox.base_url = f"http://{settings.host}:{port}"
        return self.sandbox.base_url

    async def stop(self) -> None:
        if self._runner is not None:
            await self._hang_up()
            await self._runner.cleanup()
            self._runner = None

    async def _hang_up(self) -> None:
        """Say goodbye on every WebSocket, and wait for nobody's answer longer than a moment."""
        sandbox = self.sandbox
        goodbyes = [each.close() for each in (sandbox.gateway, sandbox.events, sandbox.followers)]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*goodbyes), GOODBYE)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith(PREFIX):
            return await self._front.handle(request)
        if path.rstrip("/") == "/gateway":
            return await self.sandbox.gateway.serve(request)
        if path.startswith("/_"):
            return await self._control.handle(request)
        if path.startswith("/cdn/"):
            return cdn(self.sandbox, path)
        return _page_file("index.html" if path == "/" else path.removeprefix("/static/"))


def _page_file(name: str) -> web.StreamResponse:
    file = (PAGE / name).resolve()
    if not file.is_relative_to(PAGE) or not file.is_file():
        return web.Response(status=404, text="There is nothing here.")
    # a page that is worked on must never be an old one
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)
