"""What is to be posted about a session, when, until when, and under which name."""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.sessions import Session, SessionId, Status, TalkId

ANNOUNCE = "announce"  # posts the card
START = "start"
MOVED_UP = "moved-up"  # to one person: a seat became free
SEAT_OFFER = "seat-offer"  # to one person: a seat is kept, to be taken or passed on
RECORDING = "recording"  # to one person who asked for it: the recording is up
CHANGED = "changed"  # to one person: the session one said to come to is at another time or place, or cancelled
BEFORE = "before-"  # and the minutes: before-60
TALK = "talk-"  # and the talk's id; to one person: a starred talk begins soon
DEFAULT_OFFSETS = (1440, 60, 10)  # minutes before the start

LONGEST_GRACE = timedelta(hours=6)
START_GRACE = timedelta(minutes=10)
RECORDING_GRACE = timedelta(days=7)
TALK_OFFSET = timedelta(minutes=10)  # before a talk, worth sending until it begins
SHORT_OFFSET = timedelta(minutes=15)  # up to here a reminder is worth posting until the very start

PASSED = "its moment had already passed when it was planned"
OVER = "the session was already over when it was entered or moved"


class State(StrEnum):
    """Where a reminder stands; only the first two still want something."""

    PENDING = "pending"  # nothing was sent
    CLAIMED = "claimed"  # a try was begun: the post may exist
    SENT = "sent"
    SKIPPED = "skipped"  # on purpose, or because it would have come too late
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One post that is due at one moment for one session; with `user_id` it is a direct message to that person.

    `generation` is the session's for the reminders, and for those of talks the moment in which the talk begins
    (seconds since 1970); it counts the announcements of a session, and for a notice it is any number that tells this
    occasion from the next. `first_try_at` is None while no try can have left a post
    behind, `floor_id` the newest id that the server had shown before the first try (1: there was none).
    """

    key: str
    session_id: SessionId
    kind: str
    generation: int
    due_at: datetime
    deadline_at: datetime
    user_id: int | None = None
    state: State = State.PENDING
    reason: str | None = None
    channel_id: int | None = None
    owner: str | None = None
    first_try_at: datetime | None = None
    floor_id: int | None = None
    tries: int = 0
    message_id: int | None = None

    @property
    def nonce(self) -> str:
        """22 of the 25 characters that Discord allows (resources/message, "Create Message")."""
        return "r1" + self.key

    @property
    def is_open(self) -> bool:
        """Whether it still wants something."""
        return self.state in (State.PENDING, State.CLAIMED)

    @property
    def counts_down(self) -> bool:
        """Whether it says how long it is until the start: then a newer one makes it pointless."""
        return self.kind == START or self.kind.startswith(BEFORE)

    def stands_for(self, session: Session) -> bool:
        """Whether `session` still is as it was when this was planned; otherwise posting it would be wrong."""
        if self.kind == CHANGED:
            return True
        if session.status is Status.CANCELLED:
            return False
        if (talk_id := talk_of(self.kind)) is not None:
            start = next((talk.starts_at for talk in session.talks if talk.id == talk_id), None)
            return start is not None and int(start.timestamp()) == self.generation
        return not self.counts_down or self.generation == session.generation


def before(minutes: int) -> str:
    """The kind of the reminder that many minutes before the start."""
    return f"{BEFORE}{minutes}"


def minutes_before(kind: str) -> int | None:
    """The reverse of `before`; None for other kinds."""
    return int(kind.removeprefix(BEFORE)) if kind.startswith(BEFORE) else None


def about_talk(talk_id: TalkId) -> str:
    """The kind of the reminder before a talk."""
    return f"{TALK}{talk_id}"


def talk_of(kind: str) -> TalkId | None:
    """The reverse of `about_talk`; None for other kinds."""
    return TalkId(kind.removeprefix(TALK)) if kind.startswith(TALK) else None


def key(session_id: SessionId, kind: str, generation: int, user_id: int | None = None) -> str:
    """The reminder's own name: 20 characters, the same in every copy of the database and after every restart.

    Neither the application nor the channel is in it: Discord compares nonces per author, so another application
    never meets them, and the generation rises when a session gets another time or channel.
    """
    name = f"{session_id}|{kind}|{generation}|{user_id or ''}"
    return base64.urlsafe_b64encode(hashlib.blake2b(name.encode(), digest_size=15).digest()).decode()


def plan(session: Session, now: datetime, offsets: tuple[int, ...] = DEFAULT_OFFSETS) -> list[Reminder]:
    """All posts about `session` in the order of their moments, as they stand if it is planned first at `now`.

    What is already past comes as skipped, with the reason; a cancelled session has none. `offsets` are minutes.
    """
    if session.status is Status.CANCELLED:
        return []
    countdown = [_countdown(session, now, minutes) for minutes in sorted(set(offsets), reverse=True)]
    start = _reminder(session, START, session.starts_at, session.starts_at + START_GRACE)
    return [announcement(session, now), *countdown, _skipped_if_past(start, now)]


def announcement(session: Session, now: datetime, edition: int = 1) -> Reminder:
    """The post of the card, due at once; a later `edition` posts it anew."""
    planned = Reminder(
        key=key(session.id, ANNOUNCE, edition),
        session_id=session.id,
        kind=ANNOUNCE,
        generation=edition,
        due_at=now,
        deadline_at=session.ends_at,
    )
    if session.ends_at <= now:
        return replace(planned, state=State.SKIPPED, reason=OVER)
    return planned


def notice(session: Session, kind: str, user_id: int, generation: int, now: datetime) -> Reminder:
    """A direct message to one person, due at once and worth sending until the session is over."""
    return Reminder(
        key=key(session.id, kind, generation, user_id),
        session_id=session.id,
        kind=kind,
        generation=generation,
        due_at=now,
        deadline_at=session.ends_at,
        user_id=user_id,
    )


def recording_notice(session: Session, user_id: int, generation: int, now: datetime) -> Reminder:
    """The direct message to one person that the recording is up; not before the session is over."""
    due = max(now, session.ends_at)
    planned = notice(session, RECORDING, user_id, generation, now)
    return replace(planned, due_at=due, deadline_at=due + RECORDING_GRACE)


def before_talk(session_id: SessionId, talk_id: TalkId, starts_at: datetime, user_id: int, now: datetime) -> Reminder:
    """The direct message to one person before a talk; due at once if its moment has passed."""
    kind, generation = about_talk(talk_id), int(starts_at.timestamp())
    return Reminder(
        key=key(session_id, kind, generation, user_id),
        session_id=session_id,
        kind=kind,
        generation=generation,
        due_at=max(starts_at - TALK_OFFSET, now),
        deadline_at=starts_at,
        user_id=user_id,
    )


def sample(session: Session, now: datetime) -> Reminder:
    """A reminder that is due at `now` and stands in no database: for showing what one looks like."""
    return Reminder(
        key="sample",
        session_id=session.id,
        kind=START,
        generation=session.generation,
        due_at=now,
        deadline_at=now + START_GRACE,
    )


def _countdown(session: Session, now: datetime, minutes: int) -> Reminder:
    offset = timedelta(minutes=minutes)
    due = session.starts_at - offset
    grace = offset if offset <= SHORT_OFFSET else min(offset / 2, LONGEST_GRACE)
    return _skipped_if_past(_reminder(session, before(minutes), due, due + grace), now)


def _reminder(session: Session, kind: str, due: datetime, deadline: datetime) -> Reminder:
    return Reminder(
        key=key(session.id, kind, session.generation),
        session_id=session.id,
        kind=kind,
        generation=session.generation,
        due_at=due,
        deadline_at=deadline,
    )


def _skipped_if_past(reminder: Reminder, now: datetime) -> Reminder:
    return replace(reminder, state=State.SKIPPED, reason=PASSED) if reminder.due_at < now else reminder
