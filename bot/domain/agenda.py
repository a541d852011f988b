"""What one person wants to see, and which talks of a session are on, come, or are over at a given moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from bot.domain.rsvps import Rsvp
from bot.domain.sessions import Headline, Phase, Session, Talk, TalkId

MOST_FAILURES = 3  # direct messages in a row that were not taken: then nobody tries any more


class Reminding(StrEnum):
    """Whether a person is told by direct message before a starred talk begins."""

    NEVER_ASKED = "never_asked"
    ON = "on"
    OFF = "off"
    CLOSED = "closed"  # it was on, and turned off because the direct messages were not taken


class Starred(StrEnum):
    """What became of a press on a star."""

    SET = "set"
    TAKEN = "taken"
    SAME = "same"  # it was so already
    REPEATED = "repeated"  # Discord delivered an old press again; nothing was changed


@dataclass(frozen=True, slots=True)
class Starring:
    """A press on a star: what became of it, the talk in its session, and all stars of the person in that session."""

    outcome: Starred
    session: Session
    talk: Talk
    stars: frozenset[TalkId]
    reminding: Reminding


@dataclass(frozen=True, slots=True)
class Entry:
    """A session on an agenda: with the answer to it, the starred talks, or both."""

    session: Session
    rsvp: Rsvp | None
    talks: tuple[Talk, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """What one person has put down: `coming` soonest first, `past` latest first; there may be `more` of each."""

    coming: tuple[Entry, ...]
    past: tuple[Entry, ...]
    reminding: Reminding
    more_coming: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Talks from one moment on until the next block.

    `begin` start at that very moment; `follow` come after them in this order, and nobody fixed when.
    """

    starts_at: datetime
    begin: tuple[Talk, ...] = ()
    follow: tuple[Talk, ...] = ()

    @property
    def talks(self) -> tuple[Talk, ...]:
        return (*self.begin, *self.follow)


@dataclass(frozen=True, slots=True)
class Stage:
    """A session at one moment. `current` is None where no talk can be on yet: before the session, or in its opening."""

    session: Session
    phase: Phase
    current: Block | None
    coming: tuple[Block, ...]

    @property
    def untimed(self) -> bool:
        """Whether no talk has a start of its own, so that only their order is known."""
        return all(talk.starts_at is None for talk in self.session.talks)


@dataclass(frozen=True, slots=True)
class Around:
    """What is near one moment in a guild: what runs, what comes next (all that begin together), what came before.

    The cancelled ones are those that would be on now, and those that would have been next.
    """

    running: tuple[Session, ...] = ()
    next: tuple[Session, ...] = ()
    last: Headline | None = None
    cancelled_now: tuple[Headline, ...] = ()
    cancelled_next: tuple[Headline, ...] = ()


def blocks(session: Session) -> tuple[Block, ...]:
    """The talks of a session in the order in which they are held, as exactly as it is known.

    A talk without a start of its own belongs behind the one before it in the programme. Those at the very beginning
    come when the session starts.
    """
    groups: list[tuple[datetime, Talk | None, list[Talk]]] = []
    for talk in sorted(session.talks, key=lambda talk: talk.position):
        if talk.starts_at is not None:
            groups.append((talk.starts_at, talk, []))
        elif groups:
            groups[-1][2].append(talk)
        else:
            groups.append((session.starts_at, None, [talk]))
    groups.sort(key=lambda group: group[0])  # stable: the programme's order where several begin together
    return tuple(_block(moment, list(together)) for moment, together in groupby(groups, key=lambda group: group[0]))


def stage(session: Session, now: datetime) -> Stage:
    """Where the talks of `session` stand at `now`."""
    phase = session.phase(now)
    if phase in (Phase.OVER, Phase.CANCELLED):
        return Stage(session, phase, None, ())
    every = blocks(session)
    if phase is Phase.UPCOMING:
        return Stage(session, phase, None, every)
    begun = [block for block in every if block.starts_at <= now]
    return Stage(session, phase, begun[-1] if begun else None, every[len(begun) :])


def out_of_order(talks: Sequence[Talk]) -> bool:
    """Whether the starts of talks contradict their order in the programme."""
    starts = [talk.starts_at for talk in talks if talk.starts_at is not None]
    return starts != sorted(starts)


def _block(moment: datetime, groups: list[tuple[datetime, Talk | None, list[Talk]]]) -> Block:
    return Block(
        moment,
        tuple(talk for _, talk, _ in groups if talk is not None),
        tuple(talk for _, _, untimed in groups for talk in untimed),
    )
