"""What somebody has typed and not saved yet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DraftKey:
    """Whose draft it is and of which form; `id` has 32 characters."""

    id: str
    guild_id: int
    user_id: int
    kind: str
