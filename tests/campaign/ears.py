"""What the bot says to Discord, kept instead of sent."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from tests.cogs.test_matrix import HOME, Answers, _message


@dataclass(frozen=True, slots=True)
class Said:
    """One request of the bot's: the first answer (`first`) or what follows."""

    first: bool
    edit: bool
    body: dict[str, Any]
    files: bool


class Listener(Answers):
    """Keeps the bodies."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Said] = []

    async def request(self, route: Any, *args: Any, payload: Any = None, multipart: Any = None, **more: Any) -> Any:
        parts = {part.get("name"): part.get("value") for part in multipart or []}
        body = payload if payload is not None else json.loads(parts.get("payload_json") or "{}")
        files = any(name != "payload_json" for name in parts)
        self.heard.append(Said(route.path.endswith("/callback"), route.method == "PATCH", body, files))
        return await super().request(route, *args, payload=payload, multipart=multipart, **more)

    async def call(self, route: Any, **more: Any) -> Any:
        """What the bot asks of Discord besides answering."""
        form = {part["name"]: part.get("value") for part in more.get("form") or ()}
        body = more.get("json") or json.loads(form.get("payload_json") or "{}")
        if route.path.endswith("/messages") and route.method == "POST":
            self.heard.append(Said(first=False, edit=False, body=body, files="files" in more))
        if route.method == "GET":
            return []
        return {"id": "5", "type": 1} if route.path.endswith("/channels") else _message(HOME)


class Failures(logging.Handler):
    """What was logged with a reference, for whoever reads the report."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = logging.Formatter().format(record)[-1500:]
