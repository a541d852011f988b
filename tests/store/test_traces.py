"""The search through whole files finds ids in each form in which SQLite writes them."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import traces

PERSON = 900_000_000_000_000_302


@pytest.mark.parametrize(
    ("table", "form"),
    [
        ("CREATE TABLE t (a INTEGER)", 0),
        ("CREATE TABLE t (a INTEGER PRIMARY KEY)", 1),
        ("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID", 0),
        ("CREATE TABLE t (a TEXT)", 2),
    ],
)
@pytest.mark.parametrize("person", [PERSON, 2**63 - 1, 10**16, 2**56, 2**56 - 1])
def test_an_id_is_found_however_it_is_stored(tmp_path: Path, table: str, form: int, person: int) -> None:
    path = tmp_path / "file.db"
    conn = sqlite3.connect(path)
    conn.execute(table)
    conn.execute("INSERT INTO t VALUES (?)", (person,))
    conn.commit()
    conn.close()
    forms = traces.forms_of_id(person)
    assert traces.count([path], forms)[form] >= 1


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=6), st.integers(1, 12))
def test_what_lies_across_two_chunks_is_found_once(content: bytes, needle: bytes, chunk: int) -> None:
    # Needles that cannot overlap with themselves, as ids and names do not.
    needle = bytes([255]) + needle.replace(b"\xff", b"")
    content = content.replace(b"\xff", b"") + needle + content.replace(b"\xff", b"") + needle
    longer = b"\xff" * 9
    found = [0, 0]
    kept = b""
    overlap = len(longer) - 1
    for start in range(0, len(content), chunk):
        window = kept + content[start : start + chunk]
        traces.tally(window, len(kept), [needle, longer], found)
        kept = window[-overlap:]
    assert found == [2, 0]


def test_files_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    assert traces.count([tmp_path / "none"], [b"x"]) == [0]
    (tmp_path / "some").write_bytes(b"axbx" * 1_000_000)
    assert traces.count([tmp_path / "none", tmp_path / "some"], [b"x", b"xab", b"bxa"]) == [2_000_000, 0, 999_999]
