"""What is done about a reminder that could not be posted: when it is tried again, and what the moderators hear."""

from collections import Counter
from datetime import datetime, timedelta

from bot.delivery.case import Case
from bot.delivery.moderators import Moderators
from bot.delivery.sender import UNREACHABLE_PERSON, Refused
from bot.domain.reminders import MOVED_UP, Reminder, talk_of
from bot.metrics import NONE, Metrics
from bot.store import agenda, reminders
from bot.store.database import Database
from bot.ui.reminders import to_moderators

FIRST_PAUSE = 5.0  # real seconds after a first refusal, which may have been an accident
PARKED = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
LAST_TRY = timedelta(minutes=1)  # before the deadline
UNTOLD_PAUSE = 30.0  # real seconds until the moderators are told again

UNREACHED = "I was not running, or could not reach Discord, in time"
BLIND = "it may have been posted already, and I may not read the channel's history to check"
NO_CHANNEL = "no announcement channel is set"
NO_CHANNEL_WORDS = (
    "⚠️ No announcement channel is set, so I cannot post about the sessions here. Please choose one with `/settings`; "
    "what is still in time is posted then."
)


class Later(Exception):
    """Come back to this reminder in `seconds` (real ones); what happened is on record."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.0f} seconds")
        self.seconds = seconds


class Setbacks:
    """Each method leaves the row settled, or with the time of its next try and the reason, or raises `Later`."""

    def __init__(self, db: Database, moderators: Moderators, metrics: Metrics = NONE) -> None:
        self._db = db
        self._metrics = metrics
        self._moderators = moderators
        self._refusals: Counter[str] = Counter()

    def forget(self, key: str) -> None:
        """The reminder is settled."""
        self._refusals.pop(key, None)

    async def refused(self, case: Case, error: Refused, now: datetime) -> bool:
        """Two tries, then at growing distances, for somebody has to change something; once more before the deadline.

        Whether it is settled: a person who takes no direct messages is not tried again.
        """
        reminder = case.reminder
        if reminder.user_id is not None and error.code in UNREACHABLE_PERSON:
            if reminder.kind == MOVED_UP:  # before it is closed: nobody may go on waiting for a seat that he has
                await self._tell_surely(
                    case, f"could not be delivered: {error}. The seat is kept; perhaps you can say so."
                )
            if talk_of(reminder.kind) is not None:
                await self._db.write(agenda.undeliverable, reminder.key, str(error), now)
            else:
                await self._db.write(reminders.fail, reminder.key, str(error))
            self._metrics.delivered(reminder.kind, "undeliverable")
            return True
        self._refusals[reminder.key] += 1
        count = self._refusals[reminder.key]
        pause = timedelta() if count == 1 else PARKED[min(count - 2, len(PARKED) - 1)]
        # Where no earlier try is in doubt there is no post: then another channel may be tried.
        write = reminders.again_at if case.in_doubt else reminders.refused
        await self._db.write(write, reminder.key, _in_time(reminder, now, pause), str(error))
        if count == 1:
            raise Later(FIRST_PAUSE)
        self._metrics.retried(reminder.kind)
        if count == 2:  # noqa: PLR2004 - now it was no accident; and once is enough
            where = f" in <#{case.target_id}>" if case.target_id is not None else ""
            await self._tell(case, f"could not be posted{where}: {error}. I keep trying until it would be too late.")
        return False

    async def no_channel(self, case: Case, now: datetime) -> None:
        """Not failed at once, so that it is still posted when a channel is chosen before the deadline."""
        reminder = case.reminder
        await self._db.write(reminders.again_at, reminder.key, _in_time(reminder, now, PARKED[0]), NO_CHANNEL)
        if reminder.reason != NO_CHANNEL:
            await self._moderators.tell(case.session.guild_id, NO_CHANNEL_WORDS)

    async def expired(self, case: Case) -> None:
        """Too late. The moderators are told before it is closed, so that this is not lost either."""
        reminder = case.reminder
        reason = reminder.reason or UNREACHED
        await self._tell_surely(case, f"was not posted: {reason}.")
        close = reminders.fail if reminder.reason and not case.in_doubt else reminders.skip
        await self._db.write(close, reminder.key, reason)
        self._metrics.delivered(reminder.kind, "missed")

    async def impossible(self, case: Case, reason: str) -> None:
        await self._db.write(reminders.fail, case.reminder.key, reason)
        self._metrics.delivered(case.reminder.kind, "impossible")
        await self._tell(case, f"was not posted: {reason}.")

    async def posted_blind(self, case: Case, channel_id: int) -> None:
        await self._tell(case, _blind(channel_id, "I posted it, to be safe."))

    async def given_up_blind(self, case: Case, channel_id: int) -> None:
        await self._tell_surely(case, _blind(channel_id, "As the session has begun, I did not post it again."))
        await self._db.write(reminders.skip, case.reminder.key, BLIND)
        self._metrics.delivered(case.reminder.kind, "in doubt")

    async def _tell(self, case: Case, what: str) -> bool:
        return await self._moderators.tell(case.session.guild_id, to_moderators(case.session, case.reminder, what))

    async def _tell_surely(self, case: Case, what: str) -> None:
        if not await self._tell(case, what):
            raise Later(UNTOLD_PAUSE)


def _blind(channel_id: int, what: str) -> str:
    return (
        f"may have been posted already. I could not check, because I may not read the history of <#{channel_id}>. "
        f"{what} Please allow me “Read Message History” there."
    )


def _in_time(reminder: Reminder, now: datetime, pause: timedelta) -> datetime:
    """`pause` from now, but early enough for a last try; the deadline itself when even that is past."""
    last = reminder.deadline_at - LAST_TRY
    return min(now + pause, last) if last > now else reminder.deadline_at
