"""A session's posts as scenes, and how long to wait between them when time runs faster."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refusal
from bot.domain.reminders import ANNOUNCE, START, Reminder, plan
from bot.domain.sessions import Session, Status

BEFORE_FIRST = timedelta(minutes=5)  # so long before its first reminder the card is shown
SHORTEST_WAIT = 1.5  # real seconds between posts: Discord has shown room for five in 5 s per channel
LONGEST = 6 * 3600.0  # real seconds of a whole rehearsal: nobody watches longer


class Speed(StrEnum):
    """How fast time runs; the first ones fit everything into so many seconds."""

    BRISK = "fit-10"
    MINUTE = "fit-60"
    FIVE_MINUTES = "fit-300"
    X60 = "x60"
    X600 = "x600"
    X3600 = "x3600"

    def factor(self, span: timedelta) -> float:
        """How many seconds of the session pass in a real one, when it takes `span` in all."""
        kind, _, number = self.value.partition("-")
        if kind == "fit":
            return max(span.total_seconds() / int(number), 1.0)
        return float(self.value.removeprefix("x"))


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment in which something is to be seen: a reminder is posted, or (None) the card changes.

    `after` is how many real seconds to wait before it.
    """

    at: datetime
    reminder: Reminder | None = None
    after: float = 0.0

    @property
    def changes_card(self) -> bool:
        return self.reminder is None or self.reminder.kind == START


def scenes(session: Session, offsets: Sequence[int], speed: Speed) -> tuple[Scene, ...]:
    """All that is to be seen of `session`: first the card, then the reminders, last the card when it is over.

    Raises:
        Refusal: it is cancelled, or it would take too long at that speed.
    """
    if session.status is Status.CANCELLED:
        raise Refusal("That session is cancelled, so nothing is posted about it. Please choose another one.")
    early = session.starts_at - timedelta(days=365)
    reminders = sorted(
        (reminder for reminder in plan(session, early, tuple(offsets)) if reminder.kind != ANNOUNCE),
        key=lambda reminder: reminder.due_at,
    )
    shown = [
        Scene(reminders[0].due_at - BEFORE_FIRST),
        *(Scene(reminder.due_at, reminder) for reminder in reminders),
        Scene(session.ends_at),
    ]
    factor = speed.factor(shown[-1].at - shown[0].at)
    timed = tuple(
        replace(scene, after=max((scene.at - before.at).total_seconds() / factor, SHORTEST_WAIT))
        for before, scene in zip(shown[:1] + shown[:-1], shown, strict=True)
    )
    if seconds(timed) > LONGEST:
        hours = seconds(timed) / 3600
        raise Refusal(f"At that speed it would take {hours:.0f} hours. Please choose a faster one, up to 6 hours go.")
    return timed


def seconds(timed: Sequence[Scene]) -> float:
    """How long it takes in all, in real seconds."""
    return sum(scene.after for scene in timed)
