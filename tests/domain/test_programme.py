"""The programme file: what is taken, and that every mistake is named at once, with its line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain import limits
from bot.domain.programme import Programme, ProgrammeError, parse_programme, read_programme
from bot.domain.sessions import MessageRef, Mode, Status

FIRST = Path(__file__).parents[2] / "data" / "desci-berlin.toml"

SMALL = """\
[session]
title = "Open data"
time_zone = "Europe/Berlin"
starts_at = "2022-05-24 10:00"
ends_at = "2022-05-24 11:30"

[[speakers]]
name = "Ann Ek"

[[talks]]
title = "First steps"
speakers = ["ann-ek"]
"""


def read(text: str) -> Programme:
    return parse_programme(text.encode(), "x.toml")


def problems(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(ProgrammeError) as caught:
        read(text)
    return [(problem.line, problem.key, problem.words) for problem in caught.value.problems]


def only(text: str) -> tuple[int | None, str, str]:
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


def test_the_first_session_is_complete_and_exact() -> None:
    session = read_programme(FIRST).session(guild_id=7)
    assert session.title == "Decentralized AI Infrastructure for Scientific Research in Autonomous Communities"
    assert (session.starts_at, session.ends_at) == (
        datetime(2022, 5, 24, 8, 0, tzinfo=UTC),
        datetime(2022, 5, 24, 9, 30, tzinfo=UTC),
    )
    assert (session.zone, session.mode, session.venue, session.city) == (
        "Europe/Berlin",
        Mode.HYBRID,
        "DeSci Berlin",
        "Berlin",
    )
    assert (session.streamed, session.recorded, session.stream_url, session.recording_url) == (True, True, None, None)
    assert [(who.name, who.affiliation) for who in session.organizers] == [("Shady", "OpSci"), ("Richard", "Algovera")]
    talks = [
        (talk.position, talk.title, [(who.name, who.affiliation) for who in talk.speakers]) for talk in session.talks
    ]
    assert talks == [
        (1, "Composable DeSci Flows Via Token-Wrapped Data & Algorithms", [("Trent McConaghy", "Ocean Protocol")]),
        (2, "Compute over Data", [("David Aronchik", "Protocol Labs")]),
        (3, "Decentralized Infrastructure for Science", [("Christopher Hill", "DeSci Labs")]),
        (4, "Decentralized AI for Planetary Regeneration", [("Rafael Kaufmann", "Digital Gaia")]),
        (5, "The Decentralized AI Stack", [("Richard Blythman", "Algovera")]),
    ]
    assert [bool(talk.abstract) for talk in session.talks] == [True, False, True, True, True]
    assert all(speaker.biography for speaker in session.speakers())
    assert {"https://www.desci.berlin/", "https://opsci.io/"} <= {link.url for link in session.links}


def test_the_first_community_says_where_to_go_on() -> None:
    community = read_programme(FIRST).community()
    assert community is not None
    assert (community.name, community.website) == ("Algovera", "https://www.algovera.ai/")
    ways = {way.label: way.url for way in community.pathways}
    assert list(ways) == ["Freelance work", "Grants", "Hackathons", "Documentation", "Discord"]
    assert ways["Discord"] == "https://discord.com/invite/e65RuHSDS5"
    assert "OceanDAO" in community.about
    assert [link.label for link in community.thanks] == ["OpSci"]


def test_the_time_as_announced_is_refused_with_both_readings() -> None:
    text = FIRST.read_text("utf-8").replace('"2022-05-24 10:00"', '"2022-05-24 10:00 CET"')
    line = text[: text.index("\nstarts_at = ")].count("\n") + 2
    found, key, words = only(text)
    assert (found, key) == (line, "session.starts_at")
    assert "10:00 in Berlin is 08:00 UTC" in words
    assert "10:00 CET would be 09:00 UTC (11:00 in Berlin)" in words


def test_a_small_file_needs_no_more_than_titles_names_and_times() -> None:
    session = read(SMALL).session(guild_id=7)
    assert (session.slug, session.guild_id, session.talks[0].slug) == ("open-data", 7, "first-steps")
    assert session.talks[0].speakers[0].slug == "ann-ek"
    assert (session.status, session.generation, session.theme) == (Status.SCHEDULED, 1, None)
    assert read(SMALL).community() is None


@pytest.mark.parametrize(
    "written",
    [
        "2022-05-24T10:00:00",
        "2022-05-24 10:00:00",
        "2022-05-24T10:00:00+02:00",
        '"2022-05-24 10:00"',
        '"2022-05-24T10:00:00"',
        '" 2022-5-24  10:00 CEST "',
        '"2022-05-24 10:00 UTC+2"',
    ],
)
def test_ways_to_write_the_same_time(written: str) -> None:
    session = read(changed('"2022-05-24 10:00"', written)).session(guild_id=7)
    assert session.starts_at == datetime(2022, 5, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('"May 24th, 10 am"', "names no year"),
        ('"05-24 10:00"', "names no year"),
        ('"24.5.2022 10:00"', "cannot be read"),
        ('"2022-05-24"', "cannot be read"),
        ("2022-05-24", 'write "2022-05-24 10:00"'),
        ("10:00:00", "without a date"),
        ("2022", "must be a date and time"),
        ("true", "must be a date and time"),
        ('"2022-02-30 10:00"', "on no calendar"),
        ('"2022-05-24 25:00"', "on no calendar"),
        ('"2022-05-24 10:00 CET"', "CET is UTC+1"),
        ("2022-05-24T10:00:00Z", "12:00 in Berlin"),
        ('"2022-03-27 02:30"', "does not exist"),
        ('"2022-10-30 02:30"', "comes twice"),
        ('"1022-05-24 10:00"', "out of reach"),
    ],
)
def test_times_that_are_not_guessed(written: str, words: str) -> None:
    line, key, said = only(changed('"2022-05-24 10:00"', written))
    assert (line, key) == (4, "session.starts_at")
    assert words in said


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        ('title = "Open data"', "title = 3", 2, "session.title", "must be a text"),
        ('title = "Open data"\n', "", 1, "session.title", "is missing: write title ="),
        ("Open data", "x" * 101, 2, "session.title", "has 101 characters and 100 fit (Discord's event names"),
        ("Open data", "  ", 2, "session.title", "is empty"),
        ("Open data", "Open\\u202edata", 2, "session.title", "U+202E (right-to-left override)"),
        ("Open data", "Open\\u200bdata", 2, "session.title", "U+200B (zero width space)"),
        ("Open data", "Open\\ndata", 2, "session.title", "a line break"),
        ("Open data", "李明", 1, "session.slug", "add a line like slug ="),
        ('title = "Open data"', 'titel = "Open data"\ntitle = "x"', 2, "session.titel", 'did you mean "title"?'),
        ("[[talks]]", "[[talk]]", 10, "talk", 'is not known here: did you mean "talks"?'),
        ("Europe/Berlin", "Berlin", 3, "session.time_zone", '"Europe/Berlin"'),
        ("Europe/Berlin", "CET", 3, "session.time_zone", "no time zone of a place"),
        ("11:30", "10:00", 5, "session.ends_at", "is not after starts_at"),
        ("2022-05-24 11:30", "2022-06-24 11:30", 5, "session.ends_at", "more than 14 days"),
        ("[[speakers]]", 'mode = "hybird"\n[[speakers]]', 7, "session.mode", '"hybrid", "in_person" or "online"'),
        ("[[speakers]]", "capacity = 0\n[[speakers]]", 7, "session.capacity", "must be 1 or more"),
        ("[[speakers]]", "capacity = true\n[[speakers]]", 7, "session.capacity", "must be a whole number"),
        ("[[speakers]]", 'streamed = "yes"\n[[speakers]]', 7, "session.streamed", "must be true or false"),
        ("[[speakers]]", 'stream_url = "http://x.org"\n[[speakers]]', 7, "session.stream_url", "https://"),
        (
            "[[speakers]]",
            f'venue = "{"v" * 60}"\ncity = "{"c" * 60}"\n[[speakers]]',
            8,
            "session.city",
            "122 characters together",
        ),
        ('["ann-ek"]', '["ann"]', 12, "talks.1.speakers", '"ann" is the slug of no speaker in this file'),
        ('["ann-ek"]', '"ann-ek"', 12, "talks.1.speakers", "must be a list"),
        ('["ann-ek"]', '["ann-ek", "ann-ek"]', 12, "talks.1.speakers", "named twice"),
        ('["ann-ek"]', '["ann-ek"]\nstarts_at = "2022-05-24 11:30"', 13, "talks.1.starts_at", "not within the session"),
        ("Ann Ek", 'Ann Ek"\nslug = "Ann Ek', 9, "speakers.1.slug", "must be made of a-z"),
        (
            "[[talks]]",
            '[[speakers]]\nname = "Bo"\n[[talks]]',
            10,
            "speakers.2",
            'gives no talk: name "bo" under speakers of a talk',
        ),
    ],
)
def test_one_mistake_is_named_with_its_line(old: str, new: str, line: int, key: str, words: str) -> None:
    found = problems(changed(old, new))
    assert [said for where, name, said in found if (where, name) == (line, key) and words in said], found
    assert len(found) <= 2


def test_every_mistake_is_named_at_once_in_the_order_of_the_file() -> None:
    text = """\
