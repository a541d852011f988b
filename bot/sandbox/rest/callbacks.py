"""The first answer to an interaction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.sandbox import components, payloads
from bot.sandbox.interactions import ANSWERED, COMMAND, DEFERRED, Interaction, metadata
from bot.sandbox.posts import EPHEMERAL, LOADING, Origin
from bot.sandbox.rest.messages import note_mentions
from bot.sandbox.rest.routing import Call, Routes
from bot.sandbox.rules import Refusal, check_interaction_response
from bot.sandbox.uploads import medium_of
from bot.sandbox.wire import Json, as_id
from bot.sandbox.world import APPLICATION_ID

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Message

routes = Routes()
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
REPLY, CHAT_INPUT_COMMAND = 19, 20


@routes.on("POST", CALLBACK, open=True, unlimited=True)
def callback(sandbox: Sandbox, call: Call) -> Json | None:
    """Take the first answer; with `with_response` say what came of it."""
    interaction = sandbox.interactions.waiting(as_id(call.ids[0]), call.ids[1])
    body = call.json
    source = interaction.source
    flags = source.data["flags"] if source else 0
    check_interaction_response(interaction.kind, body, has_files=bool(call.files), flags_before=flags)
    kind = body["type"]
    if kind in (DEFERRED_UPDATE, UPDATE) and source is None:
        raise _wrong_type(kind)
    data = body.get("data") or {}
    said: Json = {"id": str(interaction.id), "type": interaction.kind, "channel_id": str(interaction.channel.id)}
    if interaction.channel.guild_id:
        said["guild_id"] = str(interaction.channel.guild_id)
    answer: Json = {"interaction": said}
    message = _carry_out(sandbox, interaction, kind, data, call)
    if message is not None:
        said["response_message_id"] = str(message.id)
        said["response_message_loading"] = kind == DEFERRED_MESSAGE
        said["response_message_ephemeral"] = bool(message.viewer)
        if kind in (MESSAGE, UPDATE):
            answer["resource"] = {"type": kind, "message": message.data}
    wants = call.query.get("with_response", "").lower() in ("1", "true")
    return answer if wants else None


def _wrong_type(kind: int) -> Refusal:
    words = f"Value must be one of ({MESSAGE}, {DEFERRED_MESSAGE}), not {kind}: there is no message to update."
    return Refusal(
        400, 50035, "Invalid Form Body", {"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": words}]}}
    )


def _carry_out(sandbox: Sandbox, interaction: Interaction, kind: int, data: Json, call: Call) -> Message | None:
    if kind == MESSAGE:
        note_mentions(sandbox, data, f"POST {CALLBACK}")
        interaction.original = sandbox.posts.create(
            interaction.channel, sandbox.world.bot, data, call.files, answer_origin(interaction, data.get("flags") or 0)
        )
    elif kind == DEFERRED_MESSAGE:
        flags = (data.get("flags") or 0) & EPHEMERAL
        origin = answer_origin(interaction, flags)
        origin.extra["flags"] = flags | LOADING
        interaction.original = sandbox.posts.create(interaction.channel, sandbox.world.bot, {}, {}, origin)
    elif kind in (DEFERRED_UPDATE, UPDATE):
        interaction.original = _source(interaction)
        if kind == UPDATE:
            sandbox.posts.edit(interaction.original, data, call.files)
    elif kind == CHOICES:
        interaction.choices = [{"name": each["name"], "value": each["value"]} for each in data.get("choices") or []]
    elif kind == MODAL:
        interaction.modal = {
            "title": data["title"],
            "custom_id": data["custom_id"],
            "components": components.kept(data["components"], partial(medium_of, sandbox, [])),
        }
    state = DEFERRED if kind == DEFERRED_MESSAGE else ANSWERED
    sandbox.interactions.acknowledge(interaction, kind, state)
    return interaction.original


def _source(interaction: Interaction) -> Message:
    source = interaction.source
    if source is None or source.deleted:
        raise Refusal(404, 10008, "Unknown Message")
    return source


def answer_origin(interaction: Interaction, flags: int) -> Origin:
    """How an answer says what it answers, and who sees it."""
    extra: Json = {
        "application_id": str(APPLICATION_ID),
        "webhook_id": str(APPLICATION_ID),
        "interaction_metadata": metadata(interaction),
    }
    user = interaction.user
    if interaction.kind == COMMAND:
        who = payloads.user(user)
        extra["interaction"] = {"id": str(interaction.id), "type": COMMAND, "name": interaction.name, "user": who}
    elif interaction.source is not None:
        channel = interaction.channel
        reference: Json = {"type": 0, "channel_id": str(channel.id), "message_id": str(interaction.source.id)}
        if channel.guild_id:
            reference["guild_id"] = str(channel.guild_id)
        extra["message_reference"] = reference
    replies = interaction.kind != COMMAND and interaction.source is not None
    return Origin(
        type=REPLY if replies else CHAT_INPUT_COMMAND,
        extra=extra,
        viewer=user.id if flags & EPHEMERAL else 0,
        interaction_id=interaction.id,
        default_parse={"users"},
    )
