"""Channels and threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import access, payloads
from bot.sandbox.rest.routing import Call, Reply, Routes
from bot.sandbox.rules import Refusal, check_thread
from bot.sandbox.rules.permissions import Permission
from bot.sandbox.wire import Json, as_id, iso
from bot.sandbox.world import APPLICATION_ID, PRIVATE_THREAD, PUBLIC_THREAD, THREADS, Channel

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

routes = Routes()
ONE = "/channels/{channel_id}"
NAME_MAX, TOPIC_MAX = 100, 1024


@routes.on("GET", ONE)
def fetch(sandbox: Sandbox, call: Call) -> Json:
    channel, _ = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    return payloads.channel(sandbox.world, channel)


@routes.on("PATCH", ONE)
def edit(sandbox: Sandbox, call: Call) -> Json:
    """Rename a channel, or rename, archive, lock a thread."""
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    body, thread = call.json, channel.type in THREADS
    own = thread and channel.owner_id == APPLICATION_ID and not body.get("locked")
    if not own:
        access.require(mine, Permission.MANAGE_THREADS if thread else Permission.MANAGE_CHANNELS)
    name = str(body.get("name", channel.name))
    if not 1 <= len(name) <= NAME_MAX or len(str(body.get("topic") or "")) > TOPIC_MAX:
        raise Refusal(400, 50035, "Invalid Form Body")
    channel.name = name
    channel.topic = body.get("topic", channel.topic)
    if thread:
        changes = {key: body[key] for key in ("archived", "locked", "auto_archive_duration") if key in body}
        channel.thread = channel.thread | changes
    sandbox.tell_channel("THREAD_UPDATE" if thread else "CHANNEL_UPDATE", channel)
    return payloads.channel(sandbox.world, channel)


@routes.on("DELETE", ONE)
def delete(sandbox: Sandbox, call: Call) -> Json:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    access.require(mine, Permission.MANAGE_THREADS if channel.type in THREADS else Permission.MANAGE_CHANNELS)
    payload = payloads.channel(sandbox.world, channel)
    sandbox.delete_channel(channel)
    return payload


@routes.on("POST", ONE + "/messages/{message_id}/threads")
def start_from_message(sandbox: Sandbox, call: Call) -> Reply:
    """A thread under a message has that message's id."""
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    message = access.channel_message(channel, as_id(call.ids[1]))
    access.require(mine, Permission.CREATE_PUBLIC_THREADS)
    if message.id in sandbox.world.channels:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    thread = _start(sandbox, channel, message.id, PUBLIC_THREAD, call.json)
    message.data = {**message.data, "flags": message.data["flags"] | 1 << 5, "thread": thread}
    return Reply(201, thread)


@routes.on("POST", ONE + "/threads")
def start(sandbox: Sandbox, call: Call) -> Reply:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    kind = call.json.get("type", PRIVATE_THREAD)
    need = Permission.CREATE_PRIVATE_THREADS if kind == PRIVATE_THREAD else Permission.CREATE_PUBLIC_THREADS
    access.require(mine, need)
    return Reply(201, _start(sandbox, channel, sandbox.ids.new(), kind, call.json))


def _start(sandbox: Sandbox, parent: Channel, thread_id: int, kind: int, body: Json) -> Json:
    check_thread(body)
    if parent.type in THREADS or not parent.guild_id:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    now = iso(sandbox.clock.now())
    thread = Channel(thread_id, kind, body["name"], parent.guild_id, parent_id=parent.id, owner_id=APPLICATION_ID)
    thread.rate_limit_per_user = body.get("rate_limit_per_user") or 0
    thread.thread = {
        "archived": False,
        "archive_timestamp": now,
        "create_timestamp": now,
        "auto_archive_duration": body.get("auto_archive_duration") or payloads.DEFAULT_AUTO_ARCHIVE,
        "locked": False,
    }
    sandbox.world.add_channel(thread)
    sandbox.tell_channel("THREAD_CREATE", thread, newly_created=True)
    return payloads.channel(sandbox.world, thread)


@routes.on("PUT", ONE + "/thread-members/@me")
@routes.on("DELETE", ONE + "/thread-members/@me")
def join_or_leave(sandbox: Sandbox, call: Call) -> None:
    channel, _ = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    if channel.type not in THREADS:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
