"""Guilds come and go: what is kept for those that left, and for how long."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable

from bot.clock import Clock
from bot.domain.departures import KEPT, Arrival
from bot.services.changes import Changes
from bot.store import departures
from bot.store.database import Database

log = logging.getLogger(__name__)

EVERY = 3600.0  # real seconds between two looks for guilds whose time is up


class DepartureService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes
        self._look = asyncio.Event()
        clock.on_move(self._look.set)

    async def arrived(self, guild_id: int) -> Arrival:
        """The bot was added to a guild. NEW is answered once: whatever is said then is said once."""
        arrival = await self._db.write(departures.arrive, guild_id, self._clock.now())
        if arrival is Arrival.BACK:
            self._changes.reminders()
        log.info("Guild %d has added the bot (%s)", guild_id, arrival)
        return arrival

    async def left(self, guild_id: int) -> None:
        """The bot was removed from a guild, which is not an outage of it."""
        await self._db.write(departures.leave, guild_id, self._clock.now())
        self._changes.reminders()
        log.info("Guild %d has removed the bot: its data is kept for %d days", guild_id, KEPT.days)

    async def present(self, guild_ids: Iterable[int]) -> None:
        """Discord has listed all guilds that the bot is in, those with an outage too."""
        back, gone = await self._db.write(departures.reconcile, frozenset(guild_ids), self._clock.now())
        if back or gone:
            self._changes.reminders()
            log.info("While not connected, the bot was added again to %s and removed from %s", back, gone)

    async def erase_overdue(self) -> list[int]:
        """Forget the guilds that left more than `KEPT` ago; returns which."""
        erased = []
        for guild_id in await self._db.read(departures.overdue, self._clock.now()):
            if await self._db.write(departures.erase, guild_id, self._clock.now()):
                log.info("Guild %d left %d days ago: all about it was erased", guild_id, KEPT.days)
                erased.append(guild_id)
        return erased

    async def watch(self) -> None:
        """Erase what is overdue, now and again, until cancelled."""
        while True:
            self._look.clear()
            try:
                await self.erase_overdue()
            except Exception:
                log.exception("The data of guilds that left could not be erased; the next try follows in an hour")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), EVERY)
