"""Calendar files, read back by two programs that know nothing of each other; and Google's form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.domain.sessions import Session, Status
from bot.formats.calendar import to_ical
from bot.formats.calendar_link import clean, google_link

STAMP = datetime(2027, 10, 1, 12, 0, tzinfo=UTC)


def events(data: bytes) -> list[Any]:
    return [item for item in Calendar.from_ical(data).walk() if item.name == "VEVENT"]


def test_two_readers_see_the_same_session(rich_session: Session) -> None:
    data = to_ical([rich_session], STAMP)
    (ours,) = events(data)
    theirs = vobject.readOne(data.decode()).vevent
    assert ours["UID"] == theirs.uid.value == f"{rich_session.id}@community-bot"
    assert ours.decoded("DTSTART") == theirs.dtstart.value == rich_session.starts_at
    assert ours.decoded("DTEND") == theirs.dtend.value == rich_session.ends_at
    assert ours["SUMMARY"] == theirs.summary.value == rich_session.title
    assert ours["LOCATION"] == theirs.location.value == "Old Hall, Berlin"
    assert ours["DESCRIPTION"] == theirs.description.value
    assert ours["SEQUENCE"] == int(theirs.sequence.value) == rich_session.generation
    assert ours["URL"] == theirs.url.value == rich_session.stream_url
    assert theirs.valarm.trigger.value == timedelta(minutes=-30)
    assert ours["STATUS"] == "CONFIRMED"


def test_the_same_session_is_the_same_entry_after_a_move(rich_session: Session) -> None:
    later = replace(rich_session, starts_at=rich_session.starts_at + timedelta(hours=1), generation=4)
    (before,), (after,) = events(to_ical([rich_session], STAMP)), events(to_ical([later], STAMP))
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_cancelled_session_says_so_and_rings_no_bell(rich_session: Session) -> None:
    (event,) = events(to_ical([replace(rich_session, status=Status.CANCELLED)], STAMP))
    assert event["STATUS"] == "CANCELLED"
    assert not event.subcomponents


def test_talks_with_a_start_are_entries_of_their_own_when_asked_for(rich_session: Session) -> None:
    found = events(to_ical([rich_session], STAMP, talks=True))
    assert [str(event["SUMMARY"]) for event in found] == [rich_session.title, "First talk", "Third talk"]
    assert found[1].decoded("DTEND") == rich_session.talks[2].starts_at
    assert found[2].decoded("DTEND") == rich_session.ends_at


@pytest.mark.parametrize(
    "trick",
    [
        "a\r\nATTENDEE:mailto:x@example.org",
        "a\rEND:VEVENT",
        "a\nBEGIN:VEVENT",
        "a\x0bb",
        "a\x85b",
        "a\u2028X:1",
        "; , \\ \\n \\N :",
        "\x00\x1b",
    ],
)
def test_no_text_adds_a_property(rich_session: Session, trick: str) -> None:
    lines = {line.partition(":")[0] for line in _logical(to_ical([rich_session], STAMP))}
    session = replace(rich_session, title=trick, theme=trick, venue=trick, stream_url=None)
    tricked = to_ical([session], STAMP)
    assert {line.partition(":")[0] for line in _logical(tricked)} <= lines
    (event,) = events(tricked)
    assert str(event["SUMMARY"]) == clean(trick)


def test_line_breaks_stay_and_control_characters_go() -> None:
    assert clean("a\r\nb\rc\nd\te\x0b\x85\u2028f") == "a\nb\nc\nd ef"


@given(title=st.text(max_size=120), theme=st.text(max_size=400))
def test_any_text_is_folded_and_read_back(title: str, theme: str) -> None:
    session = Session(
        id="a" * 32,  # type: ignore[arg-type] # as good as a SessionId
        guild_id=1,
        slug="s",
        title=title,
        starts_at=STAMP,
        ends_at=STAMP + timedelta(hours=1),
        zone="UTC",
        theme=theme,
    )
    data = to_ical([session], STAMP)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")
    (event,) = events(data)
    theirs = vobject.readOne(data.decode()).vevent
    assert str(event["SUMMARY"]) == theirs.summary.value == clean(title)
    assert str(event.get("DESCRIPTION", "")) == clean(theme)


def test_google_link_is_filled_in(rich_session: Session) -> None:
    fields = parse_qs(urlsplit(google_link(rich_session)).query)
    assert fields["text"] == [rich_session.title]
    assert fields["dates"] == ["20271031T003000Z/20271031T040000Z"]
    assert fields["location"] == ["Old Hall, Berlin"]
    assert fields["details"] == ["https://example.org/live"]


@given(st.text(max_size=200), st.text(max_size=100))
def test_google_link_fits_a_button(rich_session: Session, title: str, venue: str) -> None:
    link = google_link(replace(rich_session, title=title, venue=venue, stream_url="https://example.org/" + "a" * 400))
    assert len(link) <= 512
    assert link.isascii()
    assert link.isprintable()


def _logical(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")
