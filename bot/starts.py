"""Keeps a bot that dies again and again from logging in each time: Discord resets the token after 1,000 in a day.

A journal beside the database has a line for every start that has not ended cleanly: its moment by the machine's own
clock (not one that was moved for a rehearsal), and how many seconds it was held back.
"""

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import Clock

log = logging.getLogger(__name__)

FREE = 5  # starts within WINDOW that need not wait
WINDOW = timedelta(minutes=10)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)
# From so many starts in a day on, each waits longest: 101 and the 96 quarters of an hour are less than 200.
FREE_A_DAY = 100
DAY = timedelta(days=1)
KEPT = 200  # lines


@dataclass(frozen=True, slots=True)
class Start:
    """A start, and how long it waited before it logged in."""

    at: datetime
    pause: timedelta = timedelta()

    @property
    def login(self) -> datetime:
        return self.at + self.pause


def pause(former: Sequence[Start], now: datetime) -> timedelta:
    """How long a start at `now` has to wait after the `former` ones, none of which ended cleanly; oldest first."""
    of_today = [start for start in former if now - DAY < start.login]
    if len(of_today) >= FREE_A_DAY:
        return LONGEST_PAUSE
    # Once one had to wait, each that does not live for a while afterwards makes the next wait twice as long.
    if former and former[-1].pause and now - former[-1].login < WINDOW:
        return min(former[-1].pause * 2, LONGEST_PAUSE)
    recent = [start for start in former if now - WINDOW < start.login]
    return FIRST_PAUSE if len(recent) >= FREE else timedelta()


class Starts:
    """The journal. A disk that is full, or a file that cannot be read, keeps nobody from starting."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".starts")

    def begin(self, now: datetime) -> timedelta:
        """Write down a start, and return how long it has to wait before it logs in."""
        former = self._read(now)
        wait = pause(former, now)
        self._write([*former, Start(now, wait)])
        return wait

    def forget(self, start: datetime) -> None:
        """The bot that started then ends because it was asked to: that is no failure."""
        self._write([each for each in self._read(start) if each.at != start])

    def _read(self, now: datetime) -> list[Start]:
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        found = []
        for line in lines:
            with contextlib.suppress(ValueError, OverflowError):
                moment, seconds = line.split()
                found.append(Start(datetime.fromisoformat(moment).astimezone(UTC), timedelta(seconds=float(seconds))))
        # A clock that was set back leaves starts that are yet to come; they say nothing.
        return [each for each in found if each.at <= now < each.login + DAY]

    def _write(self, starts: list[Start]) -> None:
        draft = self._path.with_name(self._path.name + ".new")
        lines = [f"{start.at.isoformat()} {start.pause.total_seconds():.3f}\n" for start in starts[-KEPT:]]
        with contextlib.suppress(OSError):
            draft.write_text("".join(lines), "utf-8")
            draft.replace(self._path)


class Patience:
    """Holds this start back where it is one too many. `why` says so as long as it does."""

    def __init__(self, database: Path) -> None:
        self._journal = Starts(database)
        self._started = Clock().now()  # the machine's own
        self._pause = self._journal.begin(self._started)
        self.why: str | None = None

    async def wait(self, clock: Clock) -> None:
        """Return when the bot may log in."""
        if not self._pause:
            return
        until = f"{self._started + self._pause:%H:%M:%S} UTC"
        self.why = f"too many starts without a clean end: the bot logs in at {until}"
        log.error("The bot was started too often and did not end cleanly; it logs in at %s (see the log above)", until)
        await clock.sleep(self._pause.total_seconds())
        self.why = None

    def ended_well(self) -> None:
        """The bot was asked to end: this start is not held against the next."""
        self._journal.forget(self._started)
