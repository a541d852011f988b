"""Two bots on one database: the second is refused, whatever became of the first's file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.instance import AlreadyRunning, InstanceLock

HOLD = """
import sys
from pathlib import Path
from bot.instance import InstanceLock
with InstanceLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    database = tmp_path / "deep" / "a.db"
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning) as caught, InstanceLock(database):
            pass
        assert caught.value.pid == first.pid
        assert str(first.pid) in str(caught.value)
        first.kill()
        first.communicate()
    with InstanceLock(database):  # a killed bot leaves its file, and no lock
        assert database.with_name("a.db.lock").read_text() == str(os.getpid())
