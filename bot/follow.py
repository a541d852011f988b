"""Follows the clock of another process, so that a rehearsal can move the time of a running bot."""

import asyncio
import json
import logging
from datetime import datetime

import aiohttp

from bot.clock import Clock

log = logging.getLogger(__name__)


async def follow(url: str, clock: Clock, session: aiohttp.ClientSession, ready: asyncio.Event | None = None) -> None:
    """Take over every change that the WebSocket at `url` sends, until cancelled.

    Frames are `{"seq": n, "now": ISO instant, "speed": number}`, each answered with `{"seq": n}` once the clock has
    been moved. `ready` is set after the first. A lost connection is made anew every second (real time).
    """
    while True:
        try:
            async with session.ws_connect(url, heartbeat=20) as socket:
                async for message in socket:
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        break
                    await socket.send_json({"seq": _apply(clock, message.data)})
                    if ready is not None:
                        ready.set()
        except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
            log.warning("The clock at %s cannot be followed (%s); trying again", url, error)
        await asyncio.sleep(1)


def _apply(clock: Clock, frame: str) -> int:
    data = json.loads(frame)
    clock.move(datetime.fromisoformat(data["now"]), float(data["speed"]))
    return int(data["seq"])
