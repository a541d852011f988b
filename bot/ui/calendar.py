"""The answer to `/calendar`: a file for any calendar, and a link to Google's."""

from bot.domain.sessions import Session
from bot.ui.exchange import attached
from bot.ui.reply import Reply
from bot.ui.text import safe, stamp
from bot.ui.views import button, buttons, link

ALL = "calendar-all"
_OPEN = "Open the file to add {} to your calendar; it reminds you half an hour before."


def calendar(session: Session, name: str, data: bytes, google: str, *, others: int) -> Reply:
    """One session; `others` are how many more are to come."""
    title, when = safe(session.title), stamp(session.starts_at, "F")
    every = button(f"All {others + 1} upcoming sessions", ALL, emoji="📅") if others > 0 else None
    return Reply(
        content=f"**{title}**, {when}\n{_OPEN.format('it')}",
        view=buttons([[link("Add to Google Calendar", google, emoji="🗓️"), every]]),
        files=(attached(name, data),),
    )


def all_upcoming(number: int, name: str, data: bytes) -> Reply:
    """All that is to come, in one file."""
    what = "the session" if number == 1 else f"the {number} sessions"
    again = "When something changes, open a new one: it moves what is in your calendar already."
    return Reply(content=f"{_OPEN.format(f'{what} that are to come')}\n{again}", files=(attached(name, data),))
