"""What `/doctor` looks at, as one value."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.reminder_rules import Entry
from bot.domain.server import Server
from bot.domain.sessions import Session


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """`damage` says what is wrong with the file (None: nothing); sizes are in bytes."""

    damage: str | None
    size: int
    log_size: int


@dataclass(frozen=True, slots=True)
class Records:
    """What the database knows of a guild: sessions that run or come, next posts, and posts that came to nothing."""

    sessions: tuple[Session, ...]
    coming: tuple[Entry, ...]
    trouble: tuple[Entry, ...]
    paused_since: datetime | None


@dataclass(frozen=True, slots=True)
class Connection:
    """The gateway: None where it is not known (yet)."""

    latency: timedelta | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ClockState:
    """`ahead`: by how much our clock is ahead of Discord's; `speed` 1 is real time."""

    ahead: timedelta
    speed: float


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything at once, as it is at `now`."""

    now: datetime
    server: Server
    records: Records
    database: DatabaseState
    connection: Connection
    clock: ClockState
