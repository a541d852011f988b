"""What moderators changed: who, when, from what to what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeAlias

from bot.domain.sessions import Session, SessionId

Values: TypeAlias = Mapping[str, Any]  # what JSON can hold, by the name of the field

KEPT = timedelta(days=180)
KEPT_ROWS = 5_000  # of each guild
PAGE = 8  # changes on one page
ERASED = "somebody whose data was erased"

# What is ours alone: nobody typed it.
_UNTOLD = frozenset({"id", "guild_id", "generation", "card"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something; the name is the one shown in the guild."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `number` counts in its guild; `undone_by` is the number of the change that took it back.

    `of_session`: the fields are those of a session, as `difference` writes them.
    """

    number: int
    at: datetime
    actor_id: int | None
    actor_name: str
    what: str
    of_session: bool = False
    session_id: SessionId | None = None
    title: str | None = None
    person_id: int | None = None
    person_name: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the changes, newest first; `number` counts pages from 0.

    `session_id`: only changes to that session. `undoable`: the number of the last change in the guild, if it may be
    taken back.
    """

    changes: tuple[Change, ...]
    number: int
    pages: int
    session_id: SessionId | None = None
    undoable: int | None = None


def difference(old: Session, new: Session) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields in which two states of a session differ, before and after, as JSON can hold them.

    Times are whole seconds since 1970; talks, links and organizers come as their names.
    """
    changed = [
        field.name
        for field in fields(Session)
        if field.name not in _UNTOLD and getattr(old, field.name) != getattr(new, field.name)
    ]
    return _values(old, changed), _values(new, changed)


def _values(session: Session, names: list[str]) -> dict[str, Any]:
    return {name: _value(getattr(session, name)) for name in names}


def _value(value: object) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [getattr(item, "title", None) or getattr(item, "label", None) or item.name for item in value]
    return value


def packed(values: Values | None) -> str | None:
    """As it stands in the database."""
    return None if values is None else json.dumps(values, ensure_ascii=False, default=str)
