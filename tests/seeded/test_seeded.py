"""The planted bugs still can be planted; `python -m tests.seeded` plants them and runs the tests."""

import shutil
from pathlib import Path

import pytest

from tests.seeded.seeds import Broken, Seed, apply, copy_touched, missing, read, seeds

SEEDS = seeds()


def test_there_are_at_least_the_twelve() -> None:
    assert len(SEEDS) >= 12


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed: it applies the patches")
@pytest.mark.parametrize("seed", SEEDS, ids=[seed.name for seed in SEEDS])
def test_it_applies_and_is_a_program_still(seed: Seed, tmp_path: Path) -> None:
    copy_touched(seed, tmp_path)
    apply(seed, tmp_path)
    for name in seed.files:
        changed = (tmp_path / name).read_text("utf-8")
        assert changed != (Path(__file__).resolve().parents[2] / name).read_text("utf-8")
        if name.endswith(".py"):
            compile(changed, name, "exec")


@pytest.mark.parametrize("seed", SEEDS, ids=[seed.name for seed in SEEDS])
def test_it_names_tests_that_exist_and_touches_none(seed: Seed) -> None:
    assert [reason for test in seed.tests if (reason := missing(test))] == []
    assert [name for name in seed.files if not name.startswith(("bot/", "cogs/"))] == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    here = "tests/seeded/test_seeded.py"
    assert missing(here) is None
    assert missing(f"{here}::test_a_test_that_is_not_there_is_noticed") is None
    assert missing(f"{here}::test_nothing") == f"{here} has no test_nothing"
    assert missing("tests/nowhere.py::test_nothing") == "tests/nowhere.py does not exist"


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        ("diff --git a/x b/x\n+++ b/x\n", "Plants"),
        ("Plants: a bug\n\n+++ b/x\n", "Tests"),
        ("Plants: a bug\nTests: \n+++ b/x\n", "Tests"),
        ("Plants: a bug\nTests: tests/x.py\n", "no diff"),
    ],
)
def test_a_patch_that_does_not_say_what_it_plants_is_refused(text: str, lack: str, tmp_path: Path) -> None:
    path = tmp_path / "bug.patch"
    path.write_text(text, "utf-8")
    with pytest.raises(Broken, match=lack):
        read(path)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed: it applies the patches")
def test_a_patch_that_no_longer_fits_is_noticed(tmp_path: Path) -> None:
    seed = SEEDS[0]
    for name in seed.files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("something else\n", "utf-8")
    with pytest.raises(Broken, match="does not fit"):
        apply(seed, tmp_path)
