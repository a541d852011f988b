"""What we write is read back as the same session: TOML and schedule.json."""

import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.guilds import Community
from bot.domain.programme import Programme, parse_programme
from bot.domain.programme_tables import Frame
from bot.domain.sessions import Link, Mode, Organizer, Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.formats.c3voc_out import to_c3voc
from bot.formats.reading import Options, read_programme_file
from bot.formats.tables import to_tables
from bot.formats.toml_out import to_toml

HOUR = timedelta(hours=1)
# Of an event, in the schema that c3voc publishes.
REQUIRED = (
    *("abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug", "start"),
    *("subtitle", "title", "track", "type", "url"),
)


def back(programme: Programme, session: Session) -> Session:
    """The session that an import of the file over `session` would store."""
    known = {speaker.slug: speaker for speaker in session.speakers()}
    return programme.session(session.guild_id, session, known, overwrite=True)


def test_toml_reads_back_as_the_same_session_and_community(rich_session: Session, community: Community) -> None:
    programme = parse_programme(to_toml(rich_session, community).encode(), "file.toml")
    assert back(programme, rich_session) == rich_session
    assert programme.community() == community


def test_schedule_json_reads_back_as_the_same(rich_session: Session, community: Community) -> None:
    written = to_c3voc(rich_session, community)
    programme = read_programme_file(written, "schedule.json")
    assert back(programme, rich_session) == rich_session
    assert programme.community() == community
    assert to_c3voc(back(programme, rich_session), community) == written


def test_a_new_title_in_an_exported_schedule_json_is_taken(rich_session: Session) -> None:
    document = json.loads(to_c3voc(rich_session))
    conference = document["schedule"]["conference"]
    conference["title"] = "New title"
    conference["days"][0]["rooms"]["Old Hall"][0]["title"] = "New first talk"
    changed = back(read_programme_file(json.dumps(document).encode(), "schedule.json"), rich_session)
    assert changed.title == "New title"
    assert changed.talks[0].title == "New first talk"
    assert [talk.id for talk in changed.talks] == [talk.id for talk in rich_session.talks]


def test_schedule_json_has_what_the_format_requires(rich_session: Session) -> None:
    conference = json.loads(to_c3voc(rich_session))["schedule"]["conference"]
    assert conference["acronym"] == "night_of_clocks"
    assert conference["daysCount"] == len(conference["days"]) == 1
    events = conference["days"][0]["rooms"]["Old Hall"]
    assert [event["start"] for event in events] == ["02:30", "03:15", "04:00"]
    assert [event["duration"] for event in events] == ["00:45", "00:45", "01:00"]
    for event, talk in zip(events, rich_session.talks, strict=True):
        assert UUID(event["guid"]).hex == talk.id
        assert event["id"] >= 1
        assert datetime.fromisoformat(event["date"]).utcoffset() is not None
        assert {*REQUIRED} <= {*event}


def test_talks_without_any_time_share_the_session(rich_session: Session) -> None:
    session = replace(rich_session, talks=tuple(replace(talk, starts_at=None) for talk in rich_session.talks))
    written = to_c3voc(session)
    events = json.loads(written)["schedule"]["conference"]["days"][0]["rooms"]["Old Hall"]
    dates = [datetime.fromisoformat(event["date"]) for event in events]
    assert dates[0] == session.starts_at
    assert dates == sorted(dates)
    assert len(set(dates)) == 3
    assert back(read_programme_file(written, "schedule.json"), session) == session


def test_a_file_of_another_session_goes_into_the_one_that_is_named(rich_session: Session) -> None:
    other = replace(rich_session, slug="kept-name", id=SessionId("e" * 32))
    programme = read_programme_file(to_c3voc(rich_session), "schedule.json", Options(into=other))
    assert programme.slug == "kept-name"


# What a programme may hold: every printable sign and line breaks, and the signs that files give a meaning to.
_SIGNS = st.characters(exclude_categories=["C", "Zl", "Zp"])
_LINE = st.text(_SIGNS | st.sampled_from("\"'\\#[]{}=,;:"), min_size=1, max_size=30)
_TEXT = st.text(_SIGNS | st.sampled_from("\n\t\"'\\"), min_size=1, max_size=60)
_ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
_URLS = st.sampled_from(["https://example.org/", "https://example.org/a?b=%20c&d=[e]", "https://x.example.org/#top"])


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    line, text, maybe = _LINE.map(str.strip).filter(bool), _TEXT.map(str.strip).filter(bool), st.none
    zone = draw(_ZONES)
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 13 * 365 * 24 * 60)))
    links = st.lists(st.builds(Link, line, _URLS), max_size=2).map(tuple)
    speakers = [
        Speaker(
            SpeakerId(f"{number:032x}"), f"speaker-{number}", draw(line), draw(line | maybe()), draw(text | maybe()),
            draw(links),
        )
        for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    talks = tuple(
        Talk(
            id=TalkId(f"{number + 99:032x}"),
            slug=f"t{number}",
            position=number + 1,
            title=draw(line),
            abstract=draw(text | maybe()),
            speakers=tuple(draw(st.permutations(speakers))) if number == 0 else tuple(speakers[:1]),
            starts_at=draw(maybe() | st.integers(0, 119).map(lambda minutes: start + timedelta(minutes=minutes))),
            slides_url=draw(maybe() | _URLS),
            recording_url=draw(maybe() | _URLS),
        )
        for number in range(draw(st.integers(bool(speakers), 4)))
    )
    return Session(
        id=SessionId("f" * 32),
        guild_id=1,
        slug=draw(st.sampled_from(["a", "a-b", "long-slug-2027"])),
        title=draw(line),
        starts_at=start,
        ends_at=start + 2 * HOUR,
        zone=zone,
        mode=draw(st.sampled_from(Mode)),
        theme=draw(text | maybe()),
        venue=draw(line | maybe()),
        organizers=draw(st.lists(st.builds(Organizer, line, line | maybe()), max_size=3).map(tuple)),
        links=draw(links),
        streamed=draw(st.booleans()),
        capacity=draw(maybe() | st.integers(1, 500)),
        talks=talks,
    )


def stored(session: Session) -> Session:
    """As an import stores it, with texts in the form that is stored."""
    return back(Programme.model_validate(to_tables(session), context=Frame()), session)


@given(sessions())
def test_any_session_comes_back_from_both_files(drawn: Session) -> None:
    session = stored(drawn)
    assert back(parse_programme(to_toml(session).encode(), "file.toml"), session) == session
    assert back(read_programme_file(to_c3voc(session), "schedule.json"), session) == session


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_survives_toml(text: str) -> None:
    session = Session(
        SessionId("f" * 32), 1, "slug", text, datetime(2027, 1, 1, tzinfo=UTC),
        datetime(2027, 1, 1, 1, tzinfo=UTC), "UTC", theme=f"{text}\n{text}",
    )  # fmt: skip
    read = tomllib.loads(to_toml(session))["session"]
    assert read["title"] == text
    assert read["theme"] == f"{text}\n{text}"


@pytest.mark.parametrize("trick", ['"""', '""""', 'ends"', 'ends""', "back\\", "a\\\nb", '\n"', "\\u0041", "'''"])
def test_quotes_and_backslashes_survive_toml(rich_session: Session, trick: str) -> None:
    session = replace(rich_session, theme=f"line\n{trick}", title=trick)
    read = tomllib.loads(to_toml(session))["session"]
    assert (read["title"], read["theme"]) == (trick, f"line\n{trick}")
