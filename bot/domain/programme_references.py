"""Slugs of a programme file against each other: taken from its raw tables, so that other mistakes do not hide these."""

from collections.abc import Iterator
from typing import Any

from bot.domain import limits
from bot.domain.programme_fields import SLUG, slug_of

Finding = tuple[tuple[str | int, ...], str]


def check_references(tables: dict[str, Any]) -> list[Finding]:
    """Slugs given twice, talks by unknown speakers, speakers without a talk: where, and what to do."""
    speakers = list(_tables(tables, "speakers"))
    talks = list(_tables(tables, "talks"))
    known = {slug for _, table in speakers if (slug := _slug(table, "name"))}
    named = {slug for _, table in talks for slug in _names(table)}
    repeated = [*_repeated("speakers", "name", speakers), *_repeated("talks", "title", talks)]
    unknown = list(_unknown(talks, known))
    # Whoever seems to give no talk may be the one whose slug was misspelt, or stands in a list that cannot be read.
    readable = all(isinstance(table.get("speakers", []), list) for _, table in talks)
    return repeated + unknown + (list(_idle(speakers, named)) if readable and not unknown else [])


def _repeated(key: str, source: str, tables: list[tuple[int, dict[str, Any]]]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for number, table in tables:
        slug = _slug(table, source)
        if slug and first.setdefault(slug, number) != number:
            place = (key, number, "slug" if "slug" in table else source)
            yield place, f'"{slug}" is the slug of {key}.{first[slug] + 1} already: give this one another slug'


def _unknown(talks: list[tuple[int, dict[str, Any]]], known: set[str]) -> Iterator[Finding]:
    there = ", ".join(f'"{slug}"' for slug in sorted(known)[: limits.SPEAKERS]) or "none"
    for number, talk in talks:
        names = _names(talk)
        for slug in dict.fromkeys(names):
            if slug not in known:
                words = f'"{slug[: limits.SLUG]}" is the slug of no speaker in this file: there are {there}'
                yield ("talks", number, "speakers"), words
        if len(set(names)) < len(names):
            yield ("talks", number, "speakers"), "one speaker is named twice: delete one of them"


def _idle(speakers: list[tuple[int, dict[str, Any]]], named: set[str]) -> Iterator[Finding]:
    for number, table in speakers:
        slug = _slug(table, "name")
        if slug and slug not in named and SLUG.fullmatch(slug):
            yield ("speakers", number), f'gives no talk: name "{slug}" under speakers of a talk, or delete this speaker'


def _tables(tables: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The items that a list may have at most; one more or one less wrong is reported elsewhere."""
    listed = tables.get(key)
    if isinstance(listed, list):
        yield from ((number, item) for number, item in enumerate(listed[: limits.TALKS]) if isinstance(item, dict))


def _names(talk: dict[str, Any]) -> list[str]:
    listed = talk.get("speakers")
    names = listed[: limits.SPEAKERS_OF_TALK] if isinstance(listed, list) else []
    return [name for name in names if isinstance(name, str)]


def _slug(table: dict[str, Any], source: str) -> str | None:
    given, text = table.get("slug"), table.get(source)
    if isinstance(given, str):
        return given[: limits.SLUG]
    return slug_of(text[: limits.TITLE]) if isinstance(text, str) else None
