"""Writes a session as a programme file in TOML that reads back as the same session."""

import re
from typing import Any

from bot.domain.guilds import Community
from bot.domain.sessions import Session
from bot.formats.tables import to_tables

# TOML wants these escaped in a basic string: quotes, backslashes, and control characters except the tab; in one of
# several lines, of quotes only three in a row.
_ESCAPED = re.compile(r'["\\\x00-\x08\x0a-\x1f\x7f]')
_ESCAPED_IN_LINES = re.compile(r'"{3,}|[\\\x00-\x08\x0b-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def to_toml(session: Session, community: Community | None = None) -> str:
    """The programme file, its lines ended as on Unix.

    Card, cancellation and whatever else the file has no place for are left out: an import keeps them as they are.
    """
    parts: list[str] = []
    for name, value in to_tables(session, community).items():
        for table in value if isinstance(value, list) else [value]:
            parts.extend(_table(name, table, listed=isinstance(value, list)))
    return "\n\n".join(parts) + "\n"


def _table(name: str, table: dict[str, Any], *, listed: bool) -> list[str]:
    """The table and the lists of tables in it, each with its header."""
    header = f"[[{name}]]" if listed else f"[{name}]"
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not _is_tables(value)]
    parts = ["\n".join([header, *lines])]
    for key, value in table.items():
        if _is_tables(value):
            parts.extend(part for item in value for part in _table(f"{name}.{key}", item, listed=True))
    return parts


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value) if isinstance(value, str) else str(value)


def _text(text: str) -> str:
    if "\n" in text:
        return f'"""\n{_ESCAPED_IN_LINES.sub(_escape, text)}"""'
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return "".join(_SHORT.get(sign) or f"\\u{ord(sign):04X}" for sign in found[0])
