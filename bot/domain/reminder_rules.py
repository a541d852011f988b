"""How long before a session it is reminded of: what moderators may choose, and how it is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.guilds import GuildConfig
from bot.domain.reminders import DEFAULT_OFFSETS, Reminder
from bot.domain.sessions import Headline, Session

# Our own bounds: eight are as many as anybody wants to read, and what comes a month ahead is forgotten again.
MOST = 8
SHORTEST, LONGEST = 1, 30 * 24 * 60  # minutes

# What the menu of the settings offers.
COMMON: tuple[tuple[int, ...], ...] = (
    DEFAULT_OFFSETS,
    (60, 10),
    (60,),
    (10,),
    (1440, 60),
    (10080, 1440, 60, 10),
    (10080, 1440, 60),
    (),
)

PAUSED = "reminders were paused"
AWAY = "I was not in this server then"
UNWANTED = "this reminder is no longer wanted: the times of the reminders were changed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of the list, with the session it is about and that one's own channel (None: the guild's)."""

    reminder: Reminder
    session: Headline
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was and will be posted in a guild's channel: what is to come first, soonest first.

    `session` is set where the list is about one session alone, with `minutes` as they hold for it; `own` says whether
    they are its own. `page` counts from 0. `direct` counts messages to single people, which are not listed.
    """

    config: GuildConfig
    entries: tuple[Entry, ...]
    page: int
    pages: int
    paused_since: datetime | None
    direct: int
    session: Session | None = None
    minutes: tuple[int, ...] = DEFAULT_OFFSETS
    own: bool = False


def in_order(minutes: Iterable[int]) -> tuple[int, ...]:
    """Each once, the earliest reminder first."""
    return tuple(sorted(set(minutes), reverse=True))


def minutes_words(minutes: int) -> str:
    """1 day, 90 minutes: in the largest unit that divides it."""
    for name, size in (("week", 10080), ("day", 1440), ("hour", 60)):
        if minutes % size == 0:
            count = minutes // size
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"


def rule_words(minutes: tuple[int, ...]) -> str:
    """What is posted, as a part of a sentence: "1 day, 1 hour and 10 minutes before, and at the start"."""
    if not minutes:
        return "at the start alone"
    names = [minutes_words(each) for each in minutes]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} before, and at the start"
