"""Logs in and stays connected: waits out outages with growing pauses, gives up only where waiting cannot help."""

import asyncio
import logging
from http import HTTPStatus

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
# Cloudflare's own 429 wants a minute at least, and no loop (a ban of the address follows).
BLOCKED_PAUSE = 60.0
LONGEST_BLOCKED_PAUSE = 1800.0
# Gateway close codes after which the same try can only fail again (Discord: topics/opcodes-and-status-codes).
FATAL_CLOSES = {
    4004: "Discord closed the connection because of the token (4004). Put a valid DISCORD_TOKEN into .env.",
    4010: "Discord refuses this shard (4010).",
    4011: "The bot is in so many servers that Discord wants sharding (4011), which this release does not do.",
    4012: "Discord no longer speaks this version of its gateway (4012). Update the bot.",
    4013: "Discord refuses the intents (4013). Update the bot.",
    4014: "Discord refuses a privileged intent (4014). This bot needs none: update it.",
}


class CannotConnect(Exception):
    """Trying again would change nothing; `str()` is one line that says what to do."""


def point_at(api_url: str, gateway_url: str) -> None:
    """Let discord.py speak to that server instead of Discord's own. Call before the client is made."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)


async def stay_connected(client: discord.Client, token: str, clock: Clock, logged_in: asyncio.Event) -> None:
    """Log in (and set `logged_in`), connect, and return when the client was closed.

    Raises:
        CannotConnect: the token or the application is refused.
    """
    pause = FIRST_PAUSE
    reason: BaseException
    while not client.is_closed():
        try:
            if not logged_in.is_set():
                await client.login(token)
                logged_in.set()
            await client.connect(reconnect=True)
            return
        except discord.LoginFailure:
            raise CannotConnect(
                "Discord does not accept DISCORD_TOKEN. Copy it anew from the Bot page of your application "
                "in Discord's developer portal into .env."
            ) from None
        except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired) as error:
            code = error.code if isinstance(error, discord.ConnectionClosed) else 4014
            raise CannotConnect(FATAL_CLOSES.get(code, f"Discord closed the connection for good ({code}).")) from None
        except (OSError, aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound) as error:
            reason = error
        except discord.RateLimited as error:
            reason, pause = error, max(pause, error.retry_after)
        except Exception as error:
            # discord.py #10520: the very first connect to an unreachable gateway ends as an AttributeError instead of
            # being retried; and a frame it cannot read ends the connection. Neither may end the bot.
            reason = error.__context__ or error
            if getattr(client, "ws", None) is not None:
                log.exception("The connection ended in a way it should not")
        await _let_go(client, logged_in=logged_in.is_set())
        pause = await _wait(clock, pause, reason)


async def _let_go(client: discord.Client, *, logged_in: bool) -> None:
    """Close what the try that failed has left open."""
    if not logged_in:  # every login opens an aiohttp session of its own
        await client.http.close()
        client.http.connector = discord.utils.MISSING
    elif getattr(client, "ws", None) is not None and client.ws.open:
        await client.ws.close(code=4000)


async def _wait(clock: Clock, pause: float, reason: BaseException) -> float:
    """Say why, wait, and return the next pause."""
    blocked = isinstance(reason, discord.HTTPException) and reason.status == HTTPStatus.TOO_MANY_REQUESTS
    if blocked:
        pause = max(pause, BLOCKED_PAUSE)
    log.warning("Discord cannot be reached (%s: %s); next try in %.0f s", type(reason).__name__, reason, pause)
    await clock.sleep(pause)
    return min(pause * 2, LONGEST_BLOCKED_PAUSE if blocked else LONGEST_PAUSE)
