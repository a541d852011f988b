"""A link that fills in the form of Google's calendar; it needs no library, so it stands apart from the files."""

import unicodedata
from datetime import UTC, datetime
from urllib.parse import urlencode

from bot.domain import limits
from bot.domain.sessions import Session

_GOOGLE = "https://calendar.google.com/calendar/render?"
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}


def google_link(session: Session) -> str:
    """The address of Google's form with the session filled in; short enough for a button (512 characters)."""
    times = f"{_basic(session.starts_at)}/{_basic(session.ends_at)}"
    title, place = clean(session.title), clean(place_of(session))
    details = session.stream_url or ""
    fixed = {"action": "TEMPLATE", "dates": times}
    while True:
        more = {"text": title, "location": place, "details": details}
        link = _GOOGLE + urlencode({**fixed, **{key: value for key, value in more.items() if value}})
        if len(link) <= limits.URL or not (details or place or title):
            return link
        if details:
            details = ""
        elif place:
            place = ""
        else:
            title = f"{title.removesuffix('…')[:-5].rstrip()}…" if len(title) > 5 else ""  # noqa: PLR2004 - a few at a time


def clean(text: str) -> str:
    """`text` without what ends a line in some program or another, and without control characters."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    # The icalendar library takes a typed \N for a line break, and C:\New apart with it.
    unix = unix.replace("\\N", "\\n")
    return "".join(sign for sign in unix if sign == "\n" or unicodedata.category(sign) not in _UNSEEN)


def place_of(session: Session) -> str:
    return ", ".join(filter(None, (session.venue, session.city)))


def _basic(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
