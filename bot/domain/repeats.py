"""A series with the sessions that were made of it, and what a change of one or of all that follow does to each."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.admission import Admission
from bot.domain.errors import Refusal
from bot.domain.series import Fate, Occurrence, Rule, Scope, move, numbers
from bot.domain.sessions import Headline, Phase, Session, SessionId, Status, TalkId
from bot.domain.zones import find_zone

SeriesId = NewType("SeriesId", str)

# An occurrence is announced when the one before it is over, and at the latest so long before its own start: fewer than
# seven days, so that a weekly session is not announced in the very minute in which the one before it begins.
ANNOUNCED_BEFORE = timedelta(days=6)


class Act(StrEnum):
    """What can be done to the occurrences of a series."""

    MOVE = "move"
    SKIP = "skip"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done to a session of a series, and how far; `to` (aware) is the new start of a move."""

    session_id: SessionId
    act: Act
    scope: Scope
    to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """An occurrence as the series planned it, and its session (None: it was skipped).

    `announced` says whether people may know of it: there is a card, or somebody has answered.
    """

    planned: Occurrence
    session: Headline | None
    announced: bool = False

    @property
    def moved(self) -> bool:
        """Whether the session was given another time for itself."""
        return self.session is not None and self.session.starts_at != self.planned.starts_at


@dataclass(frozen=True, slots=True)
class Series:
    """`zone` (IANA) is whose clocks it follows; `first_day` gives its weekday, as they show it."""

    id: SeriesId
    guild_id: int
    zone: str
    rule: Rule
    first_day: date
    members: tuple[Member, ...]

    def number_of(self, session_id: SessionId) -> int:
        return next(each.planned.number for each in self.members if each.session and each.session.id == session_id)


class Effect(StrEnum):
    """What becomes of one session."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    REMOVED = "removed"  # nobody knew of it


@dataclass(frozen=True, slots=True)
class Step:
    """One session that changes; `starts_at` is its new start (MOVED) or the one it had, `note` why it is another."""

    number: int
    effect: Effect
    session: Headline
    starts_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that one act does: sessions that change, and the occurrences as they are planned from now on."""

    steps: tuple[Step, ...]
    planned: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Along:
    """What moderators chose for a session beside the session itself, for others that are made like it.

    `minutes` are the times of its own reminders (None: those of the guild).
    """

    admission: Admission = field(default_factory=Admission)
    minutes: tuple[int, ...] | None = None

    def carried(self, may_lend: int | None) -> Admission:
        """How another session like it takes answers.

        A deadline, and answers that are closed, belong to one evening alone. The role is lent only where it is
        `may_lend`: whoever makes the other session may give it to people.
        """
        kept = replace(self.admission, closed=False, deadline_at=None)
        return kept if kept.lend_role_id == may_lend else replace(kept, lend_role_id=None, lend_minutes=None)


def change(series: Series, wish: Wish, now: datetime) -> Change:
    """What fulfilling `wish` does.

    Of all that follow, sessions that were moved for themselves stay, and so does what is over or cancelled. To skip
    one that people know of is to cancel it: then they are told.

    Raises:
        Refusal: it cannot be done, or would change nothing.
    """
    number = series.number_of(wish.session_id)
    chosen = _member(series, number)
    assert chosen.session is not None
    _check(chosen.session, wish.act, now)
    if wish.act is Act.MOVE:
        assert wish.to is not None
        return _moved(series, number, wish.scope, wish.to, now)
    reached = [_member(series, each) for each in numbers(_occurrences(series), number, wish.scope)]
    steps = tuple(_ended(member, wish.act) for member in reached if _is_open(member.session, now))
    return Change(steps, ())


def digest(done: Change) -> str:
    """Eight characters that are others as soon as something else would happen."""
    words = [f"{step.number} {step.effect} {step.session.id} {step.starts_at.timestamp()}" for step in done.steps]
    return hashlib.blake2b("\n".join(words).encode(), digest_size=4).hexdigest()


