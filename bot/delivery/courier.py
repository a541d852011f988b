"""Sees to it that every reminder is delivered: finds what is due, hands it over, comes back to what is not settled."""

import asyncio
import logging
import secrets
from collections import Counter
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.clock import Clock
from bot.crash import Crash, no_crash
from bot.delivery.alarm import Alarm
from bot.delivery.calls import Calls
from bot.delivery.duties import Duties
from bot.delivery.moderators import Moderators
from bot.delivery.pace import Pace
from bot.delivery.postman import Postman
from bot.delivery.roles import Roles
from bot.delivery.sender import Limited, NotSent, Sender
from bot.delivery.setbacks import Later, Setbacks
from bot.delivery.timekeeper import Timekeeper
from bot.domain.reminders import Reminder
from bot.metrics import NONE, Metrics
from bot.services.changes import Changes
from bot.store import reminders
from bot.store.database import Database

log = logging.getLogger(__name__)

SCAN = 5.0  # real seconds: the guarantee, should the alarm not ring
STALE = 60.0  # real seconds between two looks for claims of processes that are gone
BACKOFF = (2.0, 5.0, 15.0, 30.0, 60.0)  # real seconds after a try of which nobody knows what became
BATCH = 500
GRACE = 8.0  # real seconds for what is under way when the bot stops


