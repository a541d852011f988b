"""Running it: a restart loop, a full disk, a blocked event loop; figures, logs as JSON, and what systemd is told."""

import asyncio
import contextlib
import json
import os
import resource
import socket
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.health import read
from tests.disks import fill, small_disk_at

INFINITE = resource.RLIM_INFINITY


async def health(world: Any, **environment: str) -> tuple[int, str]:
    """What the probe says of the bot, which goes on being the world's."""
    bot = world.bot
    probe = await world.start_bot("health", ready=False, **environment)
    world.bot = bot
    return await probe.ended(), probe.text


async def reminded(world: Any, e2e: Any, count: int = 1) -> None:
    async def all_of_them() -> bool:
        return len(await world.reminders()) >= count

    await e2e.eventually(all_of_them, why="the reminder is posted")


async def said(bot: Any, words: str, e2e: Any) -> None:
    async def spoken() -> bool:
        return words in bot.text

    await e2e.eventually(spoken, why=f"the log says {words!r}")


async def well(world: Any, e2e: Any) -> None:
    async def judged() -> bool:
        return read(world.folder / "community.db", monotonic=time.monotonic()) is None

    await e2e.eventually(judged, why="the bot is well")


async def test_a_bot_that_dies_again_and_again_waits_before_it_logs_in(world: Any, e2e: Any) -> None:
    world.environment["STARTS_FREE"] = "2"
    for _ in range(2):
        dead = await world.start_bot()
        await dead.kill()
    bot = await world.start_bot(ready=False, STARTS_PAUSE="600")
    await said(bot, "The bot was started too often", e2e)
    code, words = await health(world)
    assert code == 1
    assert "too many starts without a clean end: the bot logs in at" in words
    assert not (await world.remote.state())["bot"]["online"]
    assert await bot.stop() == 0  # asked to end while it waits: that one is not counted, and the next waits no longer

    bot = await world.start_bot()
    assert "The bot was started too often" in bot.text
    await well(world, e2e)
    assert await bot.stop() == 0
    lines = (world.folder / "community.db.starts").read_text().splitlines()
    assert [line.split()[1] for line in lines] == ["0.000", "0.000"]


async def test_no_room_for_the_log_of_the_database(world: Any, e2e: Any) -> None:
    """A limit on the size of files, which the reserve does not help against: refused and late, but not lost."""
    bot = await world.start_bot(BACKUPS_KEPT="0")
    card = await world.card()
    size = (world.folder / "community.db-wal").stat().st_size
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (size, INFINITE))

    pressed = await world.press(e2e.MEMBER, card, "Online")
    assert "was not saved: the disk of the machine that I run on is full" in e2e.text_of(pressed["message"])
    asked = await world.command(e2e.MEMBER_2, "rsvp")  # reading goes on
    assert "not saved" not in e2e.text_of(asked["message"])
    await world.jump(e2e.START - timedelta(hours=24))
    await asyncio.sleep(0.5)
    assert await world.reminders() == [], "what cannot be claimed is not posted: it might be posted twice"

    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (INFINITE, INFINITE))
    await reminded(world, e2e)
    await world.press(e2e.MEMBER, card, "Online")
    await well(world, e2e)
    await bot.stop()
    assert len(await world.reminders()) == 1
    assert answers(world.folder / "community.db") == [int(e2e.MEMBER)]


