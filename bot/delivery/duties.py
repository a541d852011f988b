"""What is due at a moment and is no post: offers of seats that end, roles to be lent and taken back.

Done from the courier's look at the rows, so it is woken by the same alarm and caught up after a restart.
"""

import asyncio
import logging
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.calls import Calls
from bot.delivery.moderators import Moderators
from bot.delivery.roles import UNKNOWN_MEMBER, UNKNOWN_ROLE, Roles
from bot.delivery.sender import Limited, NotSent, Refused
from bot.domain.sessions import SessionId
from bot.services.changes import Changes
from bot.store import loans, offers
from bot.store.database import Database
from bot.store.loans import Loan
from bot.ui.lending import cannot_give, cannot_take

log = logging.getLogger(__name__)

AT_ONCE = 100  # rows of one look
PAUSE = 15.0  # real seconds after a call of which nobody knows what became
PARKED = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))  # somebody has to change something
GRACE = 8.0  # real seconds for what is under way when the bot stops


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be done now, and when to look again."""

    offers: tuple[tuple[int, SessionId], ...]
    guilds: tuple[int, ...]
    again_at: datetime | None


class Duties:
    """Roles go out one by one in each guild; a role that may be with somebody is on record before it is given."""

    def __init__(
        self, clock: Clock, db: Database, changes: Changes, *, calls: Calls, moderators: Moderators, roles: Roles | None
    ) -> None:
        self._clock = clock
        self._db = db
        self._changes = changes
        self._calls = calls
        self._moderators = moderators
        self._roles = roles
        self._under_way: dict[int, asyncio.Task[None]] = {}  # by guild
        self._not_before: dict[int, float] = {}  # real seconds, by guild
        self._refusals: Counter[tuple[int, int]] = Counter()  # by guild and role

    async def look(self, now: datetime) -> datetime | None:
        """Begin what is due, and return the moment of what comes next. Never raises."""
        try:
            due = await self._db.read(_due, now)
            for guild_id, session_id in due.offers:
                await self._end_offers(guild_id, session_id, now)
        except Exception:
            log.exception("A look at offers and loans failed; the next follows soon")
            return None
        for guild_id in due.guilds if self._roles is not None else ():
            if guild_id not in self._under_way and self._not_before.get(guild_id, 0.0) <= self._clock.monotonic():
                self._begin(guild_id)
        return due.again_at

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def close(self) -> None:
        """Finish the call that is under way; the rest is done at the next start."""
        if not self._under_way:
            return
        for task in self._under_way.values():
            task.cancel()
        await asyncio.wait(self._under_way.values(), timeout=GRACE)

    async def _end_offers(self, guild_id: int, session_id: SessionId, now: datetime) -> None:
        batch = await self._db.write(offers.end, guild_id, session_id, now)
        if batch.outcomes or batch.moved or batch.offered:
            self._changes.reminders()
            self._changes.card(session_id)

    def _begin(self, guild_id: int) -> None:
        task = asyncio.create_task(self._work(guild_id), name=f"roles-{guild_id}")
        self._under_way[guild_id] = task
        task.add_done_callback(lambda _: self._under_way.pop(guild_id, None))

    async def _work(self, guild_id: int) -> None:
        """Take back first: a role that is given and taken at the same moment is one that goes on."""
        try:
            while await self._take_some(guild_id) or await self._give_some(guild_id):
                pass
        except NotSent as error:
            pause = error.seconds if isinstance(error, Limited) else PAUSE
            self._not_before[guild_id] = self._clock.monotonic() + pause
            log.warning("Roles of guild %d: %s; again in %.0f seconds", guild_id, error, pause)
        except Exception:
            self._not_before[guild_id] = self._clock.monotonic() + PAUSE
            log.exception("Lending roles in guild %d failed", guild_id)

    async def _give_some(self, guild_id: int) -> bool:
        """Whether there was anything to do."""
        found = await self._db.read(loans.to_give, guild_id, self._clock.now(), AT_ONCE)
        parked: set[SessionId] = set()
        for loan in found:
            if loan.session_id not in parked and not await self._give(loan):
                parked.add(loan.session_id)
        return bool(found)

    async def _take_some(self, guild_id: int) -> bool:
        found = await self._db.read(loans.to_take, guild_id, self._clock.now(), AT_ONCE)
        parked: set[int] = set()
        for loan in found:
            if loan.role_id not in parked and not await self._take(loan):
                parked.add(loan.role_id)
        return bool(found)

    async def _give(self, loan: Loan) -> bool:
        """False when Discord refuses to give this role to anybody."""
        assert self._roles is not None
        roles = self._roles
        who = (loan.guild_id, loan.user_id, loan.role_id)
        try:
            if not await self._db.read(loans.begun, loan) and await self._calls.make(
                loan.guild_id, lambda: roles.has(*who)
            ):
                await self._put(loan, "kept")  # the person's own
                return True
            await self._put(loan, "begun")
            await self._calls.make(loan.guild_id, lambda: roles.give(*who))
        except Refused as error:
            if error.code == UNKNOWN_MEMBER:  # left the server
                await self._put(loan, "kept")
                return True
            await self._park_giving(loan, error)
            return False
        await self._put(loan, "lent")
        self._refusals.pop((loan.guild_id, loan.role_id), None)
        return True

    async def _take(self, loan: Loan) -> bool:
        """False when Discord refuses to take this role from anybody."""
        assert self._roles is not None
        roles = self._roles
        if await self._db.read(loans.must_be_taken, loan):
            try:
                await self._calls.make(loan.guild_id, lambda: roles.take(loan.guild_id, loan.user_id, loan.role_id))
            except Refused as error:
                if error.code not in (UNKNOWN_MEMBER, UNKNOWN_ROLE):  # where one is gone there is nothing to take
                    await self._park_taking(loan, error)
                    return False
        await self._db.write(loans.forget, loan)
        return True

    async def _put(self, loan: Loan, state: str) -> None:
        await self._db.write(loans.put, loan, state, self._clock.now())

    async def _park_giving(self, loan: Loan, error: Refused) -> None:
        again = self._clock.now() + self._pause(loan)
        await self._db.write(loans.lend_again_at, loan.session_id, again)
        await self._moderators.tell(loan.guild_id, cannot_give(loan.role_id, again, gone=error.code == UNKNOWN_ROLE))

    async def _park_taking(self, loan: Loan, error: Refused) -> None:
        log.info("A role was not taken back: %s", error)
        again = self._clock.now() + self._pause(loan)
        count = await self._db.write(loans.take_again_at, loan.guild_id, loan.role_id, again)
        await self._moderators.tell(loan.guild_id, cannot_take(loan.role_id, count, again))

    def _pause(self, loan: Loan) -> timedelta:
        key = (loan.guild_id, loan.role_id)
        self._refusals[key] += 1
        return PARKED[min(self._refusals[key], len(PARKED)) - 1]


def _due(conn: sqlite3.Connection, now: datetime) -> _Due:
    moments = (offers.next_end(conn, now), loans.next_moment(conn, now))
    return _Due(
        tuple(offers.ended(conn, now, AT_ONCE)),
        tuple(loans.guilds_at_work(conn, now)),
        min((moment for moment in moments if moment is not None), default=None),
    )
