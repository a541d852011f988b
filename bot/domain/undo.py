"""Which changes to a session can be taken back, and what the session is then."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.audit import Change, difference
from bot.domain.errors import Refusal
from bot.domain.sessions import Session

# Taking these back has no more effects than any edit of them.
HARMLESS = frozenset(
    {"title", "theme", "foreword", "venue", "city", "stream_url", "recording_url", "streamed", "recorded", "quiet"}
)
TIMES = frozenset({"starts_at", "ends_at", "zone"})
MAYBE = HARMLESS | TIMES | {"capacity"}


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change has brought about since: whether people were told of the session, and how many have a seat."""

    announced: bool = False
    seated: int = 0


def may_be_undone(change: Change) -> bool:
    """Whether it is worth offering; only `undone` can tell whether it is safe."""
    if not change.of_session or change.undone_by is not None or change.before is None or change.after is None:
        return False
    return bool(change.before) and set(change.before) <= MAYBE


def undone(session: Session, change: Change, effects: Effects) -> Session:
    """`session` as it was before `change`.

    Raises:
        Refusal: that is not safe, with the reason and another way.
    """
    if change.undone_by is not None:
        raise Refusal(f"Change #{change.number} was taken back already, by change #{change.undone_by}.")
    if not may_be_undone(change) or change.before is None:
        raise Refusal(
            f"Change #{change.number} cannot be taken back from here, because more than a few words of a session hang "
            "on it. Please make the opposite change with the command that made it."
        )
    former = replace(session, **{name: _read(name, value) for name, value in change.before.items()})
    if difference(former, session) != (change.before, change.after):
        raise Refusal(f"What change #{change.number} set was changed again since, so there is nothing to take back.")
    _check_times(change, effects)
    _check_seats(former, change, effects)
    return former


def _check_times(change: Change, effects: Effects) -> None:
    if effects.announced and TIMES & set(change.before or ()):
        raise Refusal(
            "The time was announced already, and people have planned with it, so it is not taken back quietly. "
            "Use `/session move`: it tells everybody who comes."
        )


def _check_seats(former: Session, change: Change, effects: Effects) -> None:
    if "capacity" not in (change.before or ()) or former.capacity is None:
        return
    if effects.seated > former.capacity:
        raise Refusal(
            f"{effects.seated} people have a seat by now, more than the {former.capacity} there were, "
            "and nobody loses a seat. Use `/attendee` to change who comes."
        )


def _read(name: str, value: Any) -> Any:
    return datetime.fromtimestamp(value, UTC) if name in {"starts_at", "ends_at"} else value