def answers(database: Path) -> list[int]:
    """Who has answered; and the file is sound."""
    with contextlib.closing(sqlite3.connect(database)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return [row[0] for row in conn.execute("SELECT user_id FROM rsvp ORDER BY user_id")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk", "5m") as folder:
        yield folder


async def test_on_a_full_disk_reminders_are_posted_once_and_everybody_is_told(
    world: Any, e2e: Any, small_disk: Path
) -> None:
    database = small_disk / "community.db"
    world.environment |= {"DATABASE_PATH": str(database), "BACKUPS_KEPT": "0"}
    bot = await world.start_bot()
    card = await world.card()

    async def reserve() -> bool:
        return small_disk.joinpath("community.db.reserve").exists()

    await e2e.eventually(reserve, why="the reserve is laid")
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as reader:
        reader.execute("BEGIN")  # as long as somebody reads, the log cannot be begun anew in the room it has
        reader.execute("SELECT count(*) FROM rsvp").fetchone()
        filler = fill(small_disk)
        pressed = await world.press(e2e.MEMBER, card, "Online")
        assert "was not saved" in e2e.text_of(pressed["message"])

    await world.jump(e2e.START - timedelta(hours=24))
    await reminded(world, e2e)
    await world.jump(e2e.START - timedelta(hours=1))
    await reminded(world, e2e, 2)
    await asyncio.sleep(0.5)
    assert await health(world) == (1, "the disk is full: nothing can be saved\n")

    async def told() -> list[Any]:
        return [one for one in await world.messages(e2e.LOG, e2e.MODERATOR) if "is full" in e2e.text_of(one)]

    assert len(await e2e.eventually(told, why="the moderators are told")) == 1
    filler.unlink()
    await said(bot, "There is room on the disk again", e2e)
    await world.press(e2e.MEMBER_2, card, "Online")
    assert bot.text.count("Nothing more can be saved") == 1
    await bot.stop()
    assert len(await world.reminders()) == 2
    assert len(await told()) == 1
    assert answers(database) == [int(e2e.MEMBER_2)]


async def test_a_blocked_event_loop_is_named_and_no_reminder_is_missed(world: Any, e2e: Any) -> None:
    bot = await world.start_bot(BLOCK_AT="before-send", BLOCK_FOR="1.8")
    await world.card()
    await said(bot, "The event loop goes on", e2e)
    assert "in _send\n    self._crash(" in bot.text  # of the card's own post
    await world.jump(e2e.START - timedelta(hours=24))
    await reminded(world, e2e)
    await bot.stop()
    assert bot.text.count("The event loop has been stuck") == 1
    assert len(await world.reminders()) == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def samples(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


async def test_figures_are_served_where_they_are_asked_for(world: Any, e2e: Any) -> None:
    address = f"127.0.0.1:{free_port()}"
    bot = await world.start_bot(METRICS_ADDRESS=address)
    card = await world.card()
    await world.press(e2e.MEMBER, card, "Online")
    await world.jump(e2e.START - timedelta(hours=24))
    await reminded(world, e2e)

    async with aiohttp.ClientSession() as session:

        async def figures() -> dict[str, float] | None:
            async with session.get(f"http://{address}/metrics") as answer:
                assert answer.status == 200
                assert answer.content_type == "text/plain"
                found = samples(await answer.text())
            return found if 'community_bot_reminders_total{kind="before-1440",result="posted"}' in found else None

        found = await e2e.eventually(figures, why="the reminder is counted")
        async with session.get(f"http://{address}/") as answer:
            assert answer.status == 404
        async with session.post(f"http://{address}/metrics") as answer:
            assert answer.status == 405
    assert found['community_bot_reminders_total{kind="announce",result="posted"}'] == 1
    assert found['community_bot_reminder_lateness_seconds_count{kind="before-1440"}'] == 1
    assert found['community_bot_reminder_lateness_seconds_bucket{kind="before-1440",le="10.0"}'] == 1
    assert found["community_bot_rsvp_seconds_count"] == 1
    assert found["community_bot_gateway_connected"] == 1
    assert found["community_bot_presses_waiting"] == found["community_bot_writes_waiting"] == 0
    assert found["community_bot_reminders_due"] == found["community_bot_disk_full"] == 0
    assert "community_bot_cards_due" in found
    assert any(name.startswith("community_bot_build_info{") for name in found)
    assert found["process_resident_memory_bytes"] > 1e6
    await bot.stop()


async def test_a_port_that_is_taken_is_refused_by_the_name_of_the_setting(world: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bot = await world.start_bot(ready=False, METRICS_ADDRESS=f"127.0.0.1:{taken.getsockname()[1]}")
        assert await bot.ended() == 78
    assert "METRICS_ADDRESS: 127.0.0.1 port" in bot.text
    assert "choose a free port, or leave it out" in bot.text


async def test_logs_as_json_are_one_object_a_line(world: Any) -> None:
    bot = await world.start_bot(LOG_FORMAT="json")
    await bot.stop()
    entries = [json.loads(line) for line in bot.text.splitlines()]
    assert entries[-1]["message"] == "The bot stops"
    assert {"time", "level", "logger", "message"} == set.intersection(*(set(entry) for entry in entries))


@pytest.mark.skipif(not hasattr(socket, "SO_PASSCRED"), reason="abstract names are Linux's")
async def test_systemd_is_told(world: Any, e2e: Any) -> None:
    name = f"community-bot-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(f"\0{name}")
        supervisor.setblocking(False)
        bot = await world.start_bot(NOTIFY_SOCKET=f"@{name}")
        await bot.stop()
        heard = []
        with contextlib.suppress(BlockingIOError):
            while True:
                heard.append(supervisor.recv(4096).decode())
    assert heard[0] == "READY=1"
    assert "WATCHDOG=1\nSTATUS=well" in heard
    assert heard[-1] == "STOPPING=1"
