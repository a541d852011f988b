"""What is wrong with a programme file: each with its file, its line, its key, and what to write instead."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.programme_toml import line_of

# A programme with every text at its limit has a quarter of this.
LARGEST = 1024 * 1024

# A file with more is broken in one way that these show as well.
MOST = 100
_LONGEST_KEY = 40

EXAMPLES = {
    "community": "[community], with name and about",
    "session": "[session], with title, time_zone, starts_at and ends_at",
    "title": 'title = "Open data in practice"',
    "time_zone": 'time_zone = "Europe/Berlin"',
    "starts_at": 'starts_at = "2022-05-24 10:00"',
    "ends_at": 'ends_at = "2022-05-24 11:30"',
    "name": 'name = "Ada Lovelace"',
    "label": 'label = "Website"',
    "url": 'url = "https://example.org/"',
    "about": 'about = "Who you are, in a few sentences."',
    "text": 'text = "What one finds there."',
    "mode": 'mode = "hybrid"',
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. `line` counts from 1 (None: the whole file); in `key` items of lists count from 1."""

    file: str
    line: int | None
    key: str
    words: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.key}: {self.words}" if self.key else f"{place}: {self.words}"


class ProgrammeError(Exception):
    """The programme cannot be used; `problems` has everything that is wrong with it, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        ordered = sorted(problems[:MOST], key=lambda problem: problem.line or 0)
        if len(problems) > MOST:
            ordered.append(Problem(ordered[0].file, None, "", "and more problems, which are not shown"))
        super().__init__("\n".join(map(str, ordered)))
        self.problems = ordered


def from_pydantic(
    file: str,
    errors: Sequence[Mapping[str, Any]],
    lines: dict[tuple[str | int, ...], int],
    known: Mapping[str, list[str]],
) -> list[Problem]:
    """Pydantic's errors in words; `known` has the keys of each kind of table, by the table's name."""
    return [
        Problem(file, line_of(lines, error["loc"]), key_words(error["loc"]), _words(error, known))
        for error in errors[: MOST + 1]
    ]


def key_words(place: Sequence[str | int]) -> str:
    """("talks", 1, "title") as talks.2.title."""
    return ".".join(str(part + 1) if isinstance(part, int) else part[:_LONGEST_KEY] for part in place)


def _words(error: Mapping[str, Any], known: Mapping[str, list[str]]) -> str:
    kind, place, context = error["type"], error["loc"], error.get("ctx", {})
    key = str(place[-1])
    if kind == "value_error":
        return str(context["error"])
    if kind == "missing":
        return f"is missing: write {EXAMPLES.get(key, key)}"
    if kind == "extra_forbidden":
        return _unknown(place, known)
    if kind == "too_long":
        return f"has more than {context['max_length']} items, which is what Discord can show: leave some out"
    return _SHAPES.get(kind) or f"cannot be used: {error['msg']}"


_SHAPES = {
    "string_type": 'must be a text: write it in "quotes"',
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "greater_than_equal": "must be 1 or more; leave it out where seats are not limited",
    "less_than_equal": "is more than anybody can seat; leave it out where seats are not limited",
    "enum": 'must be "hybrid", "in_person" or "online"',
    "tuple_type": "must be a list: tables under [[double brackets]], or values in [ ] with commas between",
    "model_type": "must be a table: its name in [brackets] on a line of its own, its keys below",
}


def _unknown(place: Sequence[str | int], known: Mapping[str, list[str]]) -> str:
    names = [part for part in place[:-1] if isinstance(part, str)]
    keys = known.get(".".join(names), [])
    near = difflib.get_close_matches(str(place[-1])[:_LONGEST_KEY], keys, n=1)
    return (
        f'is not known here: did you mean "{near[0]}"?' if near else f"is not known here: there are {', '.join(keys)}"
    )
