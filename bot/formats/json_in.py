"""JSON from a stranger: bounded in size and depth, and every value knows where it stands in its file."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bot.domain.programme_problems import LARGEST, Problem, ProgrammeError

# The exports that are read here are nested eight deep; json itself recurses.
DEEPEST = 50
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


@dataclass(slots=True)
class Findings:
    """The problems of one file, collected while it is read."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: str, words: str) -> None:
        self.problems.append(Problem(self.file, None, path, words))

    def stop(self, path: str, words: str) -> NoReturn:
        """For what leaves nothing else to look at."""
        self.add(path, words)
        raise ProgrammeError(self.problems)


@dataclass(frozen=True, slots=True)
class Node:
    """A value at its path, like schedule.conference.days[0].rooms.Main[3].title; null and absent are the same."""

    value: Any
    path: str
    findings: Findings

    def __getitem__(self, key: str) -> "Node":
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(value, child_path(self.path, key), self.findings)

    def problem(self, words: str) -> None:
        self.findings.add(self.path, words)

    def is_missing(self) -> bool:
        return self.value is None or self.value == ""

    def text(self) -> str | None:
        """None where it is missing, empty or no text; line breaks become those of Unix."""
        if not self._is(str):
            return None
        plain = str(self.value).replace("\r\n", "\n").replace("\r", "\n").strip()
        return plain or None

    def name(self) -> str | None:
        """A text, or a number as text: what names something."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and abs(self.value) < 2**63:
            return str(self.value)
        return self.text()

    def items(self) -> list["Node"]:
        if not self._is(list):
            return []
        return [Node(value, f"{self.path}[{number}]", self.findings) for number, value in enumerate(self.value)]

    def entries(self) -> Iterator[tuple[str, "Node"]]:
        if self._is(dict):
            yield from ((key, self[key]) for key in self.value)

    def table(self) -> bool:
        """Whether it is an object; anything else, but not nothing, is a problem."""
        return self._is(dict)

    def _is(self, kind: type) -> bool:
        if self.value is None:
            return False
        if isinstance(self.value, kind):
            return True
        self.problem(f"must be {_KINDS[kind]}, not {_KINDS[type(self.value)]}")
        return False


def load_json(data: bytes, file: str) -> Node:
    """The top of the JSON in `data` (UTF-8, at most 1 MiB, nested at most 50 deep).

    Raises:
        ProgrammeError: it cannot be read; the words say why and what to do.
    """
    findings = Findings(file)
    if len(data) > LARGEST:
        findings.stop("", f"the file has {len(data):,} bytes and {LARGEST:,} are read: export one day or room of it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.stop("", "the text is not in UTF-8: save the file with that encoding")
    if _depth(text) > DEEPEST:
        findings.stop("", f"it is nested more than {DEEPEST} deep: this is no programme")
    try:
        return Node(json.loads(text, parse_constant=_no_number), "", findings)
    except json.JSONDecodeError as error:
        findings.stop("", f"this is not JSON (line {error.lineno}: {error.msg}): export or download the file again")
    except (ValueError, RecursionError):
        findings.stop("", "this is not JSON that can be read here: export or download the file again")


def at_most(node: Node, number: int, limit: int, what: str) -> None:
    """Stop at more than Discord can show, without looking at each."""
    if number > limit:
        node.findings.stop(
            node.path, f"there are {number:,} {what} and a session takes {limit}: export a part, one day or one room"
        )


def child_path(path: str, key: str) -> str:
    if not _PLAIN_KEY.fullmatch(key):
        shown = "".join(sign if sign.isprintable() and sign not in '"`\\' else "?" for sign in key[:40])
        return f'{path}["{shown}"]'
    return f"{path}.{key}" if path else key


def _depth(text: str) -> int:
    depth = deepest = 0
    for found in _STRUCTURE.finditer(text):
        sign = found[0]
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
