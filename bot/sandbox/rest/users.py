"""Users, the application, and where the gateway is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox import access, payloads
from bot.sandbox.rest.routing import Call, Routes
from bot.sandbox.rules import Refusal
from bot.sandbox.seed import BOT_BITS
from bot.sandbox.wire import Json, as_id

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox

routes = Routes()
IDENTIFIES_A_DAY = 1_000


@routes.on("GET", "/users/@me")
def me(sandbox: Sandbox, _: Call) -> Json:
    return payloads.own_user(sandbox.world.bot)


@routes.on("GET", "/users/@me/guilds")
def my_guilds(sandbox: Sandbox, _: Call) -> list[Json]:
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(BOT_BITS),
            "features": [],
        }
        for guild in sandbox.world.bot_guilds()
    ]


@routes.on("GET", "/users/{user_id}")
def user(sandbox: Sandbox, call: Call) -> Json:
    found = sandbox.world.users.get(as_id(call.ids[0]))
    if found is None:
        raise access.unknown("User", 10013)
    return payloads.user(found)


@routes.on("POST", "/users/@me/channels")
def open_dm(sandbox: Sandbox, call: Call) -> Json:
    recipient = sandbox.world.users.get(as_id(call.json.get("recipient_id")))
    if recipient is None or recipient.bot:
        raise Refusal(400, 50033, "Invalid Recipient(s)")
    return payloads.channel(sandbox.world, sandbox.dm_channel(recipient))


@routes.on("GET", "/oauth2/applications/@me")
@routes.on("GET", "/applications/@me")
def application(sandbox: Sandbox, _: Call) -> Json:
    return payloads.application(sandbox.world)


@routes.on("GET", "/gateway", open=True)
def gateway(sandbox: Sandbox, _: Call) -> Json:
    return {"url": sandbox.gateway_url}


@routes.on("GET", "/gateway/bot")
def gateway_bot(sandbox: Sandbox, _: Call) -> Json:
    remaining = max(0, IDENTIFIES_A_DAY - sandbox.gateway.identifies)
    limit = {"total": IDENTIFIES_A_DAY, "remaining": remaining, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": sandbox.gateway_url, "shards": 1, "session_start_limit": limit}
