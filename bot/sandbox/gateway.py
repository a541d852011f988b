"""The gateway: hello, identify, resume, heartbeats, and events to all of the bot's sessions."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from bot.sandbox import intents, payloads
from bot.sandbox.journal import Ring, dispatch_entry
from bot.sandbox.sessions import Connection, Session
from bot.sandbox.stream import CLOSE_SECONDS, GOING_AWAY, Outbox
from bot.sandbox.wire import Json, as_id, dumps, iso_ms, loads, trimmed
from bot.sandbox.world import APPLICATION_ID

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

HEARTBEAT_MS = 41_250
ACK = b'{"op":11,"d":null}'
SESSIONS_KEPT = 32
FATAL = (4004, 4010, 4011, 4012, 4013, 4014)
ENDS_SESSION = (1000, 1001, 4007, 4009, *FATAL)
CHUNK = 1_000
ENDS = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)


class CloseError(Exception):
    """The connection is to be closed with one of Discord's codes."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Gateway:
    """Serves the bot's WebSockets and fans events out to every session that wants them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self.journal = Ring(dispatch_entry)
        self.identifies = 0

    @property
    def online(self) -> bool:
        return any(session.connection is not None for session in self._sessions.values())

    def dispatch(self, event: str, data: Json, *, guild_id: int = 0) -> None:
        """Send an event to every session whose intents cover it."""
        if guild_id and not self._in_guild(guild_id) and event != "GUILD_DELETE":
            return
        need = intents.needed(event, in_guild=bool(guild_id))
        raw = dumps(data)
        self.journal.add((iso_ms(self._sandbox.clock.now()), event, trimmed(raw)))
        for session in self._sessions.values():
            if session.intents & need == need:
                session.send(event, self._readable(session, event, data, raw, guild_id))

    def _in_guild(self, guild_id: int) -> bool:
        guild = self._sandbox.world.guilds.get(guild_id)
        return guild is not None and guild.available and APPLICATION_ID in guild.members

    def _readable(self, session: Session, event: str, data: Json, raw: bytes, guild_id: int) -> bytes:
        foreign = event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and as_id(data["author"]["id"]) != APPLICATION_ID
        if foreign and guild_id and not session.intents & intents.MESSAGE_CONTENT:
            return dumps(intents.without_content(data))
        return raw

    # -- one connection ------------------------------------------------------------------------------------------------

    async def serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=CLOSE_SECONDS, max_msg_size=0, compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request, Outbox(socket))
        connection.put(dumps({"op": 10, "d": {"heartbeat_interval": HEARTBEAT_MS, "_trace": []}}))
        self._connections.add(connection)
        closed_by_client = None
        try:
            closed_by_client = await self._read(connection)
        finally:
            await self._leave(connection, closed_by_client)
        return socket

    async def _read(self, connection: Connection) -> int | None:
        """Take frames until the end; return the code of the client's own close, if it was one."""
        try:
            while True:
                message = await connection.socket.receive()
                if message.type is WSMsgType.TEXT:
                    self._receive(connection, _decoded(message.data))
                elif message.type in ENDS:
                    return message.data if message.type is WSMsgType.CLOSE else None
        except CloseError as close:
            if connection.session is not None and close.code in ENDS_SESSION:
                self._sessions.pop(connection.session.id, None)
            with suppress(ConnectionError):
                await connection.socket.close(code=close.code, message=close.words.encode())
            return None

    async def _leave(self, connection: Connection, closed_by_client: int | None) -> None:
        self._connections.discard(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            if closed_by_client in (1000, 1001):
                self._sessions.pop(session.id, None)
            self._sandbox.events.publish({"type": "bot", "online": self.online})
        await connection.outbox.stop()

    def _receive(self, connection: Connection, frame: Json) -> None:
        match frame.get("op"):
            case 1:
                if connection.acks:
                    connection.put(ACK)
            case 2:
                self._identify(connection, frame.get("d"))
            case 6:
                self._resume(connection, frame.get("d"))
            case 3 | 4:
                self._session_of(connection)
            case 8:
                self._members(self._session_of(connection), frame.get("d"))
            case _:
                raise CloseError(4001, "Unknown opcode.")

    @staticmethod
    def _session_of(connection: Connection) -> Session:
        if connection.session is None:
            raise CloseError(4003, "Not authenticated.")
        return connection.session

    # -- sessions ------------------------------------------------------------------------------------------------------

    def _identify(self, connection: Connection, data: Any) -> None:
        if connection.session is not None:
            raise CloseError(4005, "Already authenticated.")
        if not isinstance(data, dict) or data.get("token", "").removeprefix("Bot ") != self._sandbox.settings.token:
            raise CloseError(4004, "Authentication failed.")
        wanted = data.get("intents")
        if not isinstance(wanted, int) or wanted & ~intents.KNOWN:
            raise CloseError(4013, "Invalid intent(s).")
        if wanted & intents.PRIVILEGED & ~self._sandbox.settings.privileged:
            raise CloseError(4014, "Disallowed intent(s).")
        self.identifies += 1
        session = Session(wanted)
        self._join(session, connection)
        self._welcome(session)

    def _welcome(self, session: Session) -> None:
        world = self._sandbox.world
        guilds = world.bot_guilds()
        ready = {
            "v": 10,
            "user": payloads.own_user(world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._sandbox.gateway_url,
            "session_type": "normal",
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "shard": [0, 1],
            "application": {"id": str(APPLICATION_ID), "flags": 0},
        }
        session.send("READY", dumps(ready))
        for guild in guilds:
            if guild.available and session.intents & intents.GUILDS:
                session.send("GUILD_CREATE", dumps(payloads.guild_create(world, guild)))

    def _join(self, session: Session, connection: Connection) -> None:
        self._sessions.pop(session.id, None)
        self._sessions[session.id] = session
        for old in list(self._sessions.values()):
            if len(self._sessions) > SESSIONS_KEPT and old.connection is None:
                del self._sessions[old.id]
        connection.session, session.connection = session, connection
        self._sandbox.events.publish({"type": "bot", "online": True})

    def _resume(self, connection: Connection, data: Any) -> None:
        data = data if isinstance(data, dict) else {}
        if data.get("token", "").removeprefix("Bot ") != self._sandbox.settings.token:
            raise CloseError(4004, "Authentication failed.")
        session = self._sessions.get(str(data.get("session_id")))
        seq = data.get("seq")
        missed = session.missed(seq) if session is not None and isinstance(seq, int) else None
        if session is None or missed is None:
            connection.put(b'{"op":9,"d":false}')
            return
        for frame in missed:
            connection.put(frame)
        self._join(session, connection)
        session.send("RESUMED", b'{"_trace":[]}')

    def _members(self, session: Session, data: Any) -> None:
        guild = self._sandbox.world.guilds.get(as_id(data.get("guild_id"))) if isinstance(data, dict) else None
        if guild is None:
            return
        ids = data.get("user_ids")
        wanted = {as_id(each) for each in (ids if isinstance(ids, list) else [ids])} if ids else None
        query = str(data.get("query", "")).lower()
        if wanted is None and not query and not session.intents & intents.GUILD_MEMBERS:
            raise CloseError(4014, "Disallowed intent(s).")
        found = [
            payloads.member(member)
            for member in guild.members.values()
            if (member.user.id in wanted if wanted is not None else member.user.name.lower().startswith(query))
        ]
        found = found[: data.get("limit") or None]
        chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
        for index, chunk in enumerate(chunks):
            body = {"guild_id": str(guild.id), "members": chunk, "chunk_index": index, "chunk_count": len(chunks)}
            missing = [str(each) for each in wanted or () if each not in guild.members]
            session.send("GUILD_MEMBERS_CHUNK", dumps(body | {"not_found": missing, "nonce": data.get("nonce")}))

    # -- orders from outside -------------------------------------------------------------------------------------------

    def act(self, order: Json) -> int:
        """Do to all connections what was ordered; return how many there are. Raises ValueError."""
        connections = list(self._connections)
        for connection in connections:
            self._act(connection, order)
        return len(connections)

    def _act(self, connection: Connection, order: Json) -> None:
        match order.get("action"):
            case "reconnect":
                connection.put(b'{"op":7,"d":null}')
            case "invalid_session":
                self._invalidate(connection, resumable=bool(order.get("resumable", False)))
            case "close":
                code = int(order.get("code", 4000))
                if connection.session is not None and code in ENDS_SESSION:
                    self._sessions.pop(connection.session.id, None)
                connection.outbox.end(code)
            case "abort" | "hang_up" as how:
                self._cut(connection, how)
            case "stop_acks":
                connection.acks = False
            case "silence":
                connection.silent = True
            case "replay":
                self._replay(connection, int(order.get("copies", 1)), int(order.get("last", 1)))
            case unknown:
                raise ValueError(f"no such action: {unknown}")

    @staticmethod
    def _cut(connection: Connection, how: str) -> None:
        """End the connection without a close code (1006): reset it, or hang up after what was sent."""
        transport = connection.request.transport
        if transport is not None and how == "abort":
            transport.abort()
        elif transport is not None:
            transport.close()

    def _invalidate(self, connection: Connection, *, resumable: bool) -> None:
        if not resumable and connection.session is not None:
            self._sessions.pop(connection.session.id, None)
            connection.session.connection = None
            connection.session = None
        connection.put(b'{"op":9,"d":true}' if resumable else b'{"op":9,"d":false}')

    @staticmethod
    def _replay(connection: Connection, copies: int, last: int) -> None:
        if connection.session is None:
            return
        frames = [frame for _, frame in list(connection.session.buffer)[-last:]]
        for _ in range(copies):
            for frame in frames:
                connection.put(frame)

    async def close(self) -> None:
        """Say goodbye to all connections, as a server does that goes down."""
        goodbyes = [connection.outbox.close(GOING_AWAY) for connection in self._connections]
        await asyncio.gather(*goodbyes, return_exceptions=True)


def _decoded(text: str) -> Json:
    try:
        frame = loads(text)
    except ValueError:
        frame = None
    if not isinstance(frame, dict):
        raise CloseError(4002, "Error while decoding payload.")
    return frame
