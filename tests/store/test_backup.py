"""Backups on real files: made under load, pruned, refused when damaged, and restored without loss."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import backups, exits
from bot.clock import Clock
from bot.instance import InstanceLock
from bot.settings import Settings
from bot.store import backup, facts
from bot.store.database import Database
from bot.store.migrate import NotOurs

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def fact(path: Path, name: str) -> str | None:
    with closing(sqlite3.connect(path)) as conn:
        return facts.get(conn, name)


async def test_a_copy_made_while_writes_go_on_is_whole(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "deep" / "copy.db"
    db = await Database.open(path)
    await db.write(facts.put, "before", "yes")
    writes = [asyncio.create_task(db.write(facts.put, f"n{number}", "x" * 2000)) for number in range(300)]
    await asyncio.to_thread(backup.back_up, path, copy)
    await asyncio.gather(*writes)
    await db.close()
    with closing(sqlite3.connect(copy)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert fact(copy, "before") == "yes"
    assert sorted(each.name for each in copy.parent.iterdir()) == ["copy.db"]


async def test_restore_brings_back_what_was_and_keeps_what_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, database_path=tmp_path / "a.db")
    db = await Database.open(settings.database_path)
    await db.write(facts.put, "which", "old")
    backup.back_up(settings.database_path, tmp_path / "old.db")
    await db.write(facts.put, "which", "new")
    await db.close()
    assert backups.restore(settings, tmp_path / "old.db") == exits.OK
    again = await Database.open(settings.database_path)
    assert await again.read(facts.get, "which") == "old"
    await again.close()
    (aside,) = tmp_path.glob("a.db.before-restore-*Z")
    assert fact(aside, "which") == "new"
    assert str(aside) in capsys.readouterr().out


async def test_what_a_killed_bot_had_not_yet_moved_into_its_file_is_not_played_into_the_restored_one(
    tmp_path: Path,
) -> None:
    running = tmp_path / "running" / "a.db"
    db = await Database.open(running)
    await db.write(facts.put, "which", "old")
    backup.back_up(running, tmp_path / "old.db")
    await db.write(facts.put, "which", "new")
    killed = Path(shutil.copytree(running.parent, tmp_path / "killed")) / "a.db"  # as a kill leaves it
    await db.close()
    assert killed.with_name("a.db-wal").stat().st_size
    settings = Settings(_env_file=None, database_path=killed)
    assert backups.restore(settings, tmp_path / "old.db") == exits.OK
    assert not list(killed.parent.glob("a.db-*"))
    assert fact(killed, "which") == "old"
    (aside,) = killed.parent.glob("a.db.before-restore-*Z")
    assert fact(aside, "which") == "new", "its log went with it"


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
async def test_a_file_that_is_no_backup_is_refused_and_nothing_changes(tmp_path: Path, content: bytes) -> None:
    settings = Settings(_env_file=None, database_path=tmp_path / "a.db")
    db = await Database.open(settings.database_path)
    await db.close()
    before = settings.database_path.read_bytes()
    (tmp_path / "bad.db").write_bytes(content)
    assert backups.restore(settings, tmp_path / "bad.db") == exits.DATA
    assert backups.restore(settings, tmp_path / "missing.db") == exits.DATA
    assert settings.database_path.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


async def test_a_damaged_database_does_not_replace_a_good_backup(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    db = await Database.open(path)
    for number in range(200):
        await db.write(facts.put, f"n{number}", "x" * 2000)
    await db.close()
    backup.back_up(path, copy)
    good = copy.read_bytes()
    content = bytearray(path.read_bytes())
    content[4096 * 20 : 4096 * 24] = b"\xa5" * (4096 * 4)
    path.write_bytes(content)
    with pytest.raises((NotOurs, sqlite3.DatabaseError)):
        backup.back_up(path, copy)
    assert copy.read_bytes() == good


async def test_a_running_bot_is_not_restored_over(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_path=tmp_path / "a.db")
    db = await Database.open(settings.database_path)
    await db.close()
    assert backups.by_hand(settings, tmp_path / "b.db") == exits.OK
    assert backups.by_hand(settings, tmp_path / "b.db") == exits.DATA, "never overwrites"
    with InstanceLock(settings.database_path):
        assert backups.restore(settings, tmp_path / "b.db") == exits.TRY_LATER


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for day in range(10):
        (tmp_path / backup.name_at("a", NOW + timedelta(days=day))).touch()
    (tmp_path / "a-mine.db").touch()
    backup.prune(tmp_path, "a", 3)
    assert [path.name for path in backup.copies(tmp_path, "a")] == [f"a-202611{day}T080000Z.db" for day in (29, 30)] + [
        "a-20261201T080000Z.db"
    ]
    assert (tmp_path / "a-mine.db").exists(), "what a person named is not ours to remove"


async def test_the_daily_copy_is_made_and_a_failure_does_not_end_the_bot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Hours(Clock):
        """An hour has gone by after the first sleep, a day after the others."""

        slept = 0

        async def sleep(self, seconds: float) -> None:
            self.slept += 1
            if self.slept == 2:
                (copy,) = backup.copies(tmp_path / "backups", "a")
                os.utime(copy, (0, 0))
                copy.rename(copy.with_name(backup.name_at("a", NOW - timedelta(days=1000))))
            if self.slept == 3:
                (tmp_path / "a.db").rename(tmp_path / "gone.db")
                for copy in backup.copies(tmp_path / "backups", "a"):
                    os.utime(copy, (0, 0))
            if self.slept == 4:
                raise asyncio.CancelledError

    db = await Database.open(tmp_path / "a.db")
    await db.close()
    (tmp_path / "backups").mkdir()
    old, young = (tmp_path / "backups" / (backup.name_at("a", NOW - timedelta(days=day)) + ".part") for day in (9, 8))
    for draft in (old, young):
        draft.touch()
    os.utime(old, (0, 0))  # of a bot that was killed meanwhile; the other may be somebody's who is just at it
    with pytest.raises(asyncio.CancelledError):
        await backups.back_up_daily(tmp_path / "a.db", 5, Hours(NOW, 0))
    assert len(backup.copies(tmp_path / "backups", "a")) == 2
    assert [path.name for path in (tmp_path / "backups").glob("*.part")] == [young.name]
    assert "could not be made" in caplog.text


CUT_OFF = """
import os, sys
from pathlib import Path
from bot.store import backup
folder, left = Path(sys.argv[1]), int(sys.argv[2])
def crash(point):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
backup.restore(folder / "old.db", folder / "a.db", folder / "aside.db", crash)
"""


@pytest.mark.parametrize(("moment", "which"), [(1, "new"), (2, "old"), (3, "old")])
async def test_a_restore_that_is_cut_off_never_leaves_an_empty_place(tmp_path: Path, moment: int, which: str) -> None:
    """An empty place would be filled with a new database at the next start, and all sessions announced anew."""
    path = tmp_path / "a.db"
    db = await Database.open(path)
    await db.write(facts.put, "which", "old")
    backup.back_up(path, tmp_path / "old.db")
    await db.write(facts.put, "which", "new")
    for ending in ("", "-wal"):  # as a kill leaves them: the newest stands in the log only
        shutil.copyfile(f"{path}{ending}", tmp_path / f"kept{ending}")
    await db.close()
    for ending in ("", "-wal"):
        (tmp_path / f"kept{ending}").rename(f"{path}{ending}")
    command = [sys.executable, "-c", CUT_OFF, str(tmp_path), str(moment)]
    assert (await asyncio.to_thread(subprocess.run, command, check=False, cwd=ROOT)).returncode == 9
    db = await Database.open(path)
    found = await db.read(facts.get, "which")
    await db.close()
    assert found == which
    assert fact(tmp_path / "aside.db", "which") == "new"
