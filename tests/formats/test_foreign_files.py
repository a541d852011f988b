"""schedule.json of pretalx and frab, and Sessionize's view/All: what is taken, and what is said about bad ones."""

import copy
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.programme import Programme, ProgrammeError
from bot.domain.sessions import Link, Session
from bot.formats.reading import Options, read_programme_file

Bytes = Callable[[str], bytes]
BERLIN = Options(title="Open days", zone="Europe/Berlin")


def problems(document: object, options: Options = BERLIN) -> dict[str, str]:
    with pytest.raises(ProgrammeError) as caught:
        read_programme_file(json.dumps(document).encode(), "f.json", options)
    return {problem.key: problem.words for problem in caught.value.problems}


def test_pretalx(fixture_bytes: Bytes) -> None:
    session = read_programme_file(fixture_bytes("pretalx.json"), "schedule.json").session(1)
    assert (session.slug, session.title, session.zone) == ("open-days-2027", "Open Days 2027", "Europe/Berlin")
    assert session.starts_at == datetime(2027, 5, 24, 8, 0, tzinfo=UTC)
    assert session.ends_at == datetime(2027, 5, 25, 15, 30, tzinfo=UTC)
    assert [talk.title for talk in session.talks] == ["Opening", "Small talk", "Data in practice", "Closing"]
    assert [talk.slug for talk in session.talks] == ["aaaaa1", "aaaaa3", "aaaaa2", "aaaaa4"]
    opening, small, practice, _ = session.talks
    assert opening.abstract == "Who we are.\n\nWhat the two days bring."
    assert opening.slides_url == "https://pretalx.example.org/media/opening.pdf"
    assert small.slides_url is None
    assert practice.recording_url == "https://video.example.org/2"
    assert opening.speakers[0].biography == "Works on open data.\n\nTeaches it too."


def test_two_people_of_one_name_stay_two(fixture_bytes: Bytes) -> None:
    session = read_programme_file(fixture_bytes("pretalx.json"), "schedule.json").session(1)
    assert [speaker.slug for speaker in session.speakers()] == ["speaker-one", "speaker-two", "speaker-one-6b1f7c1e"]


def test_frab_names_no_zone(fixture_bytes: Bytes) -> None:
    document = json.loads(fixture_bytes("frab.json"))
    assert list(problems(document, Options())) == ["schedule.conference.time_zone_name"]
    talk = read_programme_file(fixture_bytes("frab.json"), "f.json", BERLIN).session(1).talks[0]
    assert talk.starts_at == datetime(2027, 8, 20, 18, 0, tzinfo=UTC)
    assert talk.speakers[0].links == (Link("Home", "https://one.example.org"),)


def test_sessionize(fixture_bytes: Bytes) -> None:
    session = read_programme_file(fixture_bytes("sessionize.json"), "all.json", BERLIN).session(1)
    assert (session.title, session.slug) == ("Open days", "open-days")
    assert session.starts_at == datetime(2027, 5, 24, 7, 30, tzinfo=UTC)
    assert session.ends_at == datetime(2027, 5, 24, 9, 45, tzinfo=UTC)
    assert [talk.title for talk in session.talks] == ["Registration", "First talk", "Second talk"]
    assert [talk.slug for talk in session.talks] == ["900001", "900002", "900003"]
    second = session.talks[2]
    assert [speaker.name for speaker in second.speakers] == ["Speaker One", "Speaker Two"]
    assert second.speakers[0].affiliation == "Example Institute"
    assert second.recording_url == "https://video.example.org/3"


def test_sessionize_names_neither_event_nor_zone(fixture_bytes: Bytes) -> None:
    found = problems(json.loads(fixture_bytes("sessionize.json")), Options())
    assert list(found) == ["title", "timeZone"]
    assert "option title" in found["title"]
    assert "option zone" in found["timeZone"]


def test_times_of_a_zone_that_skips_them_are_refused_with_the_choices(fixture_bytes: Bytes) -> None:
    document = json.loads(fixture_bytes("sessionize.json"))
    document["sessions"][0]["startsAt"] = "2028-03-26T02:30:00"
    assert "does not exist in Berlin" in problems(document)["sessions[0].startsAt"]


