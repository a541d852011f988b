"""Who comes: answers, seats and the waiting list."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.admission import Admission
from bot.domain.errors import Refusal
from bot.domain.sessions import Mode, Session, Status

# People with an answer to one session. Ours, not Discord's: it bounds what one press may cost (the counts of a
# session are taken anew at each commit) and lies far above what any one gathering of a community has.
MAX_ANSWERS = 5_000


class Answer(StrEnum):
    """What a person says to a session."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    MAYBE = "maybe"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Rsvp:
    """One person's standing; `waiting` is the place on the waiting list (from 1), None with a seat or no need."""

    user_id: int
    name: str
    answer: Answer | None
    answered_at: datetime
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """A person sets an answer (None: withdraws it). `press_id` is the id of the interaction, which only rises.

    `roles` are those that Discord has shown us with the press. `by_moderator`: somebody may set it for the person,
    whoever may answer now; then `seat` can give a seat, whether one is free or not, or (False) the last place on the
    waiting list.
    """

    press_id: int
    user_id: int
    name: str
    answer: Answer | None
    roles: frozenset[int] = frozenset()
    by_moderator: bool = False
    seat: bool | None = None


class Change(StrEnum):
    """What became of a press."""

    ANSWERED = "answered"  # a first answer
    CHANGED = "changed"  # from another answer
    SAME = "same"  # it was that already
    SEATED = "seated"  # from the waiting list: an offered seat was taken, or a moderator gave one
    WITHDRAWN = "withdrawn"
    NOTHING = "nothing"  # withdrawn without an answer
    REPEATED = "repeated"  # Discord delivered an old press again; nothing was changed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a press brought its person: `answer` stands now, `waiting` is the place in the line (from 1).

    `gave_up_seat`: one of a limited number of seats is free through this press. `left_line`: a place on the waiting
    list was given up. `commit` numbers the commits in which presses are stored; it only rises. `outlook` is what was
    stored with it, as far as a confirmation needs it: the session without its talks, and no answer.
    """

    change: Change
    answer: Answer | None
    previous: Answer | None = None
    waiting: int | None = None
    gave_up_seat: bool = False
    left_line: bool = False
    commit: int = field(default=0, compare=False)
    outlook: "Outlook | None" = field(default=None, compare=False, repr=False)

    @property
    def shows(self) -> bool:
        """Whether the card of the session looks different now."""
        return self.change in {Change.ANSWERED, Change.CHANGED, Change.WITHDRAWN, Change.SEATED}


@dataclass(frozen=True, slots=True)
class Roster:
    """What a card shows: how many, and the first names of each group in the order of their answers."""

    counts: dict[Answer, int] = field(default_factory=dict)
    waiting: int = 0
    names: dict[Answer, tuple[str, ...]] = field(default_factory=dict)
    waiting_names: tuple[str, ...] = ()
    admission: Admission = field(default_factory=Admission)


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that one person's answer to a session depends on; `kept_until`: a seat is kept for the person."""

    session: Session
    rsvp: Rsvp | None
    admission: Admission
    kept_until: datetime | None = None

    @property
    def until(self) -> datetime:
        """How long new answers are taken."""
        return min(self.session.ends_at, self.admission.deadline_at or self.session.ends_at)


_CHOICES = {
    Mode.HYBRID: (Answer.IN_PERSON, Answer.ONLINE, Answer.MAYBE, Answer.DECLINED),
    Mode.IN_PERSON: (Answer.IN_PERSON, Answer.MAYBE, Answer.DECLINED),
    Mode.ONLINE: (Answer.ONLINE, Answer.MAYBE, Answer.DECLINED),
}


def choices(mode: Mode) -> tuple[Answer, ...]:
    """The answers a session of this mode asks for, in the order of its buttons."""
    return _CHOICES[mode]


def check_choice(mode: Mode, answer: Answer) -> None:
    """Refuse an answer the session does not ask for: a button from before its mode was changed.

    It is not read as the nearest other answer: nobody is given a seat, or taken for watching, who did not choose it.

    Raises:
        Refusal: with what can be chosen instead.
    """
    if answer in _CHOICES[mode]:
        return
    now = "online only" if mode is Mode.ONLINE else "in person only"
    raise Refusal(f"This session is {now} now, so nothing was changed. Use `/rsvp` to answer.")


def check_open(status: Status, ends_at: datetime, now: datetime) -> None:
    """Refuse answers to a session that is cancelled or over.

    Raises:
        Refusal: with where to go on.
    """
    if status is Status.CANCELLED:
        raise Refusal("This session was cancelled, so there is nothing to answer. `/schedule` shows what comes next.")
    if now >= ends_at:
        raise Refusal(
            f"This session ended <t:{int(ends_at.timestamp())}:R>. Look for its recording with `/stream`; "
            "`/schedule` shows what comes next."
        )


def is_open(session: Session, now: datetime) -> bool:
    """Whether `session` takes answers at `now`."""
    return session.status is not Status.CANCELLED and now < session.ends_at