def copy_of(
    template: Session, slug: str, starts_at: datetime, new_id: Callable[[], str], *, quiet: bool, talks: bool = False
) -> Session:
    """A new session like `template` that lasts as long; with `talks` these come along, at the same distance to it.

    What belongs to one evening alone is not taken: links to stream, slides and recordings, card, a cancellation. A
    `quiet` one pings nobody.
    """
    shift = starts_at - template.starts_at
    taken = tuple(
        replace(
            talk,
            id=TalkId(new_id()),
            starts_at=talk.starts_at + shift if talk.starts_at else None,
            slides_url=None,
            recording_url=None,
        )
        for talk in template.talks
    )
    return replace(
        template,
        id=SessionId(new_id()),
        slug=slug,
        starts_at=starts_at,
        ends_at=template.ends_at + shift,
        status=Status.SCHEDULED,
        stream_url=None,
        recording_url=None,
        generation=1,
        card=None,
        cancel_reason=None,
        quiet=quiet,
        talks=taken if talks else (),
    )


def announce_at(starts_at: datetime, before: datetime | None, now: datetime) -> datetime:
    """When an occurrence is announced; `before` is the end of the one before it (None: there is none to wait for)."""
    if before is None:
        return now
    return max(now, min(before, starts_at - ANNOUNCED_BEFORE))


def _moved(series: Series, number: int, scope: Scope, to: datetime, now: datetime) -> Change:
    new_local = to.astimezone(find_zone(series.zone)).replace(tzinfo=None)
    before = {member.planned.number: member for member in series.members}
    if scope is Scope.THIS:
        session = before[number].session
        assert session is not None
        if session.starts_at == to:
            raise Refusal("It is at that time already: nothing would change.")
        return Change((Step(number, Effect.MOVED, session, to),), ())
    planned = move(_as_planned(series, number), number, scope, new_local, series.zone)
    # The one that was named gets the moment that was asked for, also where its clocks show that time twice.
    planned = tuple(replace(each, starts_at=to, note=None) if each.number == number else each for each in planned)
    steps = []
    for each in planned:
        session = before[each.number].session
        reached = each.number == number or (each.number > number and not before[each.number].moved)
        if reached and session and _is_open(session, now) and session.starts_at != each.starts_at:
            steps.append(Step(each.number, Effect.MOVED, session, each.starts_at, each.note))
    if not steps:
        raise Refusal("They are at that time already: nothing would change.")
    return Change(tuple(steps), planned)


def _as_planned(series: Series, number: int) -> list[Occurrence]:
    """The series as planned, those marked that were moved for themselves, but not the one that all others follow."""
    return [
        replace(member.planned, moved=member.moved and member.planned.number != number, note=None)
        for member in series.members
    ]


def _occurrences(series: Series) -> list[Occurrence]:
    return [replace(member.planned, fate=_fate(member)) for member in series.members]


def _fate(member: Member) -> Fate:
    if member.session is None:
        return Fate.SKIPPED
    return Fate.CANCELLED if member.session.status is Status.CANCELLED else Fate.PLANNED


def _ended(member: Member, act: Act) -> Step:
    assert member.session is not None
    effect = Effect.REMOVED if act is Act.SKIP and not member.announced else Effect.CANCELLED
    return Step(member.planned.number, effect, member.session, member.session.starts_at)


def _is_open(session: Headline | None, now: datetime) -> bool:
    return session is not None and session.phase(now) in (Phase.UPCOMING, Phase.RUNNING)


def _check(session: Headline, act: Act, now: datetime) -> None:
    phase = session.phase(now)
    if phase is Phase.CANCELLED:
        raise Refusal("This session is cancelled already. `/session reopen` puts it back.")
    if phase is Phase.OVER:
        raise Refusal("This session is over. Choose one that is still to come.")
    if phase is Phase.RUNNING and act is not Act.CANCEL:
        raise Refusal(f"This session has begun, so it is too late to {act.value} it. Choose one that is still to come.")


def _member(series: Series, number: int) -> Member:
    return next(member for member in series.members if member.planned.number == number)
