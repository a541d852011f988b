"""Tells the log channel of each guild what moderators changed."""

import logging
from itertools import groupby
from operator import itemgetter

from bot.clock import Clock
from bot.delivery.calls import Calls
from bot.delivery.sender import Limited, NotSent, Sender, Unsure
from bot.domain.audit import Change
from bot.store import audit, guilds
from bot.store.database import Database
from bot.ui.audit import log_entry

log = logging.getLogger(__name__)

LOOK = 2.0  # real seconds between two looks for new changes; those between become one message
AT_ONCE = 40
# Real seconds in which a guild whose log channel fails is left alone, so that it holds up no other.
PATIENCE = 60.0


class AuditLog:
    """Rows are what is to be told: whatever was committed is told after a restart, too."""

    def __init__(self, clock: Clock, db: Database, sender: Sender, calls: Calls) -> None:
        self._clock = clock
        self._db = db
        self._sender = sender
        self._calls = calls
        self._not_before: dict[int, float] = {}

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("The log channels could not be told of changes; the next try follows")
            await self._clock.sleep(LOOK)

    async def look(self) -> None:
        """Tell what has not been told."""
        real = self._clock.monotonic()
        self._not_before = {guild_id: at for guild_id, at in self._not_before.items() if at > real}
        untold = await self._db.read(audit.untold, AT_ONCE, list(self._not_before))
        for guild_id, changes in groupby(untold, itemgetter(0)):
            await self._tell(guild_id, [change for _, change in changes])

    async def _tell(self, guild_id: int, changes: list[Change]) -> None:
        channel_id = (await self._db.read(guilds.config, guild_id)).log_channel_id
        try:
            if channel_id is not None:
                await self._post(channel_id, changes)
        except (Unsure, Limited) as error:
            log.warning("Log channel %s is told of changes later: %s", channel_id, error)
            self._not_before[guild_id] = self._clock.monotonic() + PATIENCE
            return
        except NotSent as error:  # it stands in /audit all the same
            log.warning("Log channel %s is not told of changes: %s", channel_id, error)
        await self._db.write(audit.told, guild_id, changes[-1].number)

    async def _post(self, channel_id: int, changes: list[Change]) -> None:
        entry = log_entry(changes)
        await self._calls.make(
            channel_id,
            lambda: self._sender.send(channel_id, entry, nonce=None, marker=None, ping_role_id=None),
        )
