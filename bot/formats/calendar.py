"""Sessions for people's own calendars: an iCalendar file, and a link that fills in Google's form."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from icalendar import Alarm, Calendar, Event

from bot.domain import limits
from bot.domain.links import check_url
from bot.domain.sessions import Session, Status, Talk

HALF_AN_HOUR = timedelta(minutes=30)

_PRODUCT = "-//community-bot//sessions//EN"
_GOOGLE = "https://calendar.google.com/calendar/render?"
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}


def to_ical(
    sessions: Iterable[Session],
    stamp: datetime,
    *,
    talks: bool = False,
    alarm: timedelta | None = HALF_AN_HOUR,
) -> bytes:
    """The calendar file (RFC 5545, UTF-8): one event for each session, and with `talks` one for each talk with a start.

    Times are in UTC, which every calendar shows in its reader's zone. `stamp` is now. The UID stays with the session
    and SEQUENCE is its generation, so a file that is opened again moves the entry instead of adding another.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for session in sessions:
        calendar.add_component(_session_event(session, stamp, alarm))
        for talk in session.talks if talks else ():
            if talk.starts_at is not None:
                calendar.add_component(_talk_event(session, talk, talk.starts_at, stamp))
    return bytes(calendar.to_ical())


def google_link(session: Session) -> str:
    """The address of Google's form with the session filled in; short enough for a button (512 characters)."""
    times = f"{_basic(session.starts_at)}/{_basic(session.ends_at)}"
    title, place = clean(session.title), clean(_place(session))
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


def _session_event(session: Session, stamp: datetime, alarm: timedelta | None) -> Event:
    event = _event(
        session, uid=session.id, title=session.title, starts_at=session.starts_at, ends_at=session.ends_at, stamp=stamp
    )
    description = clean(_description(session))
    if description:
        event.add("description", description)
    if alarm is not None and session.status is not Status.CANCELLED:
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", clean(session.title))
        reminder.add("trigger", -alarm)
        event.add_component(reminder)
    return event


def _talk_event(session: Session, talk: Talk, starts_at: datetime, stamp: datetime) -> Event:
    """Until the next talk with a start, or the end of the session."""
    later = [each.starts_at for each in session.talks if each.starts_at and each.starts_at > starts_at]
    ends_at = min([*later, session.ends_at]) if session.ends_at > starts_at else starts_at
    event = _event(session, uid=talk.id, title=talk.title, starts_at=starts_at, ends_at=ends_at, stamp=stamp)
    names = ", ".join(speaker.name for speaker in talk.speakers)
    description = clean("\n\n".join(filter(None, (names, talk.abstract))))
    if description:
        event.add("description", description)
    return event


def _event(session: Session, *, uid: str, title: str, starts_at: datetime, ends_at: datetime, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@community-bot")
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    event.add("sequence", session.generation)
    event.add("summary", clean(title))
    event.add("status", "CANCELLED" if session.status is Status.CANCELLED else "CONFIRMED")
    place, url = clean(_place(session)), _url(session)
    if place:
        event.add("location", place)
    if url:
        event.add("url", url)
    return event


def _description(session: Session) -> str:
    talks = "\n".join(
        f"{talk.position}. {talk.title}"
        + (f" ({', '.join(speaker.name for speaker in talk.speakers)})" if talk.speakers else "")
        for talk in session.talks
    )
    stream = f"Stream: {session.stream_url}" if session.stream_url else ""
    recording = f"Recording: {session.recording_url}" if session.recording_url else ""
    return "\n\n".join(filter(None, (stream, recording, talks, session.theme)))


def _place(session: Session) -> str:
    return ", ".join(filter(None, (session.venue, session.city)))


def _url(session: Session) -> str | None:
    """The stream, else the first link; nothing that is no plain https address."""
    for url in (session.stream_url, *(link.url for link in session.links)):
        try:
            if url:
                return check_url(url)
        except ValueError:
            continue
    return None


def _basic(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
