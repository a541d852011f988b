"""Answers to sessions: presses that come while a commit is under way share the next one."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.rsvps import Outcome, Outlook, Press, Rsvp
from bot.domain.sessions import Session, SessionId
from bot.metrics import NONE, Metrics
from bot.services.changes import Changes
from bot.store import reminders, rsvps
from bot.store.database import Database

MAX_BATCH = 512  # presses in one write: bounds how long others wait, and the values bound to one statement


class _Waiting:
    """A press whose author waits for the commit. `follows`: the caller sees to the card."""

    __slots__ = ("follows", "future", "press")

    def __init__(self, press: Press, *, follows: bool) -> None:
        self.press = press
        self.follows = follows
        self.future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()


_Key: TypeAlias = tuple[int, SessionId]


class RsvpService:
    """Sets answers; holds nothing of a session once its presses are answered."""

    def __init__(self, db: Database, clock: Clock, changes: Changes, metrics: Metrics = NONE) -> None:
        self._db = db
        self._metrics = metrics
        self._clock = clock
        self._changes = changes
        self._gathered: dict[_Key, list[_Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._commits = 0

    async def answer(self, guild_id: int, session_id: SessionId, press: Press, *, follows: bool = False) -> Outcome:
        """Set the answer of `press` and return when that is on disk.

        Listeners to changes are told of the card, unless the caller `follows`: then it shows the new card itself.

        Raises:
            Refusal: the session is not of this guild, cancelled, over, full of answers, or asks for other ones.
        """
        begun = self._clock.monotonic()
        waiting = _Waiting(press, follows=follows)
        gathered = self._gathered.get((guild_id, session_id))
        if gathered is not None:
            gathered.append(waiting)
        else:
            self._gathered[guild_id, session_id] = [waiting]
            task = asyncio.create_task(self._commit_all((guild_id, session_id)), name="rsvps")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        outcome = await waiting.future
        self._metrics.answered(self._clock.monotonic() - begun)
        return outcome

    @property
    def waiting(self) -> int:
        """Presses that are not in a commit yet."""
        return sum(len(gathered) for gathered in self._gathered.values())

    async def standing(self, guild_id: int, session_id: SessionId, user_id: int) -> tuple[Session, Rsvp | None]:
        """A session and what a person answered to it.

        Raises:
            Refusal: the session is not of this guild.
        """
        session, rsvp = await self._db.read(rsvps.standing, guild_id, session_id, user_id)
        if session is None:
            raise Refusal("This session is not here any more. `/schedule` shows what is on.")
        return session, rsvp

    async def outlook(self, guild_id: int, session_id: SessionId, user_id: int) -> Outlook:
        """What a person answered to a session, and what the next answer depends on.

        Raises:
            Refusal: the session is not of this guild.
        """
        found = await self._db.read(rsvps.outlook, guild_id, session_id, user_id)
        if found is None:
            raise Refusal("This session is not here any more. `/schedule` shows what is on.")
        return found

    async def guild_of_notice(self, key: str, user_id: int) -> int | None:
        """The guild that a direct message of ours to this person was about."""
        return await self._db.read(reminders.guild_of_notice, key, user_id)

    async def close(self) -> None:
        """Wait until all presses that were taken are answered."""
        await asyncio.gather(*self._tasks)

    async def _commit_all(self, key: _Key) -> None:
        while batch := self._gathered[key][:MAX_BATCH]:
            del self._gathered[key][:MAX_BATCH]
            await self._commit(*key, batch)
        del self._gathered[key]

    async def _commit(self, guild_id: int, session_id: SessionId, batch: list[_Waiting]) -> None:
        presses = [waiting.press for waiting in batch]
        try:
            done = await self._db.write(rsvps.apply, guild_id, session_id, presses, self._clock.now())
        except Exception as error:  # noqa: BLE001 - each caller is told; the session's next presses are still taken
            for waiting in batch:
                _settle(waiting, error)
            return
        self._commits += 1
        self._announce(session_id, batch, done)
        for waiting, outcome in zip(batch, done.outcomes, strict=True):
            if isinstance(outcome, Refusal):
                _settle(waiting, outcome)
            else:
                _settle(waiting, replace(outcome, commit=self._commits, outlook=done.outlook))

    def _announce(self, session_id: SessionId, batch: Sequence[_Waiting], done: rsvps.Batch) -> None:
        if done.moved or done.offered or done.lends:
            self._changes.reminders()
        # Whoever said he follows but has stopped waiting meanwhile does not follow.
        if done.moved or any(
            isinstance(outcome, Outcome) and outcome.shows and (not waiting.follows or waiting.future.done())
            for waiting, outcome in zip(batch, done.outcomes, strict=True)
        ):
            self._changes.card(session_id)


def _settle(waiting: _Waiting, result: Outcome | Exception) -> None:
    if waiting.future.done():  # nobody waits any more
        return
    if isinstance(result, Refusal):
        waiting.future.set_exception(Refusal(*result.args))  # its own, since raising it writes into it
    elif isinstance(result, Exception):
        waiting.future.set_exception(result)
    else:
        waiting.future.set_result(result)
