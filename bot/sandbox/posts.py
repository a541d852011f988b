"""Messages come into being, change and go: one way for channels, interaction answers and people."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.sandbox import access, components, embeds, payloads
from bot.sandbox.rules import Refusal, check_layout_stands_alone, is_empty, refuse_empty
from bot.sandbox.rules.mentions import may_ping, pinged
from bot.sandbox.rules.permissions import Permission
from bot.sandbox.uploads import Upload, attachments_of, link_pictures, medium_of
from bot.sandbox.wire import Json, iso
from bot.sandbox.world import APPLICATION_ID, Message

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Channel, User

EPHEMERAL, LOADING, SUPPRESS_EMBEDS, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 2, 1 << 15
KEPT_FLAGS = SUPPRESS_EMBEDS | EPHEMERAL | (1 << 12) | COMPONENTS_V2
EDITABLE_FLAGS = SUPPRESS_EMBEDS | COMPONENTS_V2
ALL_MENTIONS = {"users", "roles", "everyone"}
NOBODY: Json = {"users": [], "roles": [], "everyone": False}
MARKERS_KEPT = 200_000


@dataclass(slots=True)
class Origin:
    """What a message answers, when it is more than a plain one."""

    type: int = 0
    extra: Json = field(default_factory=dict)
    viewer: int = 0
    interaction_id: int = 0
    default_parse: set[str] = field(default_factory=lambda: ALL_MENTIONS)


PLAIN = Origin()


class Posts:
    """Creates, edits and deletes messages, and tells gateway and page."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._nonces: OrderedDict[tuple[int, Any], tuple[float, Message]] = OrderedDict()
        self._markers: OrderedDict[str, int] = OrderedDict()

    def create(
        self, channel: Channel, author: User, body: Json, files: dict[int, Upload], origin: Origin = PLAIN
    ) -> Message:
        """Store a message whose body is already found good, and send it to all who see it."""
        sandbox = self._sandbox
        attachments = attachments_of(sandbox, channel.id, body, files, [])
        pings = self._pings(channel, author.id, body, origin.default_parse)
        flags = (body.get("flags") or 0) & (KEPT_FLAGS if origin.viewer else KEPT_FLAGS & ~EPHEMERAL)
        data = self._data(channel, author, body | {"flags": flags}, attachments)
        data |= self._mention_fields(pings) | {"type": origin.type} | origin.extra
        message = Message(data, channel.id, author.id, origin.viewer, origin.interaction_id, pings)
        sandbox.world.add_message(channel, message)
        nonce = body.get("nonce")
        if nonce is not None:
            message.nonce = nonce
            self._nonces[author.id, str(nonce)] = (time.monotonic(), message)
        self._check_markers(message)
        self._announce("MESSAGE_CREATE", "message_create", message)
        return message

    def edit(self, message: Message, body: Json, files: dict[int, Upload]) -> None:
        """Apply a change that is already found good. Raises Refusal when what would be left is not."""
        self._change(message, body, files, iso(self._sandbox.clock.now()))

    def fill(self, message: Message, body: Json, files: dict[int, Upload]) -> None:
        """Put the answer in the place of "is thinking"; unlike an edit it may ping, and does not count as one."""
        waiting = message.data
        channel = self._sandbox.world.channels[message.channel_id]
        message.pinged = self._pings(channel, message.author_id, body, {"users"})
        message.data = waiting | self._mention_fields(message.pinged) | {"flags": waiting["flags"] & ~LOADING}
        try:
            self._change(message, body, files, None)
        except Refusal:
            message.data = waiting
            raise

    def _change(self, message: Message, body: Json, files: dict[int, Upload], edited: str | None) -> None:
        merged = message.data | {"edited_timestamp": edited}
        for key in ("embeds", "components"):
            if key in body:
                merged[key] = body[key] or []
        if "content" in body:
            merged["content"] = (body["content"] or "").strip()
        merged["flags"] = self._edited_flags(merged["flags"], body.get("flags"))
        if merged["flags"] & COMPONENTS_V2:
            check_layout_stands_alone(merged)
        merged["attachments"] = attachments_of(self._sandbox, message.channel_id, body, files, merged["attachments"])
        if is_empty(merged, has_files=bool(merged["attachments"])):
            refuse_empty()
        self._shape(merged, body)
        message.data = merged
        self._announce("MESSAGE_UPDATE", "message_update", message)

    def delete(self, message: Message) -> None:
        self._sandbox.world.drop_message(message)
        channel = self._sandbox.world.channels.get(message.channel_id)
        guild_id = channel.guild_id if channel else 0
        gone: Json = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if guild_id:
            gone["guild_id"] = str(guild_id)
        if not message.viewer:
            self._sandbox.gateway.dispatch("MESSAGE_DELETE", gone, guild_id=guild_id)
        frame = {"type": "message_delete", "channel_id": gone["channel_id"], "id": gone["id"]}
        self._sandbox.events.publish(frame, channel=channel, viewer=message.viewer)

    def repeated(self, author_id: int, nonce: Any) -> Message | None:
        """The message that an enforced nonce already stands for, within the window of real seconds."""
        now, window = time.monotonic(), self._sandbox.settings.nonce_window
        while self._nonces:
            oldest = next(iter(self._nonces))
            if now - self._nonces[oldest][0] < window:
                break
            del self._nonces[oldest]
        known = self._nonces.get((author_id, str(nonce)))
        return known[1] if known else None

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _data(self, channel: Channel, author: User, body: Json, attachments: list[Json]) -> Json:
        data: Json = {
            "id": str(self._sandbox.ids.new()),
            "channel_id": str(channel.id),
            "author": payloads.user(author),
            "content": (body.get("content") or "").strip(),
            "timestamp": iso(self._sandbox.clock.now()),
            "edited_timestamp": None,
            "tts": bool(body.get("tts")),
            "attachments": attachments,
            "embeds": body.get("embeds") or [],
            "components": body.get("components") or [],
            "pinned": False,
            "type": 0,
            "flags": body["flags"],
        }
        self._shape(data, body)
        return data

    def _shape(self, data: Json, body: Json) -> None:
        """Bring what is new in a message into the shape in which Discord keeps it."""
        if body.get("embeds"):
            data["embeds"] = embeds.kept(data["embeds"])
            link_pictures(data["embeds"], data["attachments"])
        if body.get("components"):
            data["components"] = components.kept(
                data["components"], partial(medium_of, self._sandbox, data["attachments"])
            )

    def _mention_fields(self, pings: Json) -> Json:
        users = self._sandbox.world.users
        return {
            "mentions": [payloads.user(users[int(each)]) for each in pings["users"]],
            "mention_roles": pings["roles"],
            "mention_everyone": pings["everyone"],
        }

    @staticmethod
    def _edited_flags(before: int, wanted: int | None) -> int:
        if wanted is None:
            return before
        # the layout flag can never be taken away again
        return (before & ~SUPPRESS_EMBEDS) | (wanted & EDITABLE_FLAGS)

    def _pings(self, channel: Channel, author_id: int, body: Json, default_parse: set[str]) -> Json:
        if not may_ping(body):
            return NOBODY
        world = self._sandbox.world
        guild = world.guild_of(channel)
        readers = [each for each in guild.members if access.may_see(world, each, channel)] if guild else []
        everyone = Permission.MENTION_EVERYONE
        return pinged(
            body,
            default_parse=default_parse,
            can_mention_everyone=bool(access.permissions(world, author_id, channel) & everyone),
            roles=[payloads.role(role) for role in guild.roles.values()] if guild else [],
            member_ids={str(each) for each in readers} if guild else {str(channel.recipient)},
        )

    def _check_markers(self, message: Message) -> None:
        if message.author_id != APPLICATION_ID or message.viewer or message.interaction_id:
            return
        for marker in components.markers(message.data["components"]):
            if marker in self._markers:
                words = f"messages {self._markers[marker]} and {message.id} both carry {marker}"
                self._sandbox.violations.add("posted twice", f"channel {message.channel_id}", words)
            self._markers[marker] = message.id
        while len(self._markers) > MARKERS_KEPT:
            self._markers.popitem(last=False)

    def _announce(self, event: str, frame_type: str, message: Message) -> None:
        sandbox = self._sandbox
        channel = sandbox.world.channels.get(message.channel_id)
        if channel is None:
            return
        if not message.viewer:
            payload = message.data
            if channel.guild_id:
                payload = {**payload, "guild_id": str(channel.guild_id)}
                member = sandbox.world.guilds[channel.guild_id].members.get(message.author_id)
                if member is not None:
                    payload["member"] = payloads.member(member, with_user=False)
            if message.nonce is not None and event == "MESSAGE_CREATE":
                payload = {**payload, "nonce": message.nonce}
            sandbox.gateway.dispatch(event, payload, guild_id=channel.guild_id)
        if sandbox.events.listening:
            frame = {"type": frame_type, "channel_id": str(channel.id), "message": message.shown}
            sandbox.events.publish(frame, channel=channel, viewer=message.viewer)
