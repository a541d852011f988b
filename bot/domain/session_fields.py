"""The texts of a session as people type them into forms: the same rules as in programme files."""

import re

from pydantic import TypeAdapter, ValidationError

from bot.domain import limits
from bot.domain.programme_fields import Place, Text, Theme, Title
from bot.domain.sessions import Session

# Longer, nobody reads it in a message about what is off.
REASON = 300
NO_LIMIT = "none"

_CHECKS: dict[str, TypeAdapter[str]] = {
    "title": TypeAdapter(Title),
    "venue": TypeAdapter(Place),
    "city": TypeAdapter(Place),
    "place": TypeAdapter(Place),
    "theme": TypeAdapter(Theme),
    "reason": TypeAdapter(Text),
}


def check(field: str, text: str) -> str:
    """`text` trimmed and in one form (NFC).

    Raises:
        ValueError: it is empty, too long, or has characters that must not be in it; the words go on after the name of
            the field.
    """
    try:
        return _CHECKS[field].validate_python(text)
    except ValidationError as error:
        raise ValueError(str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")) from None


def optional(field: str, text: str) -> str | None:
    """As `check`, but nothing typed is nothing."""
    return check(field, text) if text.strip() else None


def texts_of(session: Session) -> dict[str, str]:
    """What the form for editing shows of a session, and what it gets back."""
    return {
        "title": session.title,
        "theme": session.theme or "",
        "venue": session.venue or "",
        "city": session.city or "",
        "capacity": str(session.capacity or ""),
    }


def seats(text: str) -> int | None:
    """How many seats; None (no limit) for nothing typed, and for "none".

    Raises:
        ValueError: it is no number, or out of bounds; the words go on after the name of the field.
    """
    plain = text.strip()
    if not plain or plain.lower() == NO_LIMIT:
        return None
    if not re.fullmatch(r"\d{1,9}", plain, re.ASCII) or not 1 <= int(plain) <= limits.CAPACITY:
        raise ValueError(f"must be a number from 1 to {limits.CAPACITY:,}, or `{NO_LIMIT}` for no limit")
    return int(plain)
