"""Checks bodies against Discord's own OpenAPI file, which is read from the path in DISCORD_OPENAPI."""

from __future__ import annotations

import functools
import json
import os
import re
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema import ValidationError

VARIABLE = "DISCORD_OPENAPI"
WHY_SKIPPED = f"{VARIABLE} names no file: Discord's OpenAPI description is not part of this project"
ROOT = "urn:discord"
PREFIX = "/api/v10"
JSON = "application/json"
LONGEST_MESSAGE = 300
# Ids and instants as they should be: two bodies that differ in nothing else are both sound, or neither is.
VARYING = re.compile(r'(?<=")(?:[1-9][0-9]{16,18}|20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:.]{8,15}\+00:00)(?=")')
ID_END = 2**64
CARRIED_OUT = range(200, 300)
DESCRIBED = range(200, 500)

# What Discord does and its file does not say. Each entry: the schema, what is laid over it, and why.
AMENDMENTS: tuple[tuple[str, dict[str, Any], str], ...] = (
    (
        "SnowflakeType",
        {"type": ["string", "integer"], "minimum": 0},
        "Discord takes ids as numbers too (reference: Snowflakes), and discord.py sends attachment ids so",
    ),
    (
        "InnerErrors",
        {
            "properties": {
                "_errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                        "required": ["code", "message"],
                    },
                }
            }
        },
        "the codes inside a form's errors are names such as BASE_TYPE_REQUIRED (reference: Error Messages), no numbers",
    ),
)
# Known to be too generous in the file, and therefore refused by the sandbox itself: content of a channel message (4000
# for 2000), an empty message, 6000 characters over all embeds, rows and their width, custom_id twice, 40 components in
# total, what may not stand beside a version 2 layout, 40 parts of a modal for 5, names and order of command options,
# the size and number of commands, which callback answers which interaction, moments and states of native events.


@cache
@functools.cache
def from_environment() -> Contract | None:
    """Give the contract of the file that DISCORD_OPENAPI names, or None where it names none."""
    named = os.environ.get(VARIABLE)
    return Contract(json.loads(Path(named).read_text(encoding="utf-8"))) if named else None


class Contract:
    """Says what in a request or an answer does not fit Discord's description of it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = _amended(document)
        resource = DRAFT202012.create_resource(self._document)
        self._registry: Registry[Any] = Registry().with_resource(ROOT, resource)
        self._formats = _formats()
        self._validators: dict[str, Draft202012Validator] = {}
        self._sound: set[tuple[str, str]] = set()
        self._templates = sorted((_pattern(template), template) for template in self._document["paths"])

    def request_errors(self, method: str, path: str, body: Any) -> list[str]:
        """Say what is wrong with a request; `path` is without /api/v10 or with it, a query is not looked at."""
        template = self._template(path)
        operation = self._operation(template, method)
        if operation is None:
            return [f"{method} {path}: no such operation"]
        described = operation.get("requestBody")
        if described is None:
            return [] if body in (None, {}) else [f"{method} {path}: takes no body"]
        if body is None:
            return [f"{method} {path}: body missing"] if described.get("required") else []
        pointer = _pointer("paths", template, method.lower(), "requestBody", "content", JSON, "schema")
        return self._errors(pointer, _json_part(body), f"{method} {path}")

    def response_errors(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Say what is wrong with an answer to a request."""
        where = f"{method} {path} {status}"
        template = self._template(path)
        operation = self._operation(template, method)
        if operation is None:
            return [f"{where}: no such operation"]
        responses = operation["responses"]
        key = next((key for key in (str(status), f"{status // 100}XX") if key in responses), None)
        if key is None:
            return [f"{where}: no such answer"]
        steps: tuple[str, ...] = ("paths", template, method.lower(), "responses", key)
        response = responses[key]
        if "$ref" in response:
            steps = tuple(response["$ref"].removeprefix("#/").split("/"))
            response = self._document["components"]["responses"][steps[-1]]
        if JSON not in response.get("content", {}):
            return [] if body is None else [f"{where}: has a body and should have none"]
        return self._errors(_pointer(*steps, "content", JSON, "schema"), body, where)

    def journal_errors(self, entries: Iterable[dict[str, Any]]) -> list[str]:
        """Say everything wrong in a journal of {method, path, status, request, response}.

        Left out: requests that were refused (their bodies may be wrong on purpose), answers that an ordered `fault`
        made, and answers of 500 and above, which the description does not know.
        """
        errors = []
        for entry in entries:
            method, path, status = entry["method"], entry["path"], entry["status"]
            if status in CARRIED_OUT:
                errors += self.request_errors(method, path, entry["request"])
            if status in DESCRIBED and not entry.get("fault"):
                errors += self.response_errors(method, path, status, entry["response"])
        return errors

    def _template(self, path: str) -> str:
        plain = path.partition("?")[0].removeprefix(PREFIX)
        return next((template for pattern, template in self._templates if re.fullmatch(pattern[1], plain)), "")

    def _operation(self, template: str, method: str) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = self._document["paths"].get(template, {}).get(method.lower())
        return operation

    def _errors(self, pointer: str, body: Any, where: str) -> list[str]:
        shape = VARYING.sub("", json.dumps(body))
        if (
            pointer,
            shape,
        ) in self._sound:  # the list of all commands takes a tenth of a second, and comes in every test
            return []
        errors = self._all_errors(pointer, body, where)
        if not errors:
            self._sound.add((pointer, shape))
        return errors

    def _all_errors(self, pointer: str, body: Any, where: str) -> list[str]:
        validator = self._validators.get(pointer)
        if validator is None:
            validator = self._validators[pointer] = Draft202012Validator(
                {"$ref": f"{ROOT}#{pointer}"}, registry=self._registry, format_checker=self._formats
            )
        found = map(_innermost, validator.iter_errors(body))
        return [f"{where} {error.json_path}: {_short(error.message)}" for error in found]


