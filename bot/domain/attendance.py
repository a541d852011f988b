"""Who was there, and the list of those who said they come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.admission import Admission
from bot.domain.errors import Refusal
from bot.domain.lookup import quoted
from bot.domain.rsvps import Answer, choices
from bot.domain.sessions import Mode, Phase, Session

# So long before the start opening the stream counts as being there: the last reminder comes ten minutes before.
DOORS_OPEN = timedelta(minutes=15)
PAGE = 20  # people on one page of the list


class Door(StrEnum):
    """How somebody was checked in."""

    STREAM = "stream"
    MODERATOR = "moderator"


class Wish(StrEnum):
    """What became of asking to be told of the recording."""

    ON = "on"
    OFF = "off"
    UP = "up"  # there is nothing to wait for
    NONE = "none"  # none is expected


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person's line in the list; `waiting` is the place in the line (from 1), `answer` None for a walk-in.

    `kept_until`: a seat is kept for this person.
    """

    user_id: int
    name: str
    answer: Answer | None
    answered_at: datetime | None
    waiting: int | None = None
    checked_in_at: datetime | None = None
    door: Door | None = None
    kept_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """A session with some or all of its people in the order of the list; `first` counts those before them.

    `counts` are those of all groups, with `waiting` apart; `checked_in` counts everybody, `walk_ins` those among
    them who had not answered.
    """

    session: Session
    admission: Admission
    people: tuple[Attendee, ...]
    first: int = 0
    counts: Mapping[Answer, int] = field(default_factory=dict)
    waiting: int = 0
    walk_ins: int = 0
    checked_in: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.waiting + self.walk_ins


@dataclass(frozen=True, slots=True)
class Settled:
    """What a change to the answers of a session brought: the session as it is now, and how many people it concerned.

    `moved` people have a seat now, for `offered` people one is kept; both are told. `over` more people sit than the
    session has seats. `kept` seats are on offer though there is no room for them: they were promised before, until
    `kept_until` at the latest.
    """

    session: Session
    admission: Admission
    moved: int = 0
    offered: int = 0
    over: int = 0
    kept: int = 0
    kept_until: datetime | None = None


def check_people_open(session: Session, now: datetime) -> None:
    """Refuse moderators a change to the people of a session that is cancelled or over.

    Raises:
        Refusal: with what can be done instead.
    """
    phase = session.phase(now)
    if phase is Phase.CANCELLED:
        raise Refusal(
            f"The session {quoted(session.title)} is cancelled, so nothing was changed. `/session reopen` brings it "
            "back with everybody who answered; then this can be done."
        )
    if phase is Phase.OVER:
        raise Refusal(
            f"The session {quoted(session.title)} ended <t:{int(session.ends_at.timestamp())}:R>, so nothing was "
            "changed. `/attendee checkin` still notes who was there; the option `session` chooses another one."
        )


def check_asked_for(session: Session, answer: Answer | None) -> None:
    """Refuse moderators an answer for somebody that the session does not ask for.

    Raises:
        Refusal: with what can be done instead.
    """
    if answer is None or answer in choices(session.mode):
        return
    how, no = ("online only", "in person") if session.mode is Mode.ONLINE else ("in person only", "online")
    raise Refusal(
        f"The session {quoted(session.title)} is {how}, so nobody can come {no}, and nothing was changed. Choose "
        "another answer for this person, or change how people take part with `/session edit` and the option `mode`."
    )


def counts_as_there(session: Session, now: datetime) -> bool:
    """Whether opening the stream at `now` is a check-in."""
    running = session.phase(now) in (Phase.UPCOMING, Phase.RUNNING) and now >= session.starts_at - DOORS_OPEN
    return running and session.stream_url is not None
