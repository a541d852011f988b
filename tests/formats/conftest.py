"""Sessions and files that the tests of the formats share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.guilds import Community, Pathway
from bot.domain.sessions import Link, Mode, Organizer, Session, SessionId, Speaker, SpeakerId, Talk, TalkId

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def fixture_bytes() -> Callable[[str], bytes]:
    return lambda name: (FIXTURES / name).read_bytes()


@pytest.fixture(scope="session")
def community() -> Community:
    return Community(
        name="Open Circle",
        about='We meet.\n\n"Often", and \\ with care.',
        website="https://example.org/",
        pathways=(Pathway("Docs", "https://example.org/docs", "How things work."),),
        thanks=(Link("Hall", "https://hall.example.org/"),),
    )


@pytest.fixture(scope="session")
def rich_session() -> Session:
    """Everything a session can have; the second talk has no start, the session lies across the end of summer time."""
    one = Speaker(
        id=SpeakerId("1" * 32),
        slug="speaker-one",
        name="Speaker One",
        affiliation="Example Institute",
        biography='Says "hello".\n\nAnd ends with a "quote"',
        links=(Link("Home", "https://one.example.org/"),),
    )
    two = Speaker(id=SpeakerId("2" * 32), slug="speaker-two", name="Speaker Two")
    return Session(
        id=SessionId("a" * 32),
        guild_id=1,
        slug="night-of-clocks",
        title='Night of clocks, "twice"; with \\ and #',
        starts_at=datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        ends_at=datetime(2027, 10, 31, 4, 0, tzinfo=UTC),
        zone="Europe/Berlin",
        mode=Mode.HYBRID,
        theme="One line.\n\nAnother; with, commas\\.",
        foreword="Short.",
        venue="Old Hall",
        city="Berlin",
        organizers=(Organizer("Organizer One", "Example Circle"), Organizer("Organizer Two")),
        links=(Link("Programme", "https://example.org/p?a=1&b=2"),),
        streamed=True,
        recorded=True,
        stream_url="https://example.org/live",
        recording_url="https://example.org/tape",
        capacity=40,
        generation=3,
        talks=(
            Talk(
                TalkId("b" * 32),
                "first",
                1,
                "First talk",
                "About it.",
                (one, two),
                datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
            ),
            Talk(TalkId("c" * 32), "second", 2, "Second talk", None, (two,)),
            Talk(
                id=TalkId("d" * 32),
                slug="third",
                position=3,
                title="Third talk",
                starts_at=datetime(2027, 10, 31, 3, 0, tzinfo=UTC),
                slides_url="https://example.org/slides.pdf",
                recording_url="https://example.org/third",
            ),
        ),
    )
