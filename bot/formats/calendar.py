"""Sessions for people's own calendars, as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from bot.domain.links import check_url
from bot.domain.sessions import Session, Status, Talk
from bot.formats.calendar_link import clean, place_of

HALF_AN_HOUR = timedelta(minutes=30)

_PRODUCT = "-//community-bot//sessions//EN"


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
    place, url = clean(place_of(session)), _url(session)
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


def _url(session: Session) -> str | None:
    """The stream, else the first link; nothing that is no plain https address."""
    for url in (session.stream_url, *(link.url for link in session.links)):
        try:
            if url:
                return check_url(url)
        except ValueError:
            continue
    return None
