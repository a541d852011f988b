"""The planted bugs: what each plants, where, and which tests must turn red."""

import ast
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

_HEADERS = ("Plants: ", "Tests: ")
_TOUCHED = re.compile(r"^\+\+\+ b/(\S+)", re.MULTILINE)


class Broken(Exception):
    """A patch that says nothing of use, or no longer fits the tree; `str()` names it and the reason."""


@dataclass(frozen=True, slots=True)
class Seed:
    """One patch; `tests` are files, or single tests in them as pytest names them (without parameters)."""

    name: str
    path: Path
    plants: str
    tests: tuple[str, ...]
    files: tuple[str, ...]


def seeds() -> list[Seed]:
    """All of them, by name."""
    return [read(path) for path in sorted(HERE.glob("*.patch"))]


def read(path: Path) -> Seed:
    """The patch at `path`: "Plants: …" in its first line, "Tests: …" in its second, a diff as `git diff` writes it.

    Raises:
        Broken: one of these is missing.
    """
    text = path.read_text("utf-8")
    lines = text.splitlines()
    for line, header in zip(lines, _HEADERS, strict=False):
        if not line.removeprefix(header).strip() or not line.startswith(header):
            raise Broken(f"{path.name}: a line {header!r} is missing at the top")
    files = tuple(_TOUCHED.findall(text))
    if not files:
        raise Broken(f"{path.name}: there is no diff in it")
    plants, tests = (line.removeprefix(header).strip() for line, header in zip(lines, _HEADERS, strict=False))
    return Seed(path.stem, path, plants, tuple(tests.split()), files)


def apply(seed: Seed, folder: Path) -> None:
    """Plant the bug in the copy of the tree at `folder`.

    Raises:
        Broken: the patch does not fit (any more), with git's words.
    """
    # No repository around the folder may be taken for the one that is meant: git would leave its own files alone.
    apart = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", str(seed.path)],
        cwd=folder,
        env=apart | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Broken(f"{seed.path.name} does not fit the tree any more: {done.stderr.strip()}")


def copy_touched(seed: Seed, folder: Path) -> None:
    """Copy what the patch changes, and nothing else, from the tree to `folder`."""
    for name in seed.files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)


def missing(test: str) -> str | None:
    """Why there is no such test, if so."""
    file, *names = test.split("::")
    path = ROOT / file
    if not path.is_file():
        return f"{file} does not exist"
    if not names:
        return None
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    defined = {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, functions)}
    return None if names[0] in defined else f"{file} has no {names[0]}"
