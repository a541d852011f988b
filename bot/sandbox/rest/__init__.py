"""Discord's REST API, a file per family of endpoints."""

from bot.sandbox.rest import callbacks, channels, commands, guilds, messages, scheduled_events, users, webhooks
from bot.sandbox.rest.routing import Router

FAMILIES = (users, messages, callbacks, webhooks, commands, guilds, channels, scheduled_events)


def router() -> Router:
    return Router(family.routes for family in FAMILIES)
