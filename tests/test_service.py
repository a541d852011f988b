"""The unit for systemd fits the program: its exit codes, its limits, and systemd's own check where there is one."""

import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from bot import exits
from bot.health import GATEWAY_LIMIT, SCAN_LIMIT

UNIT = Path(__file__).parent.parent / ".systemd" / "community-bot.service"


@pytest.fixture
def service() -> dict[str, str]:
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names are as they are written
    parser.read(UNIT, "utf-8")
    return dict(parser["Service"])


def test_a_restart_where_it_helps_and_only_there(service: dict[str, str]) -> None:
    assert service["Restart"] == "on-failure"
    assert {int(code) for code in service["RestartPreventExitStatus"].split()} == {exits.DATA, exits.CONFIG}


def test_patience_outlasts_what_passes_by_itself(service: dict[str, str]) -> None:
    assert service["Type"] == "notify"
    assert service["WatchdogSec"] == "10min"
    assert max(GATEWAY_LIMIT, SCAN_LIMIT) < 600
    assert int(service["TimeoutStopSec"]) > 10  # a clean end takes up to ten seconds


def test_it_may_write_to_its_own_folder_alone(service: dict[str, str]) -> None:
    assert service["ProtectSystem"] == "strict"
    assert f"DATABASE_PATH=%S/{service['StateDirectory']}/" in service["Environment"]
    assert service["CapabilityBoundingSet"] == ""
    assert "AF_UNIX" in service["RestrictAddressFamilies"].split(), "it talks to systemd through such a socket"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_understands_it(tmp_path: Path) -> None:
    ours = tmp_path / UNIT.name
    text = UNIT.read_text("utf-8").replace("/opt/community-bot/.venv/bin/python", sys.executable)
    ours.write_text(text, "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(ours)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if UNIT.name in line]
    assert complaints == []
