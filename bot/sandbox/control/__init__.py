"""Our own API under /_: look at the world, act in it, move its clock, break it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.control import people, views, weather
from bot.sandbox.rules import Refusal
from bot.sandbox.trouble import TroubleError
from bot.sandbox.wire import Json, dumps, loads

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox


class Control:
    """The door of our own API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._handlers = views.HANDLERS | people.HANDLERS | weather.HANDLERS

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path == "/_events":
            return await self._sandbox.events.serve(request)
        if path == "/_clock/follow":
            return await self._sandbox.followers.serve(request)
        parts = path.strip("/").split("/")
        handler = self._handlers.get((request.method, path)) or self._handlers.get((request.method, f"/{parts[0]}/*"))
        if handler is None:
            return _respond({"error": f"there is no {request.method} {path}"}, 404)
        try:
            order = {**request.query, **await _body(request), "_id": parts[-1]}
            answer = await handler(self._sandbox, order)
        except TroubleError as trouble:
            return _respond({"error": trouble.words}, trouble.status)
        except Refusal as refusal:
            return _respond({"error": refusal.message, **refusal.body()}, refusal.status)
        except (ValueError, KeyError, TypeError) as problem:
            return _respond({"error": f"{type(problem).__name__}: {problem}"}, 400)
        return _respond(answer)


async def _body(request: web.BaseRequest) -> Json:
    body = loads(await request.read()) if request.body_exists else {}
    if not isinstance(body, dict):
        raise TroubleError(400, "the body must be a JSON object")
    return body


def _respond(answer: Any, status: int = 200) -> web.Response:
    return web.Response(body=dumps(answer), status=status, content_type="application/json")
