"""Logging: a line, or an object of JSON, for each record; without secrets."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

Format = Literal["text", "json"]

# Interaction and webhook tokens stand in addresses; the bot's own token is added when it is known.
ADDRESS_TOKENS = re.compile(r"((?:interactions|webhooks)/\d+/)[\w.\-]+")
# What a record may name beside its message (`extra=` of a call).
IDS = ("guild_id", "channel_id", "session_id", "reminder_key", "interaction_id")


class Redact(logging.Formatter):
    """Formats a record and takes every known secret out of the result, wherever it stood."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        return self._redacted(super().format(record))

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return ADDRESS_TOKENS.sub(r"\1[redacted]", text)


class RedactToJson(Redact):
    """One object of JSON a line, for what collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._redacted(record.getMessage()),
        }
        # Before it is JSON: escaping could hide a secret from the search.
        entry |= {name: self._redacted(str(vars(record)[name])) for name in IDS if name in vars(record)}
        if record.exc_info:
            entry["exception"] = self._redacted(self.formatException(record.exc_info))
        return json.dumps(entry)


def set_up(level: str, secrets: list[str], form: Format = "text") -> None:
    """Log to standard error at `level`; discord.py and APScheduler never below INFO, whose debug lines hold tokens."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactToJson(secrets) if form == "json" else Redact(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    floor = max(logging.getLevelName(level), logging.INFO)
    for library in ("discord", "apscheduler", "aiosqlite", "aiohttp", "asyncio"):
        logging.getLogger(library).setLevel(floor)
    # "Running job" and "Added job" for every alarm say nothing to an operator.
    logging.getLogger("apscheduler").setLevel(max(floor, logging.WARNING))