def _innermost(error: ValidationError) -> ValidationError:
    """Follow an error into the one of several allowed forms that was meant: the one whose `type` fits."""
    while error.context:
        forms: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            forms.setdefault(inner.relative_schema_path[0], []).append(inner)
        error = min(forms.values(), key=lambda errors: (any(map(_is_other_type, errors)), len(errors)))[0]
    return error


def _is_other_type(error: ValidationError) -> bool:
    path = list(error.relative_path)
    return path == ["type"] or (not path and error.validator == "type")


def _short(message: str) -> str:
    half = LONGEST_MESSAGE // 2
    return message if len(message) <= LONGEST_MESSAGE else f"{message[:half]} ... {message[-half:]}"


def _json_part(body: Any) -> Any:
    """Give the JSON of a request: of a multipart one it is the field payload_json."""
    if not isinstance(body, dict) or "payload_json" not in body:
        return body
    payload = body["payload_json"]
    return json.loads(payload) if isinstance(payload, str) else payload


def _amended(document: dict[str, Any]) -> dict[str, Any]:
    document = deepcopy(document)
    for name, change, _reason in AMENDMENTS:
        document["components"]["schemas"][name] |= change
    return document


def _pattern(template: str) -> tuple[tuple[bool, ...], str]:
    """Give what sorts a template (written-out steps before placeholders, as in /users/@me), and its expression."""
    steps = template.split("/")
    expression = "/".join("[^/]+" if step.startswith("{") else re.escape(step) for step in steps)
    return tuple(step.startswith("{") for step in steps), expression


def _pointer(*steps: str) -> str:
    """Give the JSON pointer to a place, written so that it may stand in a URI."""
    return "".join(
        "/" + step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D") for step in steps
    )


def _formats() -> FormatChecker:
    """The formats that the file uses; jsonschema itself checks dates and addresses only with more packages."""
    checker = FormatChecker(formats=())
    checker.checks("snowflake")(_is_snowflake)
    checker.checks("int32")(lambda value: not isinstance(value, int) or -(2**31) <= value < 2**31)
    checker.checks("int64")(lambda value: not isinstance(value, int) or -(2**63) <= value < 2**63)
    checker.checks("date-time")(_is_instant)
    checker.checks("uri")(lambda value: not isinstance(value, str) or bool(urlsplit(value).scheme))
    return checker


def _is_snowflake(value: object) -> bool:
    """Whether an id fits 64 bits; what is no string or number is for `type` to say, no digits for `pattern`."""
    if isinstance(value, str):
        return not value.isdigit() or int(value) < ID_END
    return not isinstance(value, int) or 0 <= value < ID_END


def _is_instant(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
