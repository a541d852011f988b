"""Time and trouble: the clock, faults, what happens to the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.wire import Json, parse_iso

if TYPE_CHECKING:
    from bot.sandbox.control.views import Handler
    from bot.sandbox.core import Sandbox


async def clock(sandbox: Sandbox, _: Json) -> Json:
    return sandbox.followers.reading()


async def set_clock(sandbox: Sandbox, ask: Json) -> Json:
    """Change the clock; the answer comes when all followers know."""
    sandbox.clock.change(
        now=parse_iso(ask["now"]) if ask.get("now") is not None else None,
        advance=float(ask.get("advance") or 0),
        speed=float(ask["speed"]) if ask.get("speed") is not None else None,
    )
    await sandbox.followers.tell()
    sandbox.timetable.look()
    return sandbox.followers.reading()


async def order_fault(sandbox: Sandbox, ask: Json) -> Json:
    return {"id": sandbox.faults.order(ask).id}


async def list_faults(sandbox: Sandbox, _: Json) -> Json:
    return {"faults": sandbox.faults.all()}


async def end_faults(sandbox: Sandbox, _: Json) -> Json:
    sandbox.faults.clear()
    return {"faults": []}


async def end_fault(sandbox: Sandbox, ask: Json) -> Json:
    sandbox.faults.clear(int(ask["_id"]))
    return {"faults": sandbox.faults.all()}


async def gateway(sandbox: Sandbox, ask: Json) -> Json:
    return {"connections": sandbox.gateway.act(ask)}


HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/_clock"): clock,
    ("POST", "/_clock"): set_clock,
    ("POST", "/_faults"): order_fault,
    ("GET", "/_faults"): list_faults,
    ("DELETE", "/_faults"): end_faults,
    ("DELETE", "/_faults/*"): end_fault,
    ("POST", "/_gateway"): gateway,
}
