"""`python -m tests.seeded [name …]`: plants one bug after the other in a copy of the tree; the tests must notice each.

Every test that is to catch a bug is run without it first, so that red means what it says. Without names all bugs are
planted, and the table is kept in report.md.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from tests.seeded.seeds import HERE, ROOT, Broken, Seed, apply, seeds

REPORT = HERE / "report.md"
# Seconds; a planted bug may make a test wait for what never comes, or leave a thread that keeps the process alive.
TEST_TIMEOUT = 30
IDLE_TIMEOUT = 60
END_TIMEOUT = 5  # once the result is written
ENOUGH = 2  # tests that are named in the report
STUCK = "a run that did not end"


@dataclass(frozen=True, slots=True)
class Run:
    """What pytest said: the tests that ran, those of them that were red, and how long it took."""

    tests: tuple[str, ...]
    red: tuple[str, ...]
    seconds: float
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one bug; `trouble`: why nothing can be said, if so."""

    seed: Seed
    red: tuple[str, ...] = ()
    tests: int = 0
    seconds: float = 0.0
    trouble: str = ""

    @property
    def caught(self) -> bool:
        return bool(self.red) and not self.trouble

    @property
    def by(self) -> str:
        if self.trouble:
            return f"cannot be said: {self.trouble}"
        if not self.red:
            return "NOT CAUGHT"
        names = list(dict.fromkeys(name.partition("[")[0] for name in self.red))
        more = f" and {len(names) - ENOUGH} more" if len(names) > ENOUGH else ""
        return ", ".join(names[:ENOUGH]) + more


def main() -> int:
    """Plant what was asked for; 0 when all of it was caught."""
    options = _options()
    if shutil.which("git") is None:
        sys.stderr.write("git is needed: it applies the patches\n")
        return 2
    known = {seed.name: seed for seed in seeds()}
    unknown = [name for name in options.names if name not in known]
    if unknown:
        sys.stderr.write(f"no such patch: {', '.join(unknown)}; there are: {', '.join(known)}\n")
        return 2
    chosen = [known[name] for name in options.names] or list(known.values())
    with tempfile.TemporaryDirectory(prefix="seeded-") as folder, ThreadPoolExecutor(options.jobs) as pool:
        work = Path(folder)
        sound = _sound(chosen, work / "as-it-is")
        verdicts = []
        for verdict in pool.map(lambda seed: _judge(seed, sound, work / seed.name), chosen):
            sys.stdout.write(_line(verdict))
            sys.stdout.flush()
            verdicts.append(verdict)
    if not options.names:
        REPORT.write_text(_report(verdicts), "utf-8")
    missed = [verdict.seed.name for verdict in verdicts if not verdict.caught]
    sys.stdout.write(f"{len(verdicts) - len(missed)} of {len(verdicts)} planted bugs were caught\n")
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.seeded", description="Tests the tests with planted bugs.")
    parser.add_argument("names", nargs="*", metavar="name", help="patches to plant, by their names; all without any")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="so many at the same time (1)")
    return parser.parse_args()


def _sound(chosen: Sequence[Seed], folder: Path) -> Run:
    """The tests of all the seeds, on the tree as it is."""
    with _tree(folder):
        return _run(list(dict.fromkeys(test for seed in chosen for test in seed.tests)), folder)


def _judge(seed: Seed, sound: Run, folder: Path) -> Verdict:
    try:
        with _tree(folder):
            apply(seed, folder)
            run = _run(seed.tests, folder)
    except Broken as error:
        return Verdict(seed, trouble=str(error))
    if not run.tests:
        return Verdict(seed, trouble=f"no test ran: {run.words}", seconds=run.seconds)
    green = {*sound.tests} - {*sound.red}
    doubtful = [test for test in run.tests if test not in green and (test != STUCK or not green)]
    if doubtful:
        return Verdict(seed, trouble=f"not green without the bug: {', '.join(doubtful)}", seconds=run.seconds)
    return Verdict(seed, run.red, len(run.tests), run.seconds)


@contextlib.contextmanager
def _tree(folder: Path) -> Iterator[None]:
    """A copy of the files that git knows, or would take, as they are in the work tree; gone afterwards."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    folder.mkdir()
    try:
        for name in filter(None, listed.stdout.decode().split("\0")):
            source, target = ROOT / name, folder / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        yield
    finally:
        shutil.rmtree(folder)


def _run(tests: Sequence[str], folder: Path) -> Run:
    result = folder / "result.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={result}", "--tb=no", "-v"]
    command += ["-o", f"timeout={TEST_TIMEOUT}", "--basetemp", str(folder / "tmp"), *tests]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # The smallest example of a planted bug is of no use: to find one takes longer than all the rest.
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "seeded"}
    began = time.monotonic()
    log = folder / "pytest.log"
    with log.open("wb") as output, _processes(command, folder, environment, output) as process:
        ended = _wait(process, log, result)
    seconds = time.monotonic() - began
    words = log.read_text("utf-8", "replace")[-500:].strip()
    if not result.exists():
        # Whatever the tests waited for: without the bug they come to an end.
        stuck = () if ended else (STUCK,)
        return Run(stuck, stuck, seconds, words)
    cases = ET.parse(result).getroot().iter("testcase")
    ran = [(_name(case), case) for case in cases if case.find("skipped") is None]
    red = [name for name, case in ran if case.find("failure") is not None or case.find("error") is not None]
    return Run(tuple(dict.fromkeys(name for name, _ in ran)), tuple(dict.fromkeys(red)), seconds, words)


def _wait(process: "subprocess.Popen[bytes]", log: Path, result: Path) -> bool:
    """Whether it ended by itself; no longer waited for when it has said nothing for a while."""
    said, silent_since = 0, time.monotonic()
    while time.monotonic() - silent_since < (END_TIMEOUT if result.exists() else IDLE_TIMEOUT):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
            return True
        if (size := log.stat().st_size) != said:
            said, silent_since = size, time.monotonic()
    return False


@contextlib.contextmanager
def _processes(
    command: Sequence[str], folder: Path, environment: dict[str, str], output: IO[bytes]
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process, which ends with all that it has started."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _name(case: ET.Element) -> str:
    return f"{case.get('classname', '').removeprefix('tests.').replace('.', '/')}.py::{case.get('name')}"


def _line(verdict: Verdict) -> str:
    red = f"{len(verdict.red)} of {verdict.tests} red"
    return f"{verdict.seed.name:28} {red:>14} {verdict.seconds:6.1f} s  {verdict.by}\n"


def _report(verdicts: Sequence[Verdict]) -> str:
    missed = sum(not verdict.caught for verdict in verdicts)
    summary = f"{len(verdicts)} bugs planted one at a time, {missed} not caught"
    lines = [
        "# Planted bugs, and the tests that caught them",
        "",
        f"Written by `python -m tests.seeded`: {summary}. All tests counted here are green without the bug.",
        "",
        "| bug | what it plants | caught by | red, of the tests run |",
        "|-|-|-|-|",
    ]
    lines += [
        f"| {verdict.seed.name} | {verdict.seed.plants} | {verdict.by} | {len(verdict.red)} of {verdict.tests} |"
        for verdict in verdicts
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
