"""Time zones to choose from: the common ones for a menu, all of them while a name is typed."""

import zoneinfo
from functools import cache

from bot.domain.search import fold

# One for each offset that many people live under, and the largest places beside it. A menu takes 25: one is left for
# a zone that was typed.
COMMON_ZONES = (
    *("Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Paris", "Europe/Athens", "Europe/Istanbul"),
    *("Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore"),
    *("Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "America/Sao_Paulo"),
    *("America/Argentina/Buenos_Aires", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Mexico_City", "UTC"),
)
_NO_PLACES = {"Etc", "SystemV"}


def suggest_zones(text: str, limit: int = 25) -> list[str]:
    """Zones whose name has `text` in it, those first whose city begins with it; the common ones for nothing."""
    wanted = fold(text.strip()[:64]).replace(" ", "_")
    if not wanted:
        return list(COMMON_ZONES[:limit])
    found = [name for name in _zones() if wanted in name.lower()]
    return sorted(found, key=lambda name: (not _city(name).startswith(wanted), name not in COMMON_ZONES, name))[:limit]


def _city(name: str) -> str:
    return name.rpartition("/")[2].lower()


@cache
def _zones() -> tuple[str, ...]:
    names = zoneinfo.available_timezones()
    places = [name for name in names if "/" in name and name.partition("/")[0] not in _NO_PLACES]
    return (*sorted(places), "UTC")
