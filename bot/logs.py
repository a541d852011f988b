"""Logging: one line each, without secrets."""

import logging
import re
import sys

# Interaction and webhook tokens stand in addresses; the bot's own token is added when it is known.
ADDRESS_TOKENS = re.compile(r"((?:interactions|webhooks)/\d+/)[\w.\-]+")


class Redact(logging.Formatter):
    """Formats a record and takes every known secret out of the result, wherever it stood."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return ADDRESS_TOKENS.sub(r"\1[redacted]", text)


def set_up(level: str, secrets: list[str]) -> None:
    """Log to standard error at `level`; discord.py and APScheduler never below INFO, whose debug lines hold tokens."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redact(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    floor = max(logging.getLevelName(level), logging.INFO)
    for library in ("discord", "apscheduler", "aiosqlite", "aiohttp", "asyncio"):
        logging.getLogger(library).setLevel(floor)
    # "Running job" and "Added job" for every alarm say nothing to an operator.
    logging.getLogger("apscheduler").setLevel(max(floor, logging.WARNING))
