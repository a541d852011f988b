"""One judgement for the probe and for systemd: a restart is asked for only where it may help."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import health
from bot.health import GATEWAY_LIMIT, SCAN_LIMIT, Signs
from bot.notify import notify


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        monkeypatch.chdir(tmp_path)
        ours.bind("notify")  # short: such an address has a hundred characters at most
        ours.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", "notify")
        yield ours


@pytest.mark.parametrize(
    ("signs", "problem", "fed"),
    [
        (Signs(0, 0), None, True),
        (Signs(SCAN_LIMIT, GATEWAY_LIMIT), None, True),
        (Signs(SCAN_LIMIT + 1, 0), "the scan for due reminders has been stuck for 31 s", False),
        (Signs(0, GATEWAY_LIMIT + 1), "there has been no connection to Discord for 181 s", False),
        (Signs(0, 0, ailing="the disk is full"), "the disk is full", True),
        (Signs(0, 999, waits="it waits until 12:00"), "it waits until 12:00", True),
    ],
)
def test_what_is_said_and_whether_patience_goes_on(
    signs: Signs, problem: str | None, fed: bool, tmp_path: Path, supervisor: socket.socket
) -> None:
    database = tmp_path / "a.db"
    health.show(database, signs, monotonic=100.0)
    assert health.read(database, monotonic=101.0) == problem
    heard = supervisor.recv(4096).decode().splitlines()
    assert ("WATCHDOG=1" in heard) is fed
    assert f"STATUS={problem or 'well'}" in heard


def test_an_old_sign_and_none_at_all(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    assert health.read(database, monotonic=0) == "no bot has run on this database yet"
    health.show(database, Signs(0, 0), monotonic=100.0)
    assert health.read(database, monotonic=131.0) == "the bot has given no sign of life for too long"
    assert health.read(database, monotonic=99.0) == "the bot has given no sign of life for too long"  # after a reboot
    for damage in (b"[]", b"{}", b"\xff", b'{"at": "x", "pid": 1, "scan": 1, "gateway": 1}', b'{"at": 1, "pid": 1}'):
        (tmp_path / "a.db.health").write_bytes(damage)
        assert health.read(database, monotonic=0) == "no bot has run on this database yet"


def test_a_folder_that_cannot_be_written_to_ends_nothing(tmp_path: Path) -> None:
    health.show(tmp_path / "nowhere" / "a.db", Signs(0, 0), monotonic=1.0)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for address in ("", str(tmp_path / "nobody"), "@nobody-at-all", "/" + "x" * 200):
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        notify(READY="1")


def test_one_line_stays_one_line(supervisor: socket.socket) -> None:
    notify(STATUS="a\nWATCHDOG=1")
    assert supervisor.recv(4096) == b"STATUS=a WATCHDOG=1"
