"""What our export and our import of schedule.json agree on, beyond the format itself."""

import uuid

# Under `conference.meta`, which the format leaves free: what it has no place for.
OURS = "community_bot"
SLIDES, RECORDING = "Slides", "Recording"
SCHEMA = "https://c3voc.de/schedule/schema.json"


def guid_of(identifier: str) -> str:
    """The UUID of an id of ours (32 hexadecimal digits), else one made from it: always the same."""
    try:
        return str(uuid.UUID(hex=identifier))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"community-bot:{identifier}"))
