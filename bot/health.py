"""A sign of life in a file, which a cheap probe reads."""

import json
import os
from pathlib import Path

# A scan comes every 5 s and a heartbeat of the gateway every 45 s at most; three missed ones are an illness.
SCAN_LIMIT = 30.0
GATEWAY_LIMIT = 180.0


def _file(database: Path) -> Path:
    return database.with_name(database.name + ".health")


def write(database: Path, *, monotonic: float, scan_age: float, gateway_age: float) -> None:
    """Say at `monotonic` (seconds of the machine's boot clock) how old the last scan and gateway sign are (seconds)."""
    target = _file(database)
    draft = target.with_name(target.name + ".new")
    draft.write_text(json.dumps({"at": monotonic, "pid": os.getpid(), "scan": scan_age, "gateway": gateway_age}))
    draft.replace(target)


def read(database: Path, *, monotonic: float) -> str | None:
    """What is wrong, at `monotonic`, with the bot that runs on `database`; None if it is well."""
    try:
        data = json.loads(_file(database).read_text("utf-8"))
        age, scan, gateway = monotonic - data["at"], data["scan"], data["gateway"]
    except (OSError, ValueError, KeyError, TypeError):
        return "no bot has run on this database yet"
    if not 0 <= age <= SCAN_LIMIT:
        return "the bot has given no sign of life for too long"
    if scan > SCAN_LIMIT:
        return f"the scan for due reminders has been stuck for {scan:.0f} s"
    if gateway > GATEWAY_LIMIT:
        return f"there has been no connection to Discord for {gateway:.0f} s"
    return None
