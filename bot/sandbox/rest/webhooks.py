"""Follow-ups and edits of answers, through the token of an interaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import access
from bot.sandbox.interactions import ANSWERED, DEFERRED, Interaction
from bot.sandbox.posts import EPHEMERAL, LOADING
from bot.sandbox.rest.callbacks import answer_origin
from bot.sandbox.rest.messages import note_mentions
from bot.sandbox.rest.routing import Call, Routes
from bot.sandbox.rules import Refusal, check_message
from bot.sandbox.wire import Json, as_id
from bot.sandbox.world import APPLICATION_ID

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Message

routes = Routes()
HOOK = "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL = HOOK + "/messages/@original"
ONE = HOOK + "/messages/{message_id}"
MAX_FOLLOWUPS_KEPT = 200


def _interaction(sandbox: Sandbox, call: Call) -> Interaction:
    if as_id(call.ids[0]) != APPLICATION_ID:
        raise access.unknown("Webhook", 10015)
    return sandbox.interactions.webhook(call.ids[1])


def _message(sandbox: Sandbox, call: Call, interaction: Interaction) -> Message:
    """The message meant: the original answer, a follow-up, or the message whose component was used."""
    if len(call.ids) == 2:  # noqa: PLR2004  # the path ended in @original
        found = interaction.original
    else:
        own = [interaction.original, interaction.source, *interaction.followups]
        wanted = as_id(call.ids[2])
        found = next((each for each in own if each is not None and each.id == wanted), None)
    if found is None or found.deleted or found.channel_id not in sandbox.world.channels:
        raise access.unknown("Message", 10008)
    return found


@routes.on("POST", HOOK, open=True)
def follow_up(sandbox: Sandbox, call: Call) -> Json | None:
    """A further message; the first one after a deferred answer takes that answer's place."""
    interaction = _interaction(sandbox, call)
    body = call.json
    check_message(body, has_files=bool(call.files))
    note_mentions(sandbox, body, f"POST {HOOK}")
    original = interaction.original
    if interaction.state == DEFERRED and original is not None and not original.deleted:
        sandbox.posts.fill(original, body, call.files)
        sandbox.interactions.settle(interaction, ANSWERED)
        return original.data
    flags = body.get("flags") or 0
    message = sandbox.posts.create(
        interaction.channel, sandbox.world.bot, body, call.files, answer_origin(interaction, flags & EPHEMERAL)
    )
    if len(interaction.followups) < MAX_FOLLOWUPS_KEPT:
        interaction.followups.append(message)
    sandbox.interactions.tell(interaction)
    return message.data


@routes.on("GET", ORIGINAL, open=True)
@routes.on("GET", ONE, open=True)
def fetch(sandbox: Sandbox, call: Call) -> Json:
    return _message(sandbox, call, _interaction(sandbox, call)).data


@routes.on("PATCH", ORIGINAL, open=True)
@routes.on("PATCH", ONE, open=True)
def edit(sandbox: Sandbox, call: Call) -> Json:
    interaction = _interaction(sandbox, call)
    message, body = _message(sandbox, call, interaction), call.json
    check_message(body, is_edit=True, has_files=bool(call.files), flags_before=message.data["flags"])
    if message.data["flags"] & LOADING:
        sandbox.posts.fill(message, body, call.files)
        sandbox.interactions.settle(interaction, ANSWERED)
    else:
        sandbox.posts.edit(message, body, call.files)
        sandbox.interactions.tell(interaction)
    return message.data


@routes.on("DELETE", ORIGINAL, open=True)
@routes.on("DELETE", ONE, open=True)
def delete(sandbox: Sandbox, call: Call) -> None:
    interaction = _interaction(sandbox, call)
    message = _message(sandbox, call, interaction)
    if message is interaction.source and message.viewer == 0:
        raise Refusal(403, 50013, "Missing Permissions")
    sandbox.posts.delete(message)
    if interaction.state == DEFERRED and message is interaction.original:
        sandbox.interactions.settle(interaction, ANSWERED)
