"""A session at another time: what moves with it, and what cannot be."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.errors import Refusal
from bot.domain.lookup import quoted
from bot.domain.sessions import LONGEST, Phase, Session, Status, Talk


def moved(session: Session, starts_at: datetime, ends_at: datetime) -> Session:
    """The session at another time; its talks keep their distance from its start.

    Raises:
        Refusal: it would be too long, or a talk would begin outside of it.
    """
    if ends_at <= starts_at:
        raise Refusal("The end is not after the start: correct one of them.")
    if ends_at - starts_at > LONGEST:
        raise Refusal(f"A session lasts at most {LONGEST.days} days: correct the start or the end.")
    by = starts_at - session.starts_at
    talks = tuple(_shifted(talk, by) for talk in session.talks)
    for talk in talks:
        if talk.starts_at is not None and not starts_at <= talk.starts_at < ends_at:
            raise Refusal(
                f"The talk {quoted(talk.title)} would begin <t:{int(talk.starts_at.timestamp())}:t>, outside of the"
                " session. Give the session a later end, or change the time of the talk first."
            )
    return replace(session, starts_at=starts_at, ends_at=ends_at, talks=talks)


def delayed(session: Session, by: timedelta, now: datetime) -> Session:
    """The session when it runs late: all of it that is still to come happens `by` later.

    Raises:
        Refusal: nothing of it is to come, or it would be too long.
    """
    phase = session.phase(now)
    if phase is Phase.CANCELLED:
        raise Refusal("This session was cancelled: there is nothing to put off. `/session reopen` brings it back.")
    if phase is Phase.OVER:
        raise Refusal(f"This session ended <t:{int(session.ends_at.timestamp())}:R>: there is nothing to put off.")
    starts_at = session.starts_at + by if phase is Phase.UPCOMING else session.starts_at
    ends_at = session.ends_at + by
    if ends_at - starts_at > LONGEST:
        raise Refusal(f"A session lasts at most {LONGEST.days} days, and with this delay it would be longer.")
    talks = tuple(talk if _begun(talk, now) else _shifted(talk, by) for talk in session.talks)
    return replace(session, starts_at=starts_at, ends_at=ends_at, talks=talks)


def deadline_along(deadline_at: datetime, old: Session, new: Session, now: datetime) -> datetime | None:
    """The deadline for answers to the session `old` when it becomes `new`: it keeps its distance from the start.

    Once the session has begun, that is its distance from the end. One that is past stays; None where it would be past
    by now, or not before the end: then answers are taken until the session is over.
    """
    if deadline_at <= now or (old.starts_at, old.ends_at) == (new.starts_at, new.ends_at):
        return deadline_at
    begun = old.starts_at <= now and old.starts_at == new.starts_at
    moved_to = deadline_at + (new.ends_at - old.ends_at if begun else new.starts_at - old.starts_at)
    return moved_to if now < moved_to < new.ends_at else None


def cancelled(session: Session, reason: str | None, now: datetime) -> Session:
    """The session as it is when it does not take place.

    Raises:
        Refusal: it is cancelled or over already.
    """
    phase = session.phase(now)
    if phase is Phase.CANCELLED:
        raise Refusal("This session is cancelled already. `/session reopen` brings it back.")
    if phase is Phase.OVER:
        raise Refusal("This session is over, so it cannot be cancelled any more.")
    return replace(session, status=Status.CANCELLED, cancel_reason=reason)


def reopened(session: Session, now: datetime) -> Session:
    """The session as it is when it takes place after all.

    Raises:
        Refusal: it is not cancelled, or would be over.
    """
    if session.status is not Status.CANCELLED:
        raise Refusal("This session is not cancelled, so there is nothing to bring back.")
    if session.ends_at <= now:
        raise Refusal("Its time is past, so it cannot be brought back. `/session create` makes a new one.")
    return replace(session, status=Status.SCHEDULED, cancel_reason=None)


def _shifted(talk: Talk, by: timedelta) -> Talk:
    return talk if talk.starts_at is None else replace(talk, starts_at=talk.starts_at + by)


def _begun(talk: Talk, now: datetime) -> bool:
    return talk.starts_at is not None and talk.starts_at <= now
