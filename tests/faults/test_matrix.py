"""The fault matrix is whole: every row has tests that exist, or says why not."""

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MATRIX: dict[str, list[dict[str, Any]]] = tomllib.loads(Path(__file__).with_name("matrix.toml").read_text("utf-8"))
ROWS, STORIES = MATRIX["row"], MATRIX["story"]
KEYS = {"number", "fault", "observed", "tests", "why_not", "note"}


@cache
def functions_of(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {function.name for function in functions if function.name.startswith("test_")}


def test_all_forty_rows_are_there_in_order() -> None:
    assert [row["number"] for row in ROWS] == list(range(1, 41))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row-{row['number']}")
def test_a_row_says_what_must_be_observed(row: dict[str, Any]) -> None:
    assert row["observed"]


@pytest.mark.parametrize("row", ROWS + STORIES, ids=lambda row: f"row-{row.get('number', row['fault'])}")
def test_a_row_has_tests_or_says_why_not(row: dict[str, Any]) -> None:
    assert set(row) <= KEYS
    assert row["fault"]
    assert sum(key in row for key in ("tests", "why_not")) == 1
    assert row.get("tests", ["no list"]), "an empty list says nothing"
    assert "\n" not in row.get("why_not", ""), "one line"
    names = row.get("tests", [])
    assert len(set(names)) == len(names)
    for name in names:
        path, _, function = name.partition("::")
        assert function in functions_of(path), f"there is no {name}"


def test_every_test_of_this_folder_belongs_to_a_row() -> None:
    named = {name for row in ROWS for name in row.get("tests", [])}
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    here = {f"tests/faults/{file.name}::{test}" for file in files for test in functions_of(f"tests/faults/{file.name}")}
    own = {one for one in here if one.startswith("tests/faults/test_matrix.py")}
    assert here - own - named == set()
