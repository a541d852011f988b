"""Tells the moderators of a guild what went wrong, in its log channel."""

import asyncio
import logging

from bot.clock import Clock
from bot.delivery.calls import Calls
from bot.delivery.sender import Limited, NotSent, Sender, Unsure
from bot.store import guilds
from bot.store.database import Database
from bot.ui import limits
from bot.ui.reply import Reply

log = logging.getLogger(__name__)

GATHER = 1.0  # seconds in which what goes wrong together becomes one message
REPEAT = 3600.0  # seconds in which the same words are not said again


class Moderators:
    """`tell` puts words into the guild's log channel; where that cannot be, they stand in the log."""

    def __init__(self, clock: Clock, db: Database, sender: Sender, calls: Calls) -> None:
        self._clock = clock
        self._db = db
        self._sender = sender
        self._calls = calls
        self._waiting: dict[int, tuple[list[str], asyncio.Task[bool]]] = {}
        self._said: dict[tuple[int, str], float] = {}

    async def tell(self, guild_id: int, words: str) -> bool:
        """Say `words` (Markdown, names in it made safe; nobody is pinged). Never raises.

        False when Discord could not be reached, so that it is worth saying again; True also when there is no log
        channel, or nobody may post in it: then it was logged as a warning.
        """
        now = self._clock.monotonic()
        self._said = {key: at for key, at in self._said.items() if now - at < REPEAT}
        if (guild_id, words) in self._said:
            return True
        if guild_id not in self._waiting:
            lines: list[str] = []
            self._waiting[guild_id] = (lines, asyncio.create_task(self._say(guild_id, lines), name="moderators"))
        lines, task = self._waiting[guild_id]
        if words not in lines:
            lines.append(words)
        told = await asyncio.shield(task)
        if told:
            self._said[guild_id, words] = now
        return told

    async def _say(self, guild_id: int, lines: list[str]) -> bool:
        await self._clock.sleep(GATHER)
        del self._waiting[guild_id]
        ids = {"guild_id": guild_id}
        try:
            channel_id = (await self._db.read(guilds.config, guild_id)).log_channel_id
            if channel_id is None:
                log.warning("Guild %d has no log channel for this: %s", guild_id, " / ".join(lines), extra=ids)
                return True
            return await self._post(channel_id, lines)
        except Exception:
            log.exception("The moderators of guild %d could not be told: %s", guild_id, " / ".join(lines), extra=ids)
            return True

    async def _post(self, channel_id: int, lines: list[str]) -> bool:
        message = Reply(content=_joined(lines))
        try:
            await self._calls.make(
                channel_id,
                lambda: self._sender.send(channel_id, message, nonce=None, marker=None, ping_role_id=None),
            )
        except (Unsure, Limited) as error:
            log.warning("The moderators are told later (%s): %s", error, " / ".join(lines))
            return False
        except NotSent as error:
            log.warning("Log channel %d: %s; not told: %s", channel_id, error, " / ".join(lines))
        return True


def _joined(lines: list[str]) -> str:
    shown: list[str] = []
    for line in lines:
        rest = f"… and {len(lines) - len(shown)} more"
        if sum(len(each) + 1 for each in (*shown, line, rest)) > limits.MESSAGE_CONTENT:
            return "\n".join((*shown, rest))
        shown.append(line)
    return "\n".join(shown)