def test_what_a_format_cannot_say_is_kept(fixture_bytes: Bytes, rich_session: Session) -> None:
    options = Options(into=replace(rich_session, slug="kept"))
    session = read_programme_file(fixture_bytes("pretalx.json"), "schedule.json", options).session(1)
    assert session.slug == "kept"
    assert session.title == "Open Days 2027"
    assert (session.theme, session.capacity, session.organizers) == (
        rich_session.theme,
        rich_session.capacity,
        rich_session.organizers,
    )
    one = next(speaker for speaker in session.speakers() if speaker.slug == "speaker-one")
    assert one.affiliation == "Example Institute"
    assert one.biography == "Works on open data.\n\nTeaches it too."


def test_every_problem_at_once_with_its_path(fixture_bytes: Bytes) -> None:
    document = json.loads(fixture_bytes("pretalx.json"))
    hall = document["schedule"]["conference"]["days"][0]["rooms"]["Main Hall"]
    hall[0]["title"] = "x" * 120
    hall[0]["duration"] = "half an hour"
    hall[1]["title"] = None
    hall[1]["date"] = "tomorrow"
    hall[1]["persons"] = "everybody"
    document["schedule"]["conference"]["time_zone_name"] = "Berlin"
    path = 'schedule.conference.days[0].rooms["Main Hall"]'
    found = problems(document, Options())
    assert {*found} == {
        f"{path}[0].title",
        f"{path}[0].duration",
        f"{path}[1].title",
        f"{path}[1].date",
        f"{path}[1].persons",
        "schedule.conference.time_zone_name",
    }
    assert "120 characters and 100 fit" in found[f"{path}[0].title"]
    assert found[f"{path}[1].persons"] == "must be a list, not a text"


def test_five_thousand_talks(fixture_bytes: Bytes) -> None:
    document = json.loads(fixture_bytes("pretalx.json"))
    event = {"title": "T", "date": "2027-05-24T10:00:00+02:00", "duration": "00:05"}
    document["schedule"]["conference"]["days"][0]["rooms"]["Main Hall"] = [event] * 5000
    found = problems(document)
    assert found == {
        "schedule.conference.days": "there are 5,002 talks and a session takes 25: export a part, one day or one room"
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 10_000 + b"]" * 10_000, "nested more than 50 deep"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested more than 50 deep"),
        (b'{"schedule": ' + b" " * 1024 * 1024 + b"{}}", "1,048,576 are read"),
        (b'{"schedule": "\xff"}', "not in UTF-8"),
        (b'{"schedule": NaN}', "not JSON"),
        (b'{"schedule": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"schedule": {', "not JSON (line 1"),
        (b"{}", "neither a schedule.json"),
        (b"[1]", "neither a schedule.json"),
        (b'{"schedule": []}', "choose the JSON export"),
        (b"", "not JSON"),
    ],
)
def test_what_is_no_export_at_all(data: bytes, words: str) -> None:
    with pytest.raises(ProgrammeError, match=r"^f\.json") as caught:
        read_programme_file(data, "f.json")
    assert words in str(caught.value)


def test_brackets_in_texts_are_no_nesting() -> None:
    document = {"schedule": {"conference": {"title": '["{' * 100}}}
    assert "nested" not in str(problems(document))


def test_hostile_sizes_are_refused_quickly() -> None:
    many = {"sessions": [{"id": str(n), "title": "T"} for n in range(20_000)], "speakers": []}
    before = time.thread_time()
    assert "20,000 sessions" in problems(many)["sessions"]
    assert time.thread_time() - before < 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)


def read_or_refuse(document: object) -> None:
    for options in (Options(), BERLIN):
        try:
            programme = read_programme_file(json.dumps(document).encode(), "f.json", options)
        except ProgrammeError as error:
            words = str(error)
            words.encode()  # what is shown can be sent
        else:
            assert isinstance(programme, Programme)


@given(st.sampled_from(["schedule", "sessions"]), _JSON)
def test_any_json_is_a_programme_or_a_refusal(key: str, value: object) -> None:
    read_or_refuse({key: value, "speakers": value})


@given(st.sampled_from(["pretalx.json", "frab.json", "sessionize.json"]), st.data())
def test_a_good_file_with_one_wrong_value(fixture_bytes: Bytes, name: str, data: st.DataObject) -> None:
    document: Any = json.loads(fixture_bytes(name))
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], (dict, list)) or data.draw(st.integers(0, 5)) == 0:
            break
        place = place[key]
    place[key] = data.draw(_JSON)
    read_or_refuse(document)


def test_reading_changes_nothing_in_the_file(fixture_bytes: Bytes) -> None:
    document = json.loads(fixture_bytes("pretalx.json"))
    before = copy.deepcopy(document)
    read_or_refuse(document)
    assert document == before
