"""A guild that removed the bot: how long its data is kept, and what it means when the bot is added."""

from datetime import timedelta
from enum import StrEnum

KEPT = timedelta(days=30)


class Arrival(StrEnum):
    """What it means that the bot is in a guild now."""

    NEW = "new"
    BACK = "back"
    KNOWN = "known"
