"""Bots that are forked from a process which has loaded its libraries already: each saves a second of loading.

What comes out is a process of its own all the same, with its own environment, output, signals and exit code, and it
ends as any other. That the bot also starts from nothing is what the other ways to start it check.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

POSSIBLE = sys.platform == "linux"  # elsewhere there are no such sockets, or forking is not safe
LARGEST_ORDER = 1 << 17


class Forked:
    """What the tests need of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, told: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._end = asyncio.create_task(self._wait(told))

    async def _wait(self, told: asyncio.StreamReader) -> int:
        self.returncode = int(await told.read())
        return self.returncode

    async def wait(self) -> int:
        return await self._end

    def send_signal(self, number: int) -> None:
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The tests' side: starts the process that forks, and orders children from it."""

    def __init__(self, program: Path, environment: dict[str, str], folder: Path) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, str(program), "--nursery", str(theirs.fileno())]
            self._process = subprocess.Popen(command, env=environment, cwd=folder, pass_fds=[theirs.fileno()])

    async def start(self, environment: dict[str, str], folder: Path) -> Forked:
        output, output_there = os.pipe()
        told, told_there = os.pipe()
        order = json.dumps({"environment": environment, "folder": str(folder)}).encode()
        socket.send_fds(self._orders, [order], [output_there, told_there])
        os.close(output_there)
        os.close(told_there)
        said, news = await _reader(output), await _reader(told)
        return Forked(int(await news.readline()), said, news)

    def close(self) -> None:
        self._orders.close()
        self._process.wait(30)


async def _reader(pipe: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb"))
    return reader


class Forks:
    """The forking side."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._children: dict[int, int] = {}  # where the end of each is told
        self._ended, self._end = os.pipe()
        os.set_blocking(self._end, False)

    def serve(self) -> bool:
        """Fork a child for every order. Returns True in each child, and False here when no more orders can come."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._end)
        while True:
            ready, _, _ = select.select([self._orders.fileno(), self._ended], [], [])
            if self._ended in ready:
                os.read(self._ended, 4096)
                self._reap()
            if self._orders.fileno() in ready:
                order, pipes, _, _ = socket.recv_fds(self._orders, LARGEST_ORDER, 2)
                if not order:
                    for child in self._children:  # left behind by tests that were ended from outside
                        os.kill(child, signal.SIGKILL)
                    return False
                if self._fork(order, *pipes):
                    return True

    def _fork(self, order: bytes, output: int, told: int) -> bool:
        pid = os.fork()
        if pid == 0:
            self._become(json.loads(order), output, told)
            return True
        os.close(output)
        os.write(told, b"%d\n" % pid)
        self._children[pid] = told
        return False

    def _become(self, order: dict[str, dict[str, str]], output: int, told: int) -> None:
        """Leave nothing here of the process that forked."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._orders.close()
        os.dup2(output, 1)
        os.dup2(output, 2)
        for pipe in (output, told, self._ended, self._end, *self._children.values()):
            os.close(pipe)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(str(order["folder"]))

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            told = self._children.pop(pid)
            os.write(told, b"%d" % os.waitstatus_to_exitcode(status))
            os.close(told)
