"""What people who said they come are told when a session changes: once, with what was and what is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.reminders import CHANGED, Reminder, key
from bot.domain.sessions import Mode, Session, Status

# Edits within this time after the first become one notice, and none when they were undone.
COLLECTED = timedelta(seconds=60)
# A notice is worth sending until the session is over, and so long in any case: it may have been cancelled.
GRACE = timedelta(hours=1)

UNDONE = "the change was undone before anybody was told"
NOT_COMING = "the person does not come any more"
TOO_LATE = "the session is over"


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody who comes has to know of a session: a change of anything else is no news."""

    starts_at: datetime
    ends_at: datetime
    mode: Mode
    status: Status
    venue: str | None
    city: str | None

    @classmethod
    def of(cls, session: Session) -> "Facts":
        return cls(session.starts_at, session.ends_at, session.mode, session.status, session.venue, session.city)


def notice_of_change(session: Session, user_id: int, number: int, due_at: datetime) -> Reminder:
    """The direct message to one person about the change `number` of a session."""
    return Reminder(
        key=key(session.id, CHANGED, number, user_id),
        session_id=session.id,
        kind=CHANGED,
        generation=number,
        due_at=due_at,
        deadline_at=max(session.ends_at, due_at + GRACE),
        user_id=user_id,
    )