[comunity]
name = "x"
[session]
time_zone = "Europe/Berlin"
starts_at = "2022-05-24 10:00 CET"
ends_at = "May 24th, 11:30"
[[session.links]]
label = "x"
url = "https://user:word@example.org/"
[[speakers]]
name = "Ann"
[[speakers]]
name = "Ann"
[[talks]]
title = "One"
speakers = ["ann", "bob"]
starts_at = "2022-03-27 02:30"
"""
    assert [(line, key) for line, key, _ in problems(text)] == [
        (1, "comunity"),
        (3, "session.title"),
        (5, "session.starts_at"),
        (6, "session.ends_at"),
        (9, "session.links.1.url"),
        (13, "speakers.2.name"),
        (16, "talks.1.speakers"),
        (17, "talks.1.starts_at"),
    ]


def test_more_than_discord_shows_is_refused() -> None:
    talks = "".join(f'[[talks]]\ntitle = "Talk {number}"\nspeakers = ["ann-ek"]\n' for number in range(limits.TALKS))
    line, key, words = only(SMALL + talks)
    assert (line, key) == (10, "talks")
    assert "more than 25 items" in words


def test_texts_at_their_limit_fit() -> None:
    text = changed("Open data", "x" * limits.TITLE) + f'abstract = "{"a" * limits.TEXT}"\n'
    assert read(text).session(guild_id=7).title == "x" * limits.TITLE


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[session]\ntitle = "open\n', 2),
        ("[session]\ntitle = Open data\n", 2),
        ('[session]\ntitle = "a"\ntitle = "b"\n', 3),
        ("[session\n", 1),
        ("[session]\nstarts_at = 24 May 10:00\n", 2),
        ('a = """\n\n', 2),
        ("[session]\r\ntitle = \r\n", 2),
    ],
)
def test_what_is_no_toml(text: str, line: int) -> None:
    found, _, words = only(text)
    assert found == line
    assert "this is not TOML" in words


