"""Reads one JSON object the way Discord's forms do: measures its parts and notes what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.sandbox.rules.refusal import Path, Problems

WEB = ("http", "https")
INT64 = 2**63
MAX_DIGITS = 20


class Form:
    """An object inside a request body, with its place in it.

    Keys that nobody asks for are ignored, and null means absent, as in Discord. Lengths are counted in code points
    after trimming whitespace; limits are inclusive. Types are those of Discord's OpenAPI file; where Discord would
    still make a number of "5", this refuses, so that what is taken may be stored as it came. Only ids may be either.
    """

    __slots__ = ("body", "path", "problems")

    def __init__(self, body: dict[str, Any], problems: Problems, path: Path = ()) -> None:
        self.body = body
        self.problems = problems
        self.path = path

    def wrong(self, code: str, message: str, *steps: str | int) -> None:
        """Note a problem at this object, or at the place below it that the steps name."""
        self.problems.add((*self.path, *steps), code, message)

    def missing(self, *steps: str | int) -> None:
        self.wrong("BASE_TYPE_REQUIRED", "This field is required", *steps)

    def not_one_of(self, allowed: Collection[object], key: str) -> None:
        listed = ", ".join(str(value) for value in sorted(allowed, key=str))
        self.wrong("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.", key)

    def text(self, key: str, high: int, low: int = 0, *, required: bool = False) -> int:
        """Check a string and give its trimmed length (0 when it is absent)."""
        value = self.body.get(key)
        if value is None:
            if required:
                self.missing(key)
            return 0
        if not isinstance(value, str):
            self.wrong("STRING_TYPE_CONVERT", "Could not interpret the value as string.", key)
            return 0
        length = len(value.strip())
        if length > high or length < low:
            self.bad_length(low, high, key)
        elif required and not length:
            self.missing(key)
        return length

    def bad_length(self, low: int, high: int, *steps: str | int) -> None:
        if low:
            self.wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.", *steps)
        else:
            self.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.", *steps)

    def integer(self, key: str, low: int = -INT64, high: int = INT64 - 1, *, required: bool = False) -> int | None:
        """Check a whole number and give it."""
        value = self.body.get(key)
        if value is None:
            if required:
                self.missing(key)
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong("NUMBER_TYPE_COERCE", "Value is not int.", key)
            return None
        if value < low:
            self.wrong("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.", key)
        elif value > high:
            self.wrong("NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.", key)
        return value

    def one_of(self, key: str, allowed: Collection[int], *, required: bool = False) -> int | None:
        """Check a number out of a fixed set; None when it is absent or another one."""
        number = self.integer(key, required=required)
        if number is None or number in allowed:
            return number
        self.not_one_of(allowed, key)
        return None

    def flag(self, key: str) -> bool:
        value = self.body.get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong("BOOLEAN_TYPE_CONVERT", "Must be either true or false.", key)
        return value is True

    def snowflake(self, key: str, *, required: bool = False) -> None:
        value = self.body.get(key)
        if value is None:
            if required:
                self.missing(key)
        elif not is_snowflake(value):
            self.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.', key)

    def url(self, key: str, high: int = 2048, schemes: tuple[str, ...] = WEB, *, required: bool = False) -> None:
        """Check an address: its length, and that it is absolute with one of the schemes."""
        value = self.body.get(key)
        if not self.text(key, high, required=required) or not isinstance(value, str):
            return
        scheme, separator, rest = value.strip().partition("://")
        if separator and scheme.lower() not in schemes:
            self.wrong("URL_TYPE_INVALID_SCHEME", f"Scheme must be one of {schemes}.", key)
        elif not rest or rest[0] in "/?#" or " " in rest:
            self.wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.", key)

    def instant(self, key: str, *, required: bool = False) -> datetime | None:
        """Check an ISO 8601 moment; without an offset it is UTC."""
        value = self.body.get(key)
        if value is None:
            if required:
                self.missing(key)
            return None
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong("DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be ISO8601.", key)
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def child(self, key: str, *, required: bool = False) -> Form | None:
        """Give the object under a key; None when it is absent or no object."""
        value = self.body.get(key)
        if value is None:
            if required:
                self.missing(key)
            return None
        return self.form(value, key)

    def items(self, key: str, high: int, low: int = 0, *, required: bool = False) -> list[Any]:
        """Give the list under a key, checked for its number of items; empty when it is absent or no list."""
        value = self.body.get(key)
        if value is None:
            if required:
                self.missing(key)
            return []
        if not isinstance(value, list):
            self.wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType", key)
            return []
        if not low <= len(value) <= high:
            self.bad_length(low, high, key)
        return value

    def children(self, key: str, high: int, low: int = 0, *, required: bool = False) -> list[Form]:
        """Give the objects in the list under a key, checked for their number."""
        forms = (
            self.form(item, key, index) for index, item in enumerate(self.items(key, high, low, required=required))
        )
        return [form for form in forms if form is not None]

    def snowflakes(self, key: str, high: int) -> list[Any]:
        """Give the ids in the list under a key; none may come twice."""
        values = self.items(key, high)
        seen = set()
        for index, value in enumerate(values):
            if not is_snowflake(value):
                self.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.', key, index)
            elif str(value) in seen:
                self.wrong("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value", key)
            else:
                seen.add(str(value))
        return values

    def form(self, value: object, *steps: str | int) -> Form | None:
        """Give the form of an object that stands at the steps below this one; None when it is no object."""
        if isinstance(value, dict):
            return Form(value, self.problems, (*self.path, *steps))
        self.wrong("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType", *steps)
        return None


def is_snowflake(value: object) -> bool:
    """Whether a value is an unsigned 64-bit number, or the digits of one."""
    if isinstance(value, str):
        if len(value) > MAX_DIGITS or not (value.isascii() and value.isdigit()):
            return False
        value = int(value)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2 * INT64
