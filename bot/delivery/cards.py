"""Keeps the cards in Discord as the database has them, with as few calls as that takes.

Of all presses that wait when a card is to be shown anew, one leads: it is answered with the new card (interaction
callbacks are under no channel's rate limit), and the others, whose answers the card shows as well, are acknowledged.
Everything else that changes a card becomes an edit of the message, at most one a second. Per message only one of
these is under way at a time, and each reads the database when its turn comes: so counts never step back.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.clock import Clock
from bot.delivery.editor import CardPress, DiscordEditor, Editor
from bot.delivery.pace import Pace
from bot.delivery.trouble import Kind, Trouble, trouble
from bot.domain.sessions import Session, SessionId
from bot.services.changes import Changes
from bot.store import rsvps, sessions
from bot.store.database import Database
from bot.ui.cards import card
from bot.ui.lost_cards import deleted, forbidden, refused

__all__ = ["CardKeeper", "DiscordEditor"]

log = logging.getLogger(__name__)

# All in real seconds.
PATIENCE = 1.0  # a press waits so long for its turn to lead, and no longer than its own deadline allows
SHOW_TIMEOUT = 4.0  # later no answer to a press is taken any more
EDIT_TIMEOUT = 20.0
EDIT_PAUSE = 1.0  # between edits of one message: Discord has shown room for five in 5 s per channel
LONGEST_PAUSE = 60.0
RETRIES = (2.0, 5.0, 15.0, 30.0, 60.0)  # after errors that pass by themselves
PARKED = 600.0  # between two tries to edit a card that we may not edit
TOLD = 1_000  # cards in trouble that are remembered, so that the moderators hear of each once
LOOK = 5.0  # between two looks for sessions that began or ended
CLOSE_TIMEOUT = 5.0

CAUGHT_UP = timedelta(days=1)  # at the start, cards of sessions that ended longer ago are left as they are


class _Turn:
    """A press that waits to lead."""

    def __init__(self, press: CardPress) -> None:
        self.press = press
        self.taken = asyncio.Event()
        self.answered = asyncio.Event()


@dataclass(slots=True, eq=False)
class _Lane:
    """What is under way for one card; it lives while there is something to do, and the pause after it.

    `heard` is the newest commit a press has told of, `covered` the newest one that is shown or on its way.
    """

    wake: asyncio.Event = field(default_factory=asyncio.Event)  # somebody wants to lead, or the house closes
    next: _Turn | None = None
    busy: bool = False
    dirty: bool = False
    heard: int = 0
    covered: int = 0
    edit_at: float = 0.0
    lead_at: float = 0.0
    pause: float = EDIT_PAUSE
    failures: int = 0
    read: Session | None = None  # as it was when the card was last edited, or should have been


Tell: TypeAlias = Callable[[int, str], Awaitable[bool]]  # the moderators of a guild; False: worth saying again


class CardKeeper:
    """Answers presses on cards, and edits cards that show something that is no longer so."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        changes: Changes,
        editor: Editor,
        *,
        pace: Pace | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._editor = editor
        self._pace = pace or Pace(clock)
        self._lanes: dict[SessionId, _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._tell = tell
        self._told: dict[SessionId, str] = {}
        self._looked: datetime | None = None
        self._looking: asyncio.Task[None] | None = None
        self._closing = False
        changes.on_card(self.changed)

    @property
    def waiting(self) -> int:
        """Cards that show something that is no longer so."""
        return sum(lane.dirty for lane in self._lanes.values())

    def start(self) -> None:
        """From here on cards also follow the time, beginning with what changed while nobody could edit. After login."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_forever(), name="cards")

    def changed(self, session_id: SessionId) -> None:
        """Have the card of a session edited soon."""
        if not self._closing:
            self._lane(session_id).dirty = True

    async def follow(self, session_id: SessionId, press: CardPress, commit: int) -> None:
        """Answer a press on the card whose change was stored in `commit`; the card follows. Does not raise."""
        lane = self._lane(session_id)
        lane.heard = max(lane.heard, commit)
        if commit <= lane.covered or lane.next is not None:
            await _acknowledge(press)
        elif self._closing or lane.lead_at > self._clock.monotonic():
            lane.dirty = True
            await _acknowledge(press)
        else:
            await self._wait_to_lead(lane, press)

    async def look(self) -> None:
        """Edit the cards of sessions that began or ended since the last look; at the first, of all not long over."""
        now = self._clock.now()
        since = self._looked
        if since is None:
            found = await self._db.read(rsvps.cards_since, now - CAUGHT_UP)
        else:
            found = await self._db.read(rsvps.cards_turned, min(since, now), max(since, now))
        self._looked = now
        for session_id in found:
            self.changed(session_id)

    async def close(self) -> None:
        """Show the last state where that is possible at once, and end all tasks; before the client is closed."""
        self._closing = True
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        for lane in self._lanes.values():
            lane.wake.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _lane(self, session_id: SessionId) -> _Lane:
        lane = self._lanes.get(session_id)
        if lane is None:
            lane = self._lanes[session_id] = _Lane()
            task = asyncio.create_task(self._run(session_id, lane), name=f"card {session_id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return lane

    async def _wait_to_lead(self, lane: _Lane, press: CardPress) -> None:
        turn = lane.next = _Turn(press)
        lane.wake.set()
        if lane.busy:
            await self._sleep_unless(turn.taken, min(PATIENCE, press.left))
        if lane.busy and lane.next is turn:  # whoever leads is held up: the card follows by an edit
            lane.next = None
            lane.dirty = True
            await _acknowledge(press)
            return
        await turn.answered.wait()

    async def _run(self, session_id: SessionId, lane: _Lane) -> None:
        try:
            while True:
                pause = lane.edit_at - self._clock.monotonic()
                if lane.next is not None:
                    await self._lead(session_id, lane, lane.next)
                elif pause > 0 and not self._closing:
                    lane.wake.clear()
                    await self._sleep_unless(lane.wake, pause)
                elif lane.dirty:
                    await self._edit(session_id, lane)
                else:
                    return
        finally:
            del self._lanes[session_id]

    def _begin(self, lane: _Lane) -> None:
        """What is read from here on has every commit that was heard of."""
        lane.busy = True
        lane.dirty = False
        lane.covered = lane.heard

    async def _lead(self, session_id: SessionId, lane: _Lane, turn: _Turn) -> None:
        lane.next = None
        turn.taken.set()
        self._begin(lane)
        try:
            await self._show(session_id, lane, turn.press)
        except Exception as error:  # noqa: BLE001 - the press is stored: it is answered, and an edit shows the card
            await self._could_not_show(lane, turn.press, error)
        finally:
            lane.busy = False
            turn.answered.set()

    async def _show(self, session_id: SessionId, lane: _Lane, press: CardPress) -> None:
        async with asyncio.timeout(max(press.left, 0.0)):
            found = await self._db.read(rsvps.card, session_id)
        if found is None:
            await press.acknowledge()
            return
        session, roster = found
        async with asyncio.timeout(SHOW_TIMEOUT):
            await press.show(card(session, roster, self._clock.now()))
        if session.card is not None and session.card.message_id != press.message_id:
            lane.dirty = True  # an older card of the session was pressed; the one that counts follows

    async def _could_not_show(self, lane: _Lane, press: CardPress, error: Exception) -> None:
        lane.dirty = not self._closing
        found = trouble(error)
        if found.kind is Kind.LIMITED:
            self._hold(found)
            lane.lead_at = lane.edit_at = self._clock.monotonic() + max(found.seconds, EDIT_PAUSE)
        elif found.kind is Kind.UNEXPECTED:
            log.error("A press was not answered with its card, which is edited instead", exc_info=error)
        else:
            level = logging.INFO if found.kind is Kind.ANSWERED else logging.WARNING
            log.log(level, "A press was not answered with its card, which is edited instead: %s", found.words)
        await _acknowledge(press)

    async def _edit(self, session_id: SessionId, lane: _Lane) -> None:
        self._begin(lane)
        wait = took = 0.0
        try:
            took = await self._edit_card(session_id, lane)
            lane.failures = 0
            self._told.pop(session_id, None)
        except Exception as error:  # noqa: BLE001 - the loop may not die of one edit
            wait = await self._could_not_edit(session_id, lane, error)
        finally:
            lane.busy = False
        # An edit that took long was held back by a rate limit inside discord.py, which tells nobody of it.
        slow = 0.0 if wait == PARKED else wait  # which says nothing of how fast Discord is
        lane.pause = min(max(EDIT_PAUSE, took, lane.pause / 2, slow), LONGEST_PAUSE)
        lane.edit_at = self._clock.monotonic() + max(lane.pause, wait)

    async def _edit_card(self, session_id: SessionId, lane: _Lane) -> float:
        """Edit the card if there is one; how many seconds Discord took."""
        await self._pace.turn()
        found = await self._db.read(rsvps.card, session_id)
        if found is None or found[0].card is None:
            return 0.0
        lane.read, roster = found
        # The buttons go with every edit, other than with answers to presses: an edit is rare, and it cannot know
        # whether mode or phase, and with them the buttons, have changed since the last one.
        started = self._clock.monotonic()
        async with asyncio.timeout(EDIT_TIMEOUT):
            await self._editor.edit(found[0].card, card(lane.read, roster, self._clock.now()))
        return self._clock.monotonic() - started

    async def _could_not_edit(self, session_id: SessionId, lane: _Lane, error: Exception) -> float:
        """Decide what follows a failed edit; seconds until the next may be tried."""
        found = trouble(error)
        session = lane.read
        if found.kind is Kind.LIMITED:
            self._hold(found)
            lane.dirty = not self._closing
            return max(found.seconds, lane.pause * 2)
        if found.kind in (Kind.PASSING, Kind.ABSENT) or isinstance(error, sqlite3.Error) or session is None:
            return self._again(session_id, lane, error)
        if found.kind is Kind.GONE:
            await self._give_up(session)
        elif found.kind is Kind.FORBIDDEN:
            # What is long over is not worth asking for every ten minutes, for ever.
            lane.dirty = not self._closing and session.ends_at > self._clock.now() - CAUGHT_UP
            self._report(session, forbidden(session))
            return PARKED
        elif found.kind is Kind.REFUSED:
            log.error("Discord refused the card of session %s: %s", session.slug, found.words)
            self._report(session, refused(session, found.code))
        else:
            log.error("The card of session %s could not be edited", session_id, exc_info=error)
        return 0.0

    def _again(self, session_id: SessionId, lane: _Lane, error: Exception) -> float:
        lane.dirty = not self._closing
        wait = RETRIES[min(lane.failures, len(RETRIES) - 1)]
        lane.failures += 1
        log.warning("The card of session %s could not be edited; next try in %d s: %r", session_id, wait, error)
        return wait

    async def _give_up(self, session: Session) -> None:
        try:
            forgotten = await self._db.write(_forget, session)
        except sqlite3.Error:  # the next edit finds out again
            log.exception("That the card of session %s is gone could not be stored", session.slug)
            return
        if forgotten:
            self._report(session, deleted(session))

    def _hold(self, found: Trouble) -> None:
        if found.everywhere:
            self._pace.hold(found.seconds)

    def _report(self, session: Session, words: str) -> None:
        """Tell the moderators, once until the card could be edited again; nothing waits for it."""
        if self._told.get(session.id) == words:
            return
        while len(self._told) >= TOLD:
            del self._told[next(iter(self._told))]
        self._told[session.id] = words
        log.warning("%s (session %s)", words, session.slug)
        if self._tell is not None and not self._closing:
            task = asyncio.create_task(self._say(self._tell, session.guild_id, words), name="card trouble")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _say(self, tell: Tell, guild_id: int, words: str) -> None:
        for wait in RETRIES:
            if await tell(guild_id, words):
                return
            await self._clock.sleep(wait)

    async def _look_forever(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("Looking for cards that the time has changed failed; it is tried again")
            await self._clock.sleep(LOOK)

    async def _sleep_unless(self, event: asyncio.Event, seconds: float) -> None:
        tasks = [asyncio.create_task(self._clock.sleep(seconds)), asyncio.create_task(event.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()


async def _acknowledge(press: CardPress) -> None:
    try:
        await press.acknowledge()
    except Exception as error:  # noqa: BLE001 - what was pressed is stored, whether its author can be told or not
        log.info("A press could not be acknowledged: %r", error)


def _forget(conn: sqlite3.Connection, shown: Session) -> bool:
    """Take note that the card is gone; False when another has been posted meanwhile."""
    session = sessions.by_id(conn, shown.id)
    if session is None or session.card != shown.card:
        return False
    sessions.set_card(conn, shown.id, None)
    return True
