"""Carries one reminder from its row to its channel: look back where needed, claim, send, record.

The claim is committed before anything is sent, so a post that may exist is always on record. The nonce is the same in
every try, so Discord returns the first post instead of making a second one for as long as it remembers (minutes);
later, the channel's history is searched for the post's own buttons before it is sent again.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.crash import Crash, no_crash
from bot.delivery.calls import Calls
from bot.delivery.case import Case, read_case
from bot.delivery.lookback import Search
from bot.delivery.sender import Deleted, Foreign, NotSent, Refused, Sender
from bot.delivery.setbacks import Setbacks
from bot.domain.reminders import ANNOUNCE, Reminder, talk_of
from bot.domain.sessions import MessageRef, Session
from bot.metrics import NONE, Metrics
from bot.services.changes import Changes
from bot.store import reminders, rsvps, sessions
from bot.store.database import Database
from bot.ui.reminders import expected_marker

log = logging.getLogger(__name__)

# Discord remembers a nonce for "a few minutes" (resources/message). Two are relied on, less what one try may take.
NONCE_TRUSTED = 90.0
LATE = timedelta(seconds=120)  # so long after its moment, another copy of the database may have posted it

DELETED = "it was posted, and then deleted by somebody"
TAKEN_BACK = "the session was changed while this was being posted; the post was taken back"
OUTDATED = "the session was changed or cancelled before this was posted"


class Postman:
    """Delivers reminders; `owner` names this process in its claims."""

    def __init__(
        self,
        clock: Clock,
        db: Database,
        changes: Changes,
        *,
        sender: Sender,
        calls: Calls,
        setbacks: Setbacks,
        owner: str,
        crash: Crash = no_crash,
        metrics: Metrics = NONE,
    ) -> None:
        self._clock = clock
        self._db = db
        self._changes = changes
        self._sender = sender
        self._calls = calls
        self._setbacks = setbacks
        self._search = Search(clock, sender, calls)
        self._owner = owner
        self._crash = crash
        self._metrics = metrics
        self._first_sent: dict[str, float] = {}  # real seconds of this process, by key: the age of the nonce

    async def deliver(self, key: str) -> None:
        """Do what the reminder needs now: post it, find it, drop it, or put it off with its reason.

        Raises:
            NotSent, Later: it is not settled; come back.
        """
        now = self._clock.now()
        case = await self._db.read(read_case, key, now)
        if case is None:  # settled, or deleted, by somebody else
            self._forget(key)
            return
        try:
            await self._handle(case, now)
        except Refused as error:
            if not case.in_doubt:
                self._first_sent.pop(key, None)
            if await self._setbacks.refused(case, error, now):
                self._forget(key)

    async def _handle(self, case: Case, now: datetime) -> None:
        reminder = case.reminder
        if reminder.message_id is not None and reminder.channel_id is not None:
            await self._put_right(case, reminder.channel_id, reminder.message_id)
        elif not reminder.stands_for(case.session):
            await self._drop(case, OUTDATED)
        elif case.pointless is not None:
            await self._drop(case, case.pointless)
        elif now >= reminder.deadline_at:
            if not await self._found(case):
                await self._setbacks.expired(case)
                self._forget(reminder.key)
        elif reminder.user_id is None and case.target_id is None:
            await self._setbacks.no_channel(case, now)
        else:
            await self._post(case, now)

    async def _post(self, case: Case, now: datetime) -> None:
        reminder = case.reminder
        channel_id = case.target_id or await self._open_direct(reminder)
        blind = False
        if self._must_look(case, now):
            blind = not await self._search.possible(case, channel_id)
            found = None if blind else await self._search.find(case, channel_id)
            if found is not None:
                await self._record_found(case, channel_id, found)
                return
            if blind and now >= case.session.starts_at:
                await self._setbacks.given_up_blind(case, channel_id)
                self._forget(reminder.key)
                return
        claimed = await self._claim(reminder, channel_id)
        if claimed is None:  # changed or settled since it was read; the next pass sees how
            return
        self._crash("after-claim")
        await self._send(case, channel_id)
        if blind:
            await self._setbacks.posted_blind(case, channel_id)

    async def _claim(self, reminder: Reminder, channel_id: int) -> Reminder | None:
        return await self._db.write(
            reminders.claim,
            reminder.key,
            self._owner,
            self._clock.now(),
            channel_id=channel_id,
            floor_id=self._sender.newest_id(channel_id) or await self._search.newest(channel_id),
        )

    async def _send(self, case: Case, channel_id: int) -> None:
        reminder = case.reminder
        post = case.render(self._clock.now())
        self._crash("before-send")
        self._first_sent.setdefault(reminder.key, self._clock.monotonic())
        try:
            message_id = await self._calls.make(
                channel_id,
                lambda: self._sender.send(
                    channel_id,
                    post,
                    nonce=reminder.nonce,
                    marker=expected_marker(post, reminder),
                    ping_role_id=case.ping_role_id,
                ),
            )
        except Deleted:
            await self._record(case, channel_id, None, DELETED)
            self._metrics.delivered(reminder.kind, "deleted")
        except Foreign as error:
            await self._setbacks.impossible(case, str(error))
            self._forget(reminder.key)
        else:
            self._crash("after-accept")
            late = (self._clock.now() - reminder.due_at).total_seconds()
            await self._record(case, channel_id, message_id)
            self._metrics.delivered(reminder.kind, "posted", late)

    async def _record_found(self, case: Case, channel_id: int, message_id: int) -> None:
        await self._record(case, channel_id, message_id)
        self._metrics.delivered(case.reminder.kind, "found")

    async def _record(self, case: Case, channel_id: int, message_id: int | None, note: str | None = None) -> None:
        reminder = case.reminder
        self._crash("before-mark")
        stands = await self._db.write(reminders.sent, reminder.key, channel_id, message_id, note)
        self._forget(reminder.key)
        if message_id is None:
            return
        if not stands:
            # Deleted, not corrected: the session's new plan has a post of its own for every moment that is to come,
            # and the old one rang with a time that is wrong.
            await self._take_back(reminder, channel_id, message_id)
        elif reminder.kind == ANNOUNCE:
            await self._refresh_card(case)
            await self._remove_former_card(case.session.card, message_id)
        elif (reminder.counts_down or talk_of(reminder.kind)) and await self._changed_since(case.session):
            await self._put_right(case, channel_id, message_id)

    async def _changed_since(self, rendered: Session) -> bool:
        present = await self._db.read(sessions.by_id, rendered.id)
        return present is not None and replace(present, card=rendered.card) != rendered

    async def _put_right(self, case: Case, channel_id: int, message_id: int) -> None:
        """See to a post that says what is no longer so: it is edited, or deleted where it should not stand at all."""
        session = await self._db.read(sessions.by_id, case.session.id)
        if session is None:
            return
        if not case.reminder.stands_for(session):
            await self._take_back(case.reminder, channel_id, message_id)
            return
        now = self._clock.now()
        # Due now, for it is no late reminder: it came in time, and is corrected.
        right = replace(case, session=session, reminder=replace(case.reminder, due_at=now))
        try:
            await self._calls.make(channel_id, lambda: self._sender.correct(channel_id, message_id, right.render(now)))
        except Refused as error:
            log.warning("An outdated post could not be corrected: %s", error)
        await self._record(right, channel_id, message_id)

    async def _remove_former_card(self, former: MessageRef | None, message_id: int) -> None:
        """A session has one card; where the old one cannot be deleted, its buttons go on working."""
        if former is None or former.message_id == message_id:
            return
        try:
            await self._calls.make(
                former.channel_id, lambda: self._sender.take_back(former.channel_id, former.message_id)
            )
        except NotSent as error:
            log.warning("A former card could not be deleted: %s", error)

    async def _refresh_card(self, case: Case) -> None:
        """Have the new card edited if what it shows was changed, or answered, while it was on its way."""
        found = await self._db.read(rsvps.card, case.session.id)
        if found is None:
            return
        session, roster = found
        if roster != case.roster or replace(session, card=case.session.card) != case.session:
            self._changes.card(session.id)

    async def _take_back(self, reminder: Reminder, channel_id: int, message_id: int) -> None:
        try:
            await self._calls.make(channel_id, lambda: self._sender.take_back(channel_id, message_id))
        except Refused as error:  # its channel is gone or closed to us: nobody reads it, or we cannot help it
            log.warning("An outdated post could not be taken back: %s", error)
        await self._db.write(reminders.skip, reminder.key, TAKEN_BACK)

    def _must_look(self, case: Case, now: datetime) -> bool:
        if now - case.reminder.due_at > LATE:
            return True
        if not case.in_doubt:
            return False
        first = self._first_sent.get(case.reminder.key)
        if first is None or case.reminder.owner != self._owner:
            return True
        return self._clock.monotonic() - first > NONCE_TRUSTED

    async def _drop(self, case: Case, reason: str) -> None:
        if not await self._found(case):
            await self._db.write(reminders.skip, case.reminder.key, reason)
            self._metrics.delivered(case.reminder.kind, "dropped")
            self._forget(case.reminder.key)

    async def _found(self, case: Case) -> bool:
        """Whether a post that will not be made (again) stands already; then it is recorded."""
        channel_id = case.target_id
        if not case.in_doubt or channel_id is None:
            return False
        try:
            seen = await self._search.possible(case, channel_id)
            found = await self._search.find(case, channel_id) if seen else None
        except Refused:
            return False
        if found is not None:
            await self._record_found(case, channel_id, found)
        return found is not None

    async def _open_direct(self, reminder: Reminder) -> int:
        user_id = reminder.user_id
        assert user_id is not None
        return await self._calls.make(user_id, lambda: self._sender.open_direct(user_id))

    def _forget(self, key: str) -> None:
        self._first_sent.pop(key, None)
        self._setbacks.forget(key)