def test_an_unquoted_date_gets_a_hint_about_dates() -> None:
    assert '"2022-05-24 10:00"' in only("[session]\nstarts_at = May 24th\n")[2]


def test_windows_line_ends_and_byte_order_mark_are_taken() -> None:
    assert parse_programme(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode(), "x.toml").slug == "open-data"


def test_another_encoding_is_named_with_its_line() -> None:
    with pytest.raises(ProgrammeError) as caught:
        parse_programme(changed("Ann Ek", "Ånn Ek").encode("latin-1"), "x.toml")
    assert str(caught.value) == "x.toml, line 8: the text is not in UTF-8: save the file with that encoding"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    for path, words in (
        (tmp_path / "none.toml", "no such file"),
        (tmp_path, "this is a folder"),
        (large, "larger than 1024 KiB"),
        (tmp_path / "none\0.toml", "cannot be opened"),
    ):
        with pytest.raises(ProgrammeError, match=words) as caught:
            read_programme(path)
        assert str(path) in str(caught.value)


def test_lines_are_found_beside_every_kind_of_string_and_list() -> None:
    text = '''\
# "not a string
[session]   # ''
theme = """
[session]
titel = "inside a text" \\"""
"""
foreword = \'\'\'
[x]\'\'\'
"quoted" = 1
organizers = [
  { name = "a # b" },
]
title = "x"
time_zone = "Europe/Berlin"
starts_at = "2022-05-24 10:00"
ends_at = "2022-05-24 11:30"
wrong = 1
[[session.links]]
label = "x"
url = "ftp://x"
'''
    assert [(line, key) for line, key, _ in problems(text)] == [
        (9, "session.quoted"),
        (17, "session.wrong"),
        (20, "session.links.1.url"),
    ]


def test_an_import_over_what_is_stored_keeps_ids_links_card_and_cancellation() -> None:
    first = read(SMALL).session(guild_id=7)
    kept = replace(
        first, stream_url="https://example.org/live", card=MessageRef(1, 2), status=Status.CANCELLED, recorded=True
    )
    known = {speaker.slug: speaker for speaker in first.speakers()}
    assert read(SMALL).session(7, first, known) == first
    later = read(changed("11:30", "12:00")).session(7, kept, known)
    assert (later.id, later.talks[0].id, later.talks[0].speakers[0].id) == (
        first.id,
        first.talks[0].id,
        first.talks[0].speakers[0].id,
    )
    assert (later.stream_url, later.card, later.status) == (kept.stream_url, kept.card, kept.status)
    assert later.recorded is False  # what the file decides, it decides
    assert (later.ends_at - first.ends_at, later.generation) == (timedelta(minutes=30), 2)
    assert read(changed("Open data", "Closed data")).session(7, kept, known).generation == 1
