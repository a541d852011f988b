"""How values stand in columns: whole seconds for times, JSON for small lists."""

from datetime import UTC, datetime
from typing import overload


@overload
def to_unix(moment: datetime) -> int: ...
@overload
def to_unix(moment: None) -> None: ...
def to_unix(moment: datetime | None) -> int | None:
    """Whole seconds since 1970, rounded down."""
    return None if moment is None else int(moment.timestamp() // 1)


@overload
def from_unix(seconds: int) -> datetime: ...
@overload
def from_unix(seconds: None) -> None: ...
def from_unix(seconds: int | None) -> datetime | None:
    """An aware datetime in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
