"""Messages of channels."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bot.sandbox import access, intents
from bot.sandbox.posts import PLAIN, Origin
from bot.sandbox.rest.routing import Call, Reply, Routes
from bot.sandbox.rules import Refusal, check_message
from bot.sandbox.rules.permissions import Permission
from bot.sandbox.snowflakes import moment_of
from bot.sandbox.wire import Json, as_id
from bot.sandbox.world import APPLICATION_ID, DM, THREADS

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Channel, Message

routes = Routes()
LIST = "/channels/{channel_id}/messages"
ONE = "/channels/{channel_id}/messages/{message_id}"
PINS = "/channels/{channel_id}/messages/pins"
OLD = timedelta(hours=1)
PIN_LIMIT = 250
REPLY = 19
FORWARD = 1


@routes.on("POST", LIST)
def create(sandbox: Sandbox, call: Call) -> Json:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    body = call.json
    _may_send(sandbox, channel, mine)
    check_message(body, has_files=bool(call.files))
    if body.get("embeds"):
        access.require(mine, Permission.EMBED_LINKS)
    if call.files:
        access.require(mine, Permission.ATTACH_FILES)
    if body.get("enforce_nonce") and body.get("nonce") is not None:
        known = sandbox.posts.repeated(APPLICATION_ID, body["nonce"])
        if known is not None:
            if known.deleted:
                raise access.unknown("Message", 10008)
            return {**known.data, "nonce": known.nonce}
    note_mentions(sandbox, body, f"POST {LIST}")
    origin = _reply(sandbox, channel, mine, body)
    message = sandbox.posts.create(channel, sandbox.world.bot, body, call.files, origin)
    return message.data if message.nonce is None else {**message.data, "nonce": message.nonce}


def note_mentions(sandbox: Sandbox, body: Json, where: str) -> None:
    """A message that does not say whom it may ping is a mistake in this project."""
    if body.get("allowed_mentions") is None:
        sandbox.violations.add("allowed_mentions missing", where, str(body.get("content") or "")[:100])


def _reply(sandbox: Sandbox, channel: Channel, mine: int, body: Json) -> Origin:
    """What a message that replies to another one says about it; one that names an unknown message is refused."""
    reference = body.get("message_reference")
    if reference is None or reference.get("type") == FORWARD:
        return PLAIN
    if not mine & Permission.READ_MESSAGE_HISTORY:
        raise Refusal(400, 160002, "Cannot reply without permission to read message history")
    replied_to = channel.messages.get(as_id(reference["message_id"]))
    if replied_to is None:
        if reference.get("fail_if_not_exists") is False:
            return PLAIN
        error = {"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}
        raise Refusal(400, 50035, "Invalid Form Body", {"message_reference": {"_errors": [error]}})
    said: Json = {"type": 0, "channel_id": str(channel.id), "message_id": str(replied_to.id)}
    if channel.guild_id:
        said["guild_id"] = str(channel.guild_id)
    original = {key: value for key, value in _seen(sandbox, channel, replied_to).items() if key != "referenced_message"}
    return Origin(type=REPLY, extra={"message_reference": said, "referenced_message": original})


def _may_send(sandbox: Sandbox, channel: Channel, mine: int) -> None:
    if channel.type == DM:
        recipient = sandbox.world.users[channel.recipient]
        if not any(recipient.id in guild.members for guild in sandbox.world.bot_guilds()):
            raise Refusal(403, 50278, "Cannot send messages to this user due to having no mutual guilds")
        if recipient.dms_closed:
            raise Refusal(403, 50007, "Cannot send messages to this user")
    elif channel.type in THREADS:
        access.require(mine, Permission.SEND_MESSAGES_IN_THREADS)
        _wake_thread(sandbox, channel)
    else:
        access.require(mine, Permission.SEND_MESSAGES)


def _wake_thread(sandbox: Sandbox, thread: Channel) -> None:
    if thread.thread.get("locked"):
        raise Refusal(400, 160005, "Thread is locked")
    if thread.thread.get("archived"):
        thread.thread["archived"] = False
        sandbox.tell_channel("THREAD_UPDATE", thread)


@routes.on("GET", LIST)
def history(sandbox: Sandbox, call: Call) -> list[Json]:
    """A page of messages, newest first; empty, without any error, where the bot may not read the history."""
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    limit = call.number("limit", 50, 1, 100)
    if not mine & Permission.READ_MESSAGE_HISTORY:
        return []
    query, messages = call.query, channel.messages
    newest_first = ((each, messages[each]) for each in reversed(messages))
    if "after" in query:
        after = as_id(query["after"])
        ids = [each for each in messages if each > after][:limit]
        page = [messages[each] for each in reversed(ids)]
    elif "around" in query:
        page = _around(list(messages.values()), as_id(query["around"]), limit)
    else:
        before = as_id(query["before"]) if "before" in query else 1 << 63
        page = list(islice((message for each, message in newest_first if each < before), limit))
    return [_seen(sandbox, channel, message) for message in page]


def _around(messages: list[Message], middle: int, limit: int) -> list[Message]:
    place = bisect_left(messages, middle, key=lambda message: message.id)
    first = max(0, place - limit // 2)
    return messages[first : first + limit][::-1]


def _seen(sandbox: Sandbox, channel: Channel, message: Message) -> Json:
    foreign = message.author_id != APPLICATION_ID and channel.type != DM
    if foreign and not sandbox.settings.privileged & intents.MESSAGE_CONTENT:
        return intents.without_content(message.data)
    return message.data


@routes.on("GET", ONE)
def fetch(sandbox: Sandbox, call: Call) -> Json:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    access.require(mine, Permission.READ_MESSAGE_HISTORY, code=50001, message="Missing Access")
    return _seen(sandbox, channel, access.channel_message(channel, as_id(call.ids[1])))


@routes.on("PATCH", ONE)
def edit(sandbox: Sandbox, call: Call) -> Json | Reply:
    channel, _ = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    message = access.channel_message(channel, as_id(call.ids[1]))
    if message.author_id != APPLICATION_ID:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    if channel.type in THREADS and channel.thread.get("archived"):
        raise Refusal(400, 50083, "Thread is archived")
    check_message(call.json, is_edit=True, has_files=bool(call.files), flags_before=message.data["flags"])
    if sandbox.clock.now() - moment_of(message.id) > OLD:
        verdict = sandbox.limits.old_edit(call.ids[0])
        if verdict is not None:
            return Reply(429, verdict)
    sandbox.posts.edit(message, call.json, call.files)
    return message.data


@routes.on("DELETE", ONE)
def delete(sandbox: Sandbox, call: Call) -> None:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    message = access.channel_message(channel, as_id(call.ids[1]))
    if message.author_id != APPLICATION_ID:
        access.require(mine, Permission.MANAGE_MESSAGES)
    sandbox.posts.delete(message)


@routes.on("POST", "/channels/{channel_id}/typing")
def typing(sandbox: Sandbox, call: Call) -> None:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    _may_send(sandbox, channel, mine)


@routes.on("GET", PINS)
def pins(sandbox: Sandbox, call: Call) -> Json:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    readable = bool(mine & Permission.READ_MESSAGE_HISTORY)
    found = [channel.messages[each] for each in reversed(channel.pins)] if readable else []
    items = [{"pinned_at": each.data["timestamp"], "message": _seen(sandbox, channel, each)} for each in found]
    return {"items": items, "has_more": False}


@routes.on("PUT", PINS + "/{message_id}")
def pin(sandbox: Sandbox, call: Call) -> None:
    channel, message = _to_pin(sandbox, call)
    if message.id in channel.pins:
        return
    if len(channel.pins) >= PIN_LIMIT:
        raise Refusal(400, 30003, "Maximum number of pins reached (250)")
    channel.pins.append(message.id)
    message.data["pinned"] = True


@routes.on("DELETE", PINS + "/{message_id}")
def unpin(sandbox: Sandbox, call: Call) -> None:
    channel, message = _to_pin(sandbox, call)
    if message.id in channel.pins:
        channel.pins.remove(message.id)
    message.data["pinned"] = False


def _to_pin(sandbox: Sandbox, call: Call) -> tuple[Channel, Message]:
    channel, mine = access.bot_channel(sandbox.world, as_id(call.ids[0]))
    access.require(mine, Permission.PIN_MESSAGES)
    return channel, access.channel_message(channel, as_id(call.ids[1]))
