"""What every REST call goes through: token, faults, rate limits, body, handler, journal."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.faults import AFTER, Fault
from bot.sandbox.ratelimits import Verdict, limited, refused
from bot.sandbox.rest import router
from bot.sandbox.rest.body import NotReadableError, read_body
from bot.sandbox.rest.routing import Call, Reply, Route
from bot.sandbox.rules import Refusal
from bot.sandbox.wire import Json, dumps, iso_ms, trimmed

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

LOG = logging.getLogger(__name__)
PREFIX = "/api/v10"
INVALID = (401, 403, 429)
UNAUTHORIZED: Json = {"message": "401: Unauthorized", "code": 0}
NOT_FOUND: Json = {"message": "404: Not Found", "code": 0}
FAILED: Json = {"message": "500: Internal Server Error", "code": 0}
CLOUDFLARE = b"<!DOCTYPE html><html><head><title>Access denied | discord.com used Cloudflare</title></head></html>"
REPORTED = (50035, 50006)  # refusals that no well-made bot gets


class Dropped(Exception):  # no error, hence the name: a fault that was ordered
    """The connection is to be cut without an answer; with `reset` the other side reads an error, not an end."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self.reset = reset


class Answer:
    """Status, body and headers of an answer on its way out."""

    __slots__ = ("body", "headers", "kind", "status")

    KIND = "application/json"

    def __init__(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.body = b"" if value is None else dumps(value)
        self.headers = headers or {}
        self.kind = self.KIND

    def respond(self) -> web.Response:
        if self.status == 204:  # noqa: PLR2004  # no content
            return web.Response(status=204, headers=self.headers)
        return web.Response(status=self.status, body=self.body, headers=self.headers, content_type=self.kind)


class Front:
    """The door of the REST API."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._router = router()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path[len(PREFIX) :]
        route, ids = self._router.find(request.method, path)
        authorized = request.headers.get("Authorization") == f"Bot {self._sandbox.settings.token}"
        log = _Log(request.method, path, route.template if route else path, authorized)
        try:
            answer = await self._answer(request, route, ids, log)
        except Dropped as dropped:
            self._note(log, Answer(0, None))
            if request.transport is not None:
                _cut(request.transport, reset=dropped.reset)
            return web.Response()
        except ConnectionError:
            raise  # the bot is gone: nobody reads an answer
        except Exception as failure:  # whatever is wrong in the sandbox: the bot gets an answer that it can read
            LOG.exception("%s %s failed inside the sandbox", log.method, log.path)
            words = f"{type(failure).__name__}: {failure}"
            self._sandbox.violations.add("failure of the sandbox", f"{log.method} {log.template}", words)
            answer = Answer(500, FAILED)
        self._note(log, answer)
        return answer.respond()

    def _note(self, log: _Log, answer: Answer) -> None:
        status = answer.status or log.carried_out
        if status in INVALID and answer.headers.get("X-RateLimit-Scope") != "shared":
            self._sandbox.violations.invalid_requests += 1
        at = iso_ms(self._sandbox.clock.now())
        body = trimmed(answer.body or log.lost)
        entry = (at, log.method, log.path, log.template, status, log.request, body, log.authorized, log.fault)
        self._sandbox.journal.add(entry)

    async def _answer(self, request: web.BaseRequest, route: Route | None, ids: list[str], log: _Log) -> Answer:
        if route is None:
            await request.read()
            self._sandbox.violations.add(
                "unknown route", f"{request.method} {log.path}", "Discord has no such route here"
            )
            return Answer(404, NOT_FOUND)
        if not route.open and not log.authorized:
            return Answer(401, UNAUTHORIZED)
        channel = ids[route.channel] if route.channel is not None else ""
        words = await request.read() if self._sandbox.faults.read else b""
        fault = self._sandbox.faults.strike(log.method, log.path, log.template, channel, words)
        log.fault = fault.kind if fault else None
        if fault is not None and fault.kind not in AFTER:
            body = await request.read()
            if request.content_type == Answer.KIND:
                log.request = body  # what was not carried out stands in the journal, too
            early = await self._before(fault)
            if early is not None:
                return early
        answer = await self._limited(request, route, ids, log)
        if fault is not None and fault.kind in AFTER:
            return await self._after(fault, answer, log)
        return answer

    async def _before(self, fault: Fault) -> Answer | None:
        order = fault.fault
        match fault.kind:
            case "delay":
                await asyncio.sleep(float(order.get("seconds", 1)))
            case "hold":
                await fault.over.wait()
            case "drop_before":
                raise Dropped(reset=bool(order.get("reset")))
            case "status":
                return Answer(int(order["status"]), order.get("body") or {}, order.get("headers"))
            case "error":
                body = {"message": order.get("message", "Error"), "code": int(order.get("code", 0))}
                return Answer(int(order.get("status", 400)), body)
            case "rate_limit":
                wait, everywhere = float(order.get("retry_after", 1)), bool(order.get("global"))
                scope = str(order.get("scope", "global" if everywhere else "user"))
                headers = refused(scope, wait) | ({"X-RateLimit-Global": "true"} if everywhere else {})
                return Answer(429, limited(wait, everywhere=everywhere), headers)
            case "cloudflare_429":
                answer = Answer(429, None)
                answer.body, answer.kind = CLOUDFLARE, "text/html"
                return answer
        return None

    @staticmethod
    async def _after(fault: Fault, answer: Answer, log: _Log) -> Answer:
        log.carried_out, log.lost = answer.status, answer.body
        match fault.kind:
            case "drop_after":
                raise Dropped(reset=bool(fault.fault.get("reset")))
            case "hold_after":
                await fault.over.wait()
                return answer
            case "hang_after":
                await asyncio.sleep(float(fault.fault.get("seconds", 30)))
                return answer
            case _:
                return Answer(int(fault.fault.get("status", 502)), {"message": "502: Bad Gateway", "code": 0})

    async def _limited(self, request: web.BaseRequest, route: Route, ids: list[str], log: _Log) -> Answer:
        if route.unlimited or not self._sandbox.limits.enabled:
            return await self._carry_out(request, route, ids, log)
        top = ids[route.top] if route.top is not None else ""
        verdict = self._sandbox.limits.take(log.method, log.template, top, under_global=not route.open)
        if verdict.refusal is not None:
            await request.read()
            return Answer(429, verdict.refusal, verdict.headers)
        answer = await self._carry_out(request, route, ids, log)
        answer.headers = verdict.headers | answer.headers
        return answer

    async def _carry_out(self, request: web.BaseRequest, route: Route, ids: list[str], log: _Log) -> Answer:
        call = Call(ids, request.query)
        try:
            route.check_ids(ids)
            if request.body_exists:
                call.body, call.files, log.request = await read_body(request)
            value = route.handler(self._sandbox, call)
        except NotReadableError as problem:
            return Answer(problem.status, {"message": problem.words, "code": problem.code})
        except Refusal as refusal:
            if refusal.code in REPORTED:
                words = str(refusal.body())
                self._sandbox.violations.add("refused body", f"{log.method} {log.template}", words)
            return Answer(refusal.status, refusal.body())
        if isinstance(value, Reply):
            if isinstance(value.value, Verdict):
                return Answer(value.status, value.value.refusal, value.value.headers)
            return Answer(value.status, value.value)
        return Answer(204 if value is None else 200, value)


def _cut(transport: asyncio.Transport, *, reset: bool) -> None:
    connection = transport.get_extra_info("socket")
    if reset and connection is not None:  # without lingering the kernel sends RST instead of FIN
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class _Log:
    """What the journal will say about one call."""

    __slots__ = ("authorized", "carried_out", "fault", "lost", "method", "path", "request", "template")

    def __init__(self, method: str, path: str, template: str, authorized: bool) -> None:  # noqa: FBT001  # private
        self.method, self.path, self.template, self.authorized = method, path, template, authorized
        self.request = b""
        self.fault: str | None = None
        self.carried_out = 0
        self.lost = b""
