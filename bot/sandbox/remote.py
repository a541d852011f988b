"""A client of the sandbox's own API, for tests and rehearsals: one method per call."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from bot.sandbox.wire import Json, dumps, iso, loads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

BAD = 400


class RemoteError(Exception):
    """The sandbox did not do what it was asked to: its status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status
        self.words = words


def file(filename: str, content: bytes, content_type: str = "") -> Json:
    """An attachment for an option of `command`."""
    encoded = base64.b64encode(content).decode()
    return {"filename": filename, "content_type": content_type, "base64": encoded}


class Remote:
    """Acts in a sandbox at this address. Ids are strings, as in Discord's JSON; every call may raise RemoteError."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use `async with Remote(...)`")
        return self._session

    async def _call(self, method: str, path: str, body: Json | None = None, **query: Any) -> Json:
        url = self.base_url + path
        params = {name: str(value) for name, value in query.items() if value is not None}
        data = None if body is None else dumps({name: value for name, value in body.items() if value is not None})
        async with self.session.request(method, url, params=params, data=data) as response:
            answer: Json = loads(await response.read())
            if response.status >= BAD:
                raise RemoteError(response.status, str(answer.get("error")))
            return answer

    # -- looking -------------------------------------------------------------------------------------------------------

    async def state(self) -> Json:
        return await self._call("GET", "/_state")

    async def messages(self, channel: str, user: str | None = None, limit: int = 50) -> list[Json]:
        """The newest messages of a channel, oldest first, with the ephemeral ones of that user."""
        answer = await self._call("GET", "/_messages", channel=channel, user=user, limit=limit)
        return list(answer["messages"])

    async def interaction(self, interaction_id: str) -> Json:
        return await self._call("GET", f"/_interactions/{interaction_id}")

    async def journal(self, since: int = 0) -> Json:
        """{entries, next}: the bot's REST calls from number `since` on; status 0 = cut before it was carried out."""
        return await self._call("GET", "/_journal", since=since)

    async def gateway_journal(self, since: int = 0) -> Json:
        return await self._call("GET", "/_gateway_journal", since=since)

    async def violations(self) -> list[Json]:
        return list((await self._call("GET", "/_violations"))["violations"])

    async def invalid_requests(self) -> int:
        """How many answers were 401, 403 or 429 (10 000 in ten minutes are a ban at Discord)."""
        return int((await self._call("GET", "/_violations"))["invalid_requests"])

    async def latency(self) -> Json:
        return await self._call("GET", "/_latency")

    async def events(self, user: str) -> AsyncIterator[Json]:
        """What one user sees happen, as it happens."""
        async with self.session.ws_connect(f"{self.base_url}/_events", params={"user": user}) as socket:
            async for message in socket:
                yield loads(message.data)

    # -- acting --------------------------------------------------------------------------------------------------------

    async def command(
        self,
        user: str,
        command: str,
        *,
        guild: str | None = None,
        channel: str | None = None,
        options: Mapping[str, Any] | None = None,
        attachments: Mapping[str, Json] | None = None,
        wait: bool = True,
        force: bool = False,
    ) -> Json:
        """Use a slash command ("session stream"); without a channel, in the direct message with the bot.

        With `wait` it returns when the bot has answered for good or failed to; `force` sends also what a client would
        not offer to this user.
        """
        body = {"user": user, "guild": guild, "channel": channel, "command": command, "options": dict(options or {})}
        more = {"attachments": dict(attachments) if attachments else None, "wait": wait, "force": force}
        return await self._call("POST", "/_act/command", body | more)

    async def autocomplete(
        self,
        user: str,
        command: str,
        focused: str,
        *,
        guild: str | None = None,
        channel: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> list[Json]:
        """The choices offered while an option is typed; what is typed so far stands in `options`."""
        body = {"user": user, "guild": guild, "channel": channel, "command": command, "options": dict(options or {})}
        return list((await self._call("POST", "/_act/autocomplete", body | {"focused": focused}))["choices"])

    async def press(
        self,
        user: str,
        message_id: str,
        custom_id: str,
        *,
        values: list[str] | None = None,
        wait: bool = True,
        force: bool = False,
    ) -> Json:
        """Press a button or choose in a select; `force` also what is not on the message, or disabled."""
        body = {"user": user, "message_id": message_id, "custom_id": custom_id, "values": values}
        return await self._call("POST", "/_act/press", body | {"wait": wait, "force": force})

    async def submit(self, user: str, interaction_id: str, values: Mapping[str, Any], *, wait: bool = True) -> Json:
        """Submit the modal that answered an interaction; values by custom_id."""
        body = {"user": user, "interaction_id": interaction_id, "values": dict(values), "wait": wait}
        return await self._call("POST", "/_act/submit", body)

    async def world(self, op: str, **fields: Any) -> Json:
        """Change the world: add_members, kick_bot, set_overwrite and so on."""
        return await self._call("POST", "/_world", {"op": op, **fields})

    async def add_members(self, guild: str, count: int, prefix: str | None = None) -> list[str]:
        return list((await self.world("add_members", guild=guild, count=count, prefix=prefix))["ids"])

    # -- time and trouble ----------------------------------------------------------------------------------------------

    async def clock(self) -> Json:
        return await self._call("GET", "/_clock")

    async def set_clock(
        self, *, now: datetime | None = None, advance: float | None = None, speed: float | None = None
    ) -> Json:
        """Move the clock; returns when all followers know. `advance` in seconds."""
        body = {"now": iso(now) if now else None, "advance": advance, "speed": speed}
        return await self._call("POST", "/_clock", body)

    async def fault(
        self,
        kind: str,
        *,
        method: str | None = None,
        route: str | None = None,
        channel: str | None = None,
        body: str | None = None,
        times: int | None = 1,
        probability: float | None = None,
        seed: int | None = None,
        **details: Any,
    ) -> int:
        """Order a fault and return its number; `times` None = until it is ended.

        `route` is the beginning of a path or of a template (`/channels/{channel_id}/messages`), or an expression.
        `body` is an expression that is found in what the call says.
        """
        match = {"method": method, "route": route, "channel": channel, "body": body}
        match = {name: value for name, value in match.items() if value is not None}
        order: Json = {"match": match, "fault": {"kind": kind, **details}, "times": times}
        return int((await self._call("POST", "/_faults", order | {"probability": probability, "seed": seed}))["id"])

    async def faults(self) -> list[Json]:
        return list((await self._call("GET", "/_faults"))["faults"])

    async def end_faults(self, fault_id: int | None = None) -> None:
        await self._call("DELETE", "/_faults" if fault_id is None else f"/_faults/{fault_id}")

    async def gateway(self, action: str, **details: Any) -> int:
        """Do something to the bot's connections (reconnect, close, ...); returns how many there were."""
        return int((await self._call("POST", "/_gateway", {"action": action, **details}))["connections"])
