"""JSON, instants and ids as they go over the wire."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

try:
    import orjson
except ImportError:  # platforms without a wheel
    orjson = None  # type: ignore[assignment]  # the module itself is the switch

Json = dict[str, Any]


def _plain_dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


dumps = _plain_dumps if orjson is None else orjson.dumps

loads = json.loads if orjson is None else orjson.loads


def trimmed(raw: bytes) -> bytes:
    """A copy that takes no more room than it has bytes; orjson leaves kilobytes behind each of its results."""
    return bytes(memoryview(raw))


def iso(moment: datetime) -> str:
    """Discord's way to write an instant: microseconds and a numeric offset."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def iso_ms(moment: datetime) -> str:
    """The way of our own API: milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_iso(text: str) -> datetime:
    """Read an instant; one without an offset is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def as_id(value: Any) -> int:
    """Read a snowflake given as a string or a number; 0, which is nobody's id, for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else 0
