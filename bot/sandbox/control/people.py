"""Acting: commands, presses, submitted modals, and changes of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.control.world import change_world
from bot.sandbox.interactions import ANSWERED
from bot.sandbox.trouble import TroubleError

if TYPE_CHECKING:
    from bot.sandbox.control.views import Handler
    from bot.sandbox.core import Sandbox
    from bot.sandbox.interactions import Interaction
    from bot.sandbox.wire import Json

PATIENCE = 15.0


async def _outcome(sandbox: Sandbox, made: Interaction, ask: Json) -> Json:
    if ask.get("wait", True):
        await sandbox.interactions.wait(made, PATIENCE)
    return made.as_json()


async def command(sandbox: Sandbox, ask: Json) -> Json:
    return await _outcome(sandbox, sandbox.acts.command(ask), ask)


async def press(sandbox: Sandbox, ask: Json) -> Json:
    return await _outcome(sandbox, sandbox.acts.press(ask), ask)


async def submit(sandbox: Sandbox, ask: Json) -> Json:
    return await _outcome(sandbox, sandbox.acts.submit(ask), ask)


async def autocomplete(sandbox: Sandbox, ask: Json) -> Json:
    made = sandbox.acts.command(ask, focused=str(ask["focused"]))
    await sandbox.interactions.wait(made, PATIENCE)
    if made.state != ANSWERED:
        raise TroubleError(408, "no choices came in time")
    return {"choices": made.choices or []}


async def world(sandbox: Sandbox, ask: Json) -> Json:
    return await change_world(sandbox, ask)


HANDLERS: dict[tuple[str, str], Handler] = {
    ("POST", "/_act/command"): command,
    ("POST", "/_act/press"): press,
    ("POST", "/_act/submit"): submit,
    ("POST", "/_act/autocomplete"): autocomplete,
    ("POST", "/_world"): world,
}
