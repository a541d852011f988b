"""A sign of life in a file, which a cheap probe reads, and for systemd; one judgement for both."""

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.notify import notify

log = logging.getLogger(__name__)

# A scan comes every 5 s and a heartbeat of the gateway every 45 s at most; three missed ones are an illness.
SCAN_LIMIT = 30.0
GATEWAY_LIMIT = 180.0


@dataclass(frozen=True, slots=True)
class Signs:
    """How old the last scan and the last sign of the gateway are, in seconds.

    `ailing` is what is wrong although both are well, and `waits` why neither is to be expected yet: the bot holds
    itself back, and restarting it would only make that longer.
    """

    scan: float
    gateway: float
    ailing: str | None = None
    waits: str | None = None

    @property
    def stuck(self) -> str | None:
        """What a restart may cure."""
        if self.waits is not None:
            return None
        if self.scan > SCAN_LIMIT:
            return f"the scan for due reminders has been stuck for {self.scan:.0f} s"
        if self.gateway > GATEWAY_LIMIT:
            return f"there has been no connection to Discord for {self.gateway:.0f} s"
        return None

    @property
    def problem(self) -> str | None:
        return self.waits or self.stuck or self.ailing


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".health")


def show(database: Path, signs: Signs, *, monotonic: float) -> None:
    """Say how the bot is at `monotonic` (seconds of the machine's boot clock); systemd's patience ends when stuck."""
    status = {"STATUS": signs.problem or "well"}
    notify(**status if signs.stuck else {"WATCHDOG": "1"} | status)
    target = _file(database)
    draft = target.with_name(target.name + ".new")
    try:
        draft.write_text(json.dumps({"at": monotonic, "pid": os.getpid(), **asdict(signs)}))
        draft.replace(target)
    except OSError as error:  # a full disk is no reason to end: what is stored can still be posted
        log.debug("The sign of life could not be written: %s", error)


def read(database: Path, *, monotonic: float) -> str | None:
    """What is wrong, at `monotonic`, with the bot that runs on `database`; None if it is well."""
    try:
        data = json.loads(_file(database).read_text("utf-8"))
        age = monotonic - data.pop("at")
        del data["pid"]
        signs = Signs(**data)
        problem = signs.problem
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "no bot has run on this database yet"
    if not 0 <= age <= SCAN_LIMIT:
        return "the bot has given no sign of life for too long"
    return problem