class Courier:
    """Runs until cancelled. Rows are the schedule: all that is kept here may be lost at any moment.

    Woken by the alarm, by changes of rows or of the clock, and every five seconds by a loop that relies on none of
    them. Pauses of the protocol are real seconds, however the bot's clock runs.
    """

    def __init__(
        self,
        clock: Clock,
        db: Database,
        changes: Changes,
        sender: Sender,
        *,
        pace: Pace | None = None,
        crash: Crash = no_crash,
        owner: str | None = None,
        roles: Roles | None = None,
        metrics: Metrics = NONE,
    ) -> None:
        self._clock = clock
        self._db = db
        self._owner = owner or secrets.token_hex(8)
        calls = Calls(pace or Pace(clock))
        self.moderators = Moderators(clock, db, sender, calls)
        self._postman = Postman(
            clock,
            db,
            changes,
            sender=sender,
            calls=calls,
            setbacks=Setbacks(db, self.moderators, metrics),
            owner=self._owner,
            crash=crash,
            metrics=metrics,
        )
        self.duties = Duties(clock, db, changes, calls=calls, moderators=self.moderators, roles=roles)
        self._alarm = Alarm(clock, self.wake)
        self._timekeeper = Timekeeper(clock)
        self._awake = asyncio.Event()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._not_before: dict[str, float] = {}  # real seconds, by key
        self._failures: Counter[str] = Counter()
        self._metrics = metrics
        self._stale_checked: float | None = None
        self.scanned_at: float | None = None  # real seconds; for whoever watches over us
        changes.on_reminders(self.wake)
        clock.on_move(self.wake)

    @property
    def unsettled(self) -> int:
        """Reminders that are due and not settled: under way, or waiting for their next try."""
        return len(self._under_way.keys() | self._not_before.keys())

    def wake(self) -> None:
        """Look at the rows soon."""
        self._awake.set()

    async def run(self) -> None:
        """Deliver until cancelled; then finish what is under way, for a few seconds."""
        self._alarm.start()
        self.wake()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._beat(), name="courier-beat")
                group.create_task(self._work(), name="courier")
        finally:
            self._alarm.stop()
            await self.duties.close()
            await self._finish()

    async def scan(self) -> None:
        """Begin the delivery of all that is due now, and set the alarm for what comes next."""
        if not self._timekeeper.look():
            return
        await self._take_over()
        now, real = self._clock.now(), self._clock.monotonic()
        duties_again = await self.duties.look(now)
        ripe = [key for key, moment in self._not_before.items() if moment <= real]
        for key in ripe:
            del self._not_before[key]
        limit = BATCH + len(self._under_way) + len(self._not_before)
        for reminder in await self._db.read(reminders.due, now, limit, ripe):
            # A pause ends with the deadline: then there is something else to do.
            waits = reminder.key in self._not_before and now < reminder.deadline_at
            if reminder.key not in self._under_way and not waits:
                self._begin(reminder)
        moments = (duties_again, await self._db.read(reminders.next_due, now))
        self._alarm.set(min((moment for moment in moments if moment is not None), default=None))
        self.scanned_at = self._clock.monotonic()

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    async def _beat(self) -> None:
        while True:
            await self._clock.sleep(SCAN)
            self.wake()

    async def _work(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            try:
                await self.scan()
            except Exception:
                log.exception("A look at the reminders failed; the next follows in %d seconds", SCAN)

    async def _take_over(self) -> None:
        real = self._clock.monotonic()
        if self._stale_checked is None or real - self._stale_checked >= STALE:
            self._stale_checked = real
            if await self._db.read(reminders.any_stale_claim, self._owner):
                await self._db.write(reminders.stale_claims, self._owner, self._clock.now())

    def _begin(self, reminder: Reminder) -> None:
        self._not_before.pop(reminder.key, None)
        task = asyncio.create_task(self._deliver(reminder), name=f"reminder-{reminder.key}")
        self._under_way[reminder.key] = task
        task.add_done_callback(lambda _: self._ended(reminder.key))

    def _ended(self, key: str) -> None:
        self._under_way.pop(key, None)
        if key in self._not_before or not self._under_way:
            self.wake()  # for the next alarm, and for what did not fit into the last look

    async def _deliver(self, reminder: Reminder) -> None:
        try:
            async with self._lane(reminder):
                await self._postman.deliver(reminder.key)
            self._failures.pop(reminder.key, None)
        except (Later, Limited) as error:
            self._metrics.retried(reminder.kind)
            await self._put_off(reminder.key, error.seconds, None)
        except NotSent as error:
            await self._fail(reminder, str(error))
        except Exception:
            log.exception("The delivery of reminder %s failed", reminder.key, extra=_ids(reminder))
            await self._fail(reminder, "something went wrong inside the bot; its log has the details")

    def _lane(self, reminder: Reminder) -> asyncio.Lock:
        # Posts about one session go one after the other, in the order of their moments. What comes too late to be
        # posted need not wait: so all of it reaches the moderators in one message.
        alone = reminder.user_id is not None or self._clock.now() >= reminder.deadline_at
        return self._lanes.setdefault(reminder.key if alone else reminder.session_id, asyncio.Lock())

    async def _fail(self, reminder: Reminder, reason: str) -> None:
        count = self._failures[reminder.key]
        self._failures[reminder.key] += 1
        pause = BACKOFF[min(count, len(BACKOFF) - 1)]
        level = logging.DEBUG if count else logging.WARNING
        words = f"{reason}; again in {pause:.0f} seconds"
        log.log(level, "Reminder %s (%s): %s", reminder.key, reminder.kind, words, extra=_ids(reminder))
        self._metrics.retried(reminder.kind)
        await self._put_off(reminder.key, pause, reason)

    async def _put_off(self, key: str, pause: float, reason: str | None) -> None:
        self._not_before[key] = self._clock.monotonic() + pause
        # In the row, for whoever comes after us, and for the alarm.
        moment = self._clock.now() + timedelta(seconds=pause * self._clock.speed)
        try:
            await self._db.write(reminders.again_at, key, moment, reason)
        except Exception:
            log.exception("The next try of reminder %s could not be stored", key)

    async def _finish(self) -> None:
        if not self._under_way:
            return
        _, pending = await asyncio.wait(self._under_way.values(), timeout=GRACE)
        for task in pending:  # their claims stay, and are taken up at the next start
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


def _ids(reminder: Reminder) -> dict[str, str]:
    return {"reminder_key": reminder.key, "session_id": reminder.session_id}
