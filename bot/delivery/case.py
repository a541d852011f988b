"""What the store knows about a reminder when its turn has come, and how it is rendered."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.domain.guilds import GuildConfig
from bot.domain.notices import Facts
from bot.domain.reminder_rules import UNWANTED
from bot.domain.reminders import (
    ANNOUNCE,
    CHANGED,
    MOVED_UP,
    RECORDING,
    SEAT_OFFER,
    Reminder,
    State,
    minutes_before,
    talk_of,
)
from bot.domain.rsvps import Answer, Roster
from bot.domain.sessions import Mode, Session
from bot.store import guilds, notices, offers, recordings, reminder_rules, reminders, rsvps, sessions, talk_reminders
from bot.ui.cards import card
from bot.ui.notices import changed
from bot.ui.reminders import moved_up, name, pinging, reminder_post, seat_offer, talk_soon
from bot.ui.reply import Reply
from bot.ui.watch import recording_up

# Ids are made on several machines of Discord's, whose clocks may differ a little: 5 seconds of a snowflake's time.
_MARGIN = 5_000 << 22


@dataclass(frozen=True, slots=True)
class Case:
    """`pointless` says why nobody needs it any more, if so.

    `last_announced` is the message id of the card's post before this one; `roster` is there for a card alone,
    `before` (what people were told last), `waits` (the person, for a seat) and `answer` (what the person says by now)
    for a notice of a change, `kept_until` for the offer of a seat.
    """

    reminder: Reminder
    session: Session
    config: GuildConfig
    pointless: str | None
    last_announced: int
    roster: Roster | None
    before: Facts | None = None
    waits: bool = False
    kept_until: datetime | None = None
    answer: Answer | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether an earlier try may have left a post."""
        return self.reminder.first_try_at is not None

    @property
    def target_id(self) -> int | None:
        """The channel to post in, if one is known: once a try was made, it is the same for all."""
        if self.reminder.channel_id is not None or self.reminder.user_id is not None:
            return self.reminder.channel_id
        return self.session.channel_id or self.config.announce_channel_id

    @property
    def floor_id(self) -> int:
        """An id of the server's that is older than any post of this reminder; 0: none is known."""
        known = self.reminder.floor_id
        return max(max(known - _MARGIN, 1) if known else 0, self.last_announced)

    @property
    def ping_role_id(self) -> int | None:
        return self.config.ping_role_id if self.reminder.user_id is None and not self.session.quiet else None

    def render(self, now: datetime) -> Reply:
        """The post as it is true at `now`."""
        if self.reminder.kind == MOVED_UP:
            return moved_up(self.session, self.reminder)
        if self.reminder.kind == SEAT_OFFER:
            return seat_offer(self.session, self.reminder, self.kept_until or now)
        if self.reminder.kind == RECORDING:
            return recording_up(self.session, self.reminder)
        if self.reminder.kind == CHANGED:
            before = self.before or Facts.of(self.session)
            return changed(self.session, self.reminder, before, self.answer, waits=self.waits)
        if talk_of(self.reminder.kind) is not None:
            return talk_soon(self.session, self.reminder, now)
        if self.reminder.kind == ANNOUNCE:
            post = card(self.session, self.roster or Roster(), now)
        else:
            post = reminder_post(self.session, self.reminder, now)
        return pinging(post, self.ping_role_id)


def read_case(conn: sqlite3.Connection, key: str, now: datetime) -> Case | None:
    """The case of `key`; None when it is settled, or its session is gone."""
    reminder = reminders.by_key(conn, key)
    if reminder is None or reminder.state not in (State.PENDING, State.CLAIMED):
        return None
    session = sessions.by_id(conn, reminder.session_id)
    if session is None:
        return None
    announces, changes = reminder.kind == ANNOUNCE, reminder.kind == CHANGED
    return Case(
        reminder=reminder,
        session=session,
        config=guilds.config(conn, session.guild_id),
        pointless=_pointless(conn, reminder, session, now),
        last_announced=reminders.last_announced(conn, session.id, reminder.generation) if announces else 0,
        roster=rsvps.roster(conn, session.id) if announces else None,
        before=notices.before(conn, session.id, reminder.generation) if changes else None,
        waits=changes and notices.waits(conn, reminder),
        kept_until=_kept_until(conn, reminder),
        answer=_answer(conn, reminder, session),
    )


def _kept_until(conn: sqlite3.Connection, reminder: Reminder) -> datetime | None:
    if reminder.kind != SEAT_OFFER or reminder.user_id is None:
        return None
    return offers.kept_until(conn, reminder.session_id, reminder.user_id, reminder.generation)


def _answer(conn: sqlite3.Connection, reminder: Reminder, session: Session) -> Answer | None:
    if reminder.kind != CHANGED or reminder.user_id is None:
        return None
    rsvp = rsvps.of_user(conn, session.guild_id, session.id, reminder.user_id)
    return None if rsvp is None else rsvp.answer


def _pointless(conn: sqlite3.Connection, reminder: Reminder, session: Session, now: datetime) -> str | None:
    if reminder.counts_down and (newer := reminders.overtaken_by(conn, reminder, now)):
        return f"it would have come too late: the {name(newer)} was due as well"
    minutes = minutes_before(reminder.kind)
    if minutes is not None and minutes not in reminder_rules.offsets(conn, session):
        return UNWANTED
    if reminder.kind == CHANGED and (reason := notices.pointless(conn, reminder, session, now)):
        return reason
    if reminder.kind == SEAT_OFFER and _kept_until(conn, reminder) is None:
        return "the seat is no longer kept for this person"
    if reminder.kind == RECORDING and (reason := recordings.pointless(conn, reminder, session)):
        return reason
    if reminder.kind == MOVED_UP and reminder.user_id is not None:
        rsvp = rsvps.of_user(conn, session.guild_id, session.id, reminder.user_id)
        if rsvp is None or rsvp.answer is not Answer.IN_PERSON or rsvp.waiting is not None:
            return "the person has changed the answer since"
        if session.mode is Mode.ONLINE:
            return "the session is online only by now, so nobody needs a seat"
    talk_id = talk_of(reminder.kind)
    if talk_id is not None and not talk_reminders.wanted(conn, reminder, talk_id):
        return "the person does not want it any more"
    return None
