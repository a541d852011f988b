"""Whatever a stranger hands in as a programme: a Programme or a ProgrammeError, soon."""

import contextlib
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.programme import ProgrammeError, parse_programme
from bot.domain.programme_problems import LARGEST, MOST
from bot.domain.programme_tables import (
    CommunityTable,
    LinkTable,
    OrganizerTable,
    PathwayTable,
    SessionTable,
    SpeakerTable,
    TalkTable,
)
from bot.domain.programme_toml import TomlError, parse

TABLES = (CommunityTable, PathwayTable, SessionTable, OrganizerTable, LinkTable, SpeakerTable, TalkTable)
FIRST = (Path(__file__).parents[2] / "data" / "desci-berlin.toml").read_text("utf-8")

KEYS = st.sampled_from(
    ["community", "session", "speakers", "talks", *(key for table in TABLES for key in table.model_fields)]
)
WORDS = st.sampled_from(["Europe/Berlin", "2022-05-24 10:00", "2022-10-30 02:30 CET", "hybrid", "ann", "https://a.org"])
SCALARS = st.one_of(
    st.text(max_size=12),
    WORDS,
    st.integers(),
    st.booleans(),
    st.floats(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.dates(),
    st.times(),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=20
)


def in_toml(value: Any) -> str:
    """`value` as TOML, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        signs = (sign if sign.isalnum() or sign in " :/.-+" else f"\\U{ord(sign):08x}" for sign in value)
        return f'"{"".join(signs)}"'
    if isinstance(value, list):
        return f"[{', '.join(map(in_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {in_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, float | int):
        return str(value)
    return str(value.isoformat())


def attempt(data: bytes) -> None:
    with contextlib.suppress(ProgrammeError):
        parse_programme(data, "x.toml")


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes(data: bytes) -> None:
    attempt(data)


@given(st.dictionaries(KEYS, VALUES, max_size=6))
@settings(deadline=None, max_examples=150)
def test_any_values_under_known_keys(tables: dict[str, Any]) -> None:
    attempt("".join(f"{key} = {in_toml(value)}\n" for key, value in tables.items()).encode())


@given(st.lists(st.tuples(KEYS, VALUES), max_size=8), st.sampled_from(["[session]", "[[talks]]", "[[speakers]]"]))
@settings(deadline=None, max_examples=150)
def test_any_values_in_known_tables(pairs: list[tuple[str, Any]], header: str) -> None:
    body = "".join(f"{key} = {in_toml(value)}\n" for key, value in dict(pairs).items())
    attempt(f"{header}\n{body}".encode())


@given(st.integers(0, len(FIRST)), st.integers(0, 40), st.text(max_size=4))
@settings(deadline=None, max_examples=200)
def test_the_first_programme_with_a_piece_replaced(start: int, length: int, piece: str) -> None:
    attempt((FIRST[:start] + piece + FIRST[start + length :]).encode("utf-8", "surrogatepass"))


@given(st.text(alphabet="ab.=[]{}\"'\\\n#, 1", max_size=40))
@settings(deadline=None, max_examples=500)
def test_the_guard_before_the_parser_refuses_nothing_that_is_toml(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except ValueError:
        with pytest.raises(TomlError):
            parse(text)
    else:
        assert parse(text)[0] == expected


HOSTILE = {
    "nested lists": "a = " + "[" * (LARGEST - 10),
    "nested tables": "a = " + "{a=" * (LARGEST // 3 - 10),
    "a key of many parts": "a." * (LARGEST // 2 - 10) + "a = 1",
    "a quoted key of many parts": '"a".' * (LARGEST // 4 - 10) + "a = 1",
    "a header of many parts": "[" + "a." * (LARGEST // 2 - 10) + "a]",
    "a key of many parts in a table": "a = {" + "a." * (LARGEST // 2 - 10) + "a = 1}",
    "a number of many digits": "a = " + "9" * (LARGEST - 10),
    "many quotes": '"' * LARGEST,
    "escaped quotes": 'a = \\"' + '\\"' * (LARGEST // 2 - 10),
    "an open text": 'a = """' + "\n" * (LARGEST - 10),
    "many unknown keys": "".join(f"k{number}=1\n" for number in range(100_000))[:LARGEST],
    "many talks": "[[talks]]\n" * (LARGEST // 10),
    "many speakers of a talk": '[[talks]]\nspeakers = ["' + '","' * (LARGEST // 3 - 20) + '"]',
    "one very long title": '[session]\ntitle = "' + "x" * (LARGEST - 30) + '"',
    "a title of accents": '[session]\ntitle = "a' + "\u0301\u0327" * (LARGEST // 4 - 30) + '"',
    "a very long zone": '[session]\ntime_zone = "' + "Ab/" * (LARGEST // 3 - 20) + '"',
    "a very long time": '[session]\nstarts_at = "' + "2022-05-24 10:00 " * (LARGEST // 17 - 20) + '"',
    "a very long key": "x" * (LARGEST - 10) + " = 1",
    "many organizers": "[session]\norganizers = [" + "{a=1}," * (LARGEST // 6 - 20) + "]",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_within_seconds(kind: str) -> None:
    begun = time.process_time()
    with pytest.raises(ProgrammeError) as caught:
        parse_programme(HOSTILE[kind].encode(), "x.toml")
    assert time.process_time() - begun < 15  # CPU; without the guards, minutes
    assert len(caught.value.problems) <= MOST + 1
    assert len(str(caught.value)) < 100_000
