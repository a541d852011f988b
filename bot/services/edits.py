"""Reads what moderators change of a session, except its times."""

from collections.abc import Mapping
from typing import Any

from bot.domain import limits
from bot.domain.errors import Refusal
from bot.domain.session_fields import check, optional, seats
from bot.domain.sessions import Mode, Session
from bot.domain.zones import WrongTimeError, find_zone

_NAMES = {"title": "Title", "theme": "Theme", "venue": "Venue", "city": "City", "capacity": "Seats in person"}


def read_texts(session: Session, typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a `Session` that were typed anew (title, theme, venue, city, capacity), checked.

    Raises:
        Refusal: with everything that is wrong.
    """
    problems: list[str] = []
    fields: dict[str, Any] = {}
    for key, text in typed.items():
        try:
            fields[key] = _read(key, text)
        except ValueError as error:
            problems.append(f"**{_NAMES[key]}** {error}.")
    venue, city = fields.get("venue", session.venue), fields.get("city", session.city)
    together = len(", ".join(filter(None, (venue, city))))
    if {"venue", "city"} & fields.keys() and together > limits.PLACE:
        problems.append(f"**Venue** and city have {together} characters together and {limits.PLACE} fit: shorten one.")
    if problems:
        raise Refusal("\n".join(problems))
    return fields


def read_options(mode: str | None, capacity: int | None, zone: str | None) -> dict[str, Any]:
    """The fields of a `Session` that were given as options.

    Raises:
        Refusal: one of them is none.
    """
    fields: dict[str, Any] = {}
    if mode is not None:
        if mode not in set(Mode):
            raise Refusal("The mode is none of those that there are: pick one of the suggestions.")
        fields["mode"] = Mode(mode)
    if capacity is not None:
        if not 1 <= capacity <= limits.CAPACITY:
            raise Refusal(f"The number of seats goes from 1 to {limits.CAPACITY:,}; leave it out for no limit.")
        fields["capacity"] = capacity
    if zone is not None:
        try:
            fields["zone"] = find_zone(zone.strip()).key
        except WrongTimeError as error:
            raise Refusal(f"The time zone cannot be used: {error}") from None
    return fields


def _read(key: str, text: str) -> Any:
    if key == "capacity":
        return seats(text)
    return check(key, text) if key == "title" else optional(key, text)
