"""Keeps a form from replacing, unseen, what somebody else has written since it was opened."""

import sqlite3
from collections.abc import Callable, Mapping

from bot.domain import meanwhile, session_fields, talks
from bot.domain.audit import Change
from bot.domain.sessions import Session, Speaker, Talk
from bot.store import audit

# Fields that the record of changes calls otherwise.
_OF_TALK, _OF_SPEAKER = {"title": "talk"}, {"name": "speaker"}


def guard_session(conn: sqlite3.Connection, stored: Session, typed: Mapping[str, str], seen: str) -> None:
    """Compare what was typed with what is stored; `seen` are the marks of what the form showed.

    Raises:
        OverwriteRefusal: somebody else has written another text since, where this one writes anew.
    """

    def changed(name: str) -> Change | None:
        return audit.last_to(conn, stored.guild_id, name, session_id=stored.id)

    _check(session_fields.texts_of(stored), typed, seen, changed)


def guard_talk(conn: sqlite3.Connection, session: Session, stored: Talk, typed: Mapping[str, str], seen: str) -> None:
    """As `guard_session`."""

    def changed(name: str) -> Change | None:
        where = ("talk", stored.title)
        return audit.last_to(conn, session.guild_id, _OF_TALK.get(name, name), session_id=session.id, where=where)

    _check(talks.texts_of(stored), typed, seen, changed)


def guard_speaker(
    conn: sqlite3.Connection, guild_id: int, stored: Speaker, typed: Mapping[str, str], seen: str
) -> None:
    """As `guard_session`."""

    def changed(name: str) -> Change | None:
        return audit.last_to(conn, guild_id, _OF_SPEAKER.get(name, name), where=("speaker", stored.name))

    _check(talks.texts_of_speaker(stored), typed, seen, changed)


def _check(
    stored: Mapping[str, str], typed: Mapping[str, str], seen: str, changed: Callable[[str], Change | None]
) -> None:
    if clashing := meanwhile.clashes(stored, typed, seen):
        raise meanwhile.refusal(stored, seen, {name: changed(name) for name in clashing})
