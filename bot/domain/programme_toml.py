"""Reads TOML from a stranger: bounded in size, depth and time, and remembers the line of every key."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

# Deeper than any programme; tomllib recurses, and takes quadratic time for a key of very many parts.
_DEEPEST = 16
_SPECIAL = re.compile(r"""[\n#"'\[\]{}=,.]""")
_BLANK = re.compile(r"[ \t]*")
_PART = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_ENDS = {
    '"': re.compile(r'\\.|["\n]'),
    "'": re.compile(r"['\n]"),
    '"""': re.compile(r'\\.|"{3,5}', re.DOTALL),
    "'''": re.compile(r"'{3,5}"),
}
_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


class TomlError(ValueError):
    """The text is no TOML, or nothing of a programme: `line` counts from 1."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


def parse(text: str) -> tuple[dict[str, Any], dict[Path, int]]:
    """The values, and the line of each table and key, counted from 1.

    Raises:
        TomlError: where the text is not TOML, and what is wrong there.
    """
    unix = text.replace("\r\n", "\n")
    lines = dict(_key_lines(unix))
    try:
        return tomllib.loads(unix), lines
    except (ValueError, RecursionError) as error:
        raise _explain(unix, error) from None


def line_of(lines: dict[Path, int], place: Path) -> int | None:
    """The line of the key at `place`, else of the nearest table or key around it."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


def _explain(text: str, error: Exception) -> TomlError:
    found = _AT.search(str(error))
    last = max(1, text.count("\n") + (not text.endswith("\n")))
    line = min(int(found[1]), last) if found and found[1] else last
    words = _AT.sub("", str(error)).strip() or "something is nested too deep"
    if "_at" in text.split("\n")[line - 1]:
        hint = 'a time stands in quotes, with the year: "2022-05-24 10:00"'
    else:
        hint = 'a text stands in "quotes", one of several lines in """three""", and a key is written once'
    return TomlError(line, f"this is not TOML: {words[:120]} ({hint})")


def _key_lines(text: str) -> Iterator[tuple[Path, int]]:
    """Every table header and key with its line; stops where the text cannot be TOML."""
    counts: dict[Path, int] = {}
    table: Path = ()
    position, line = 0, 1
    while position < len(text):
        start = _BLANK.match(text, position).end()  # type: ignore[union-attr] # it matches the empty text too
        brackets = 2 if text.startswith("[[", start) else int(text.startswith("[", start))
        parts = _parts(text, start + brackets, line)
        if brackets == 1 and parts:
            table = _placed(parts, counts)
            yield table, line
        elif brackets and parts:
            parent = (*_placed(parts[:-1], counts), parts[-1])
            counts[parent] = counts.get(parent, 0) + 1
            if counts[parent] == 1:
                yield parent, line
            table = (*parent, counts[parent] - 1)
            yield table, line
        elif parts:
            yield (*table, *parts), line
        end = _statement_end(text, start, line)
        line += text.count("\n", position, end)
        position = end


def _parts(text: str, start: int, line: int) -> tuple[str, ...]:
    parts: list[str] = []
    while part := _PART.match(text, start):
        parts.append(part[1].strip("\"'"))
        if len(parts) > _DEEPEST:
            raise TomlError(line, f"a key has more than {_DEEPEST} parts: a programme needs three at most")
        if not text.startswith(".", part.end()):
            break
        start = part.end() + 1
    return tuple(parts)


def _placed(parts: tuple[str, ...], counts: dict[Path, int]) -> Path:
    """With the number of the present item after each list of tables."""
    place: Path = ()
    for part in parts:
        place = (*place, part)
        if place in counts:
            place = (*place, counts[place] - 1)
    return place


def _statement_end(text: str, start: int, line: int) -> int:
    """Behind the line break that ends the statement; the end of the text, where it cannot be TOML."""
    depth = dots = 0
    position = start
    while special := _SPECIAL.search(text, position):
        sign, position = special[0], special.end()
        if sign == "\n" and depth == 0:
            return position
        if sign == "#":
            position = text.find("\n", position)
        elif sign in "\"'":
            position = _string_end(text, position - 1)
        if position < 0:
            return len(text)
        depth = max(0, depth + (sign in "[{") - (sign in "]}"))
        dots = dots + 1 if sign == "." else dots if sign in "\"'" else 0
        if depth > _DEEPEST or dots > _DEEPEST:
            raise TomlError(line + text.count("\n", start, position), "something is nested too deep for a programme")
    return len(text)


def _string_end(text: str, start: int) -> int:
    """Behind the closing quotes; -1 if there are none."""
    quote = text[start]
    quote = quote * 3 if text.startswith(quote * 3, start) else quote
    for found in _ENDS[quote].finditer(text, start + len(quote)):
        if found[0].startswith(quote):
            return found.end()
        if found[0] == "\n":
            return -1
    return -1
