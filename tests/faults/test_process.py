"""The process is asked to end, waits for a locked database, is started twice, or runs for long (19, 21, 24, 38)."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.conftest import GUILD, MEMBER, MEMBER_2, START, Json, World, eventually, text_of
from tests.faults.acts import CALLBACKS, POSTS, button, cards, posts_with, press, reminders_are, reminders_due, rows

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)


def resumable(world: World) -> int:
    """Sessions that the server keeps: a client that says goodbye with 1000 has its own ended."""
    assert world.server is not None
    return len(world.server.sandbox.gateway._sessions)


@pytest.mark.parametrize("fault", ["hold", "hold_after"])
async def test_sigterm_while_a_post_is_on_its_way(world: World, fault: str) -> None:
    bot = await world.start_bot()
    await world.card()
    number = await world.remote.fault(fault, **POSTS)
    await world.jump(START - DAY)

    async def under_way() -> bool:
        return bool((await world.remote.faults())[0]["hits"])

    await eventually(under_way, why="the post is on its way")
    stopping = asyncio.create_task(bot.stop())
    await asyncio.sleep(0.5)
    await world.remote.end_faults(number)
    async with asyncio.timeout(10):
        assert await stopping == 0
    assert "Traceback" not in bot.text
    assert resumable(world) == 0, "it has closed the connection with 1000"
    await reminders_are(world, 1)
    await world.start_bot(CONSTANTS=json.dumps({"bot.delivery.courier.SCAN": 0.5}))
    await reminders_due(world, HOUR, 2)
    assert len(await posts_with(world, "24 hours")) == 1, "it was finished, and is on record"


async def test_sigterm_while_discord_does_not_answer_at_all(world: World) -> None:
    bot = await world.start_bot(CONSTANTS=json.dumps({"bot.delivery.courier.GRACE": 1.0}))
    await world.card()
    await world.remote.fault("hold_after", **POSTS)
    await world.jump(START - DAY)
    await reminders_are(world, 1)
    async with asyncio.timeout(1 + 2):
        assert await bot.stop() == 0
    assert rows(world, "SELECT state FROM reminder WHERE kind = 'before-1440'") == [("claimed",)]
    await world.remote.end_faults()
    await world.start_bot(CONSTANTS=json.dumps({"bot.delivery.courier.SCAN": 0.5}))
    await reminders_due(world, HOUR, 2)


async def test_sigterm_while_people_press(world: World) -> None:
    members = await world.remote.add_members(GUILD, 40)
    bot = await world.start_bot()
    card = await world.card()
    online = button(card, ":online")
    await world.remote.fault("delay", **CALLBACKS, times=None, seconds=0.2)
    presses = [await world.remote.press(one, card["id"], online, wait=False) for one in members]
    async with asyncio.timeout(10):
        assert await bot.stop() == 0
    states = [(await world.remote.interaction(each["id"]))["state"] for each in presses]
    ((saved,),) = rows(world, "SELECT count(*) FROM rsvp")
    assert states.count("answered") <= saved
    assert states.count("answered") >= 1
    await world.remote.end_faults()
    await world.start_bot()

    async def shown() -> bool:
        return f"Online · {saved}" in text_of(await world.card())

    await eventually(shown, why="the card shows what is saved")


HOLD = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
conn.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
conn.execute("ROLLBACK")
"""


@contextlib.asynccontextmanager
async def somebody_else_writes(database: Path) -> AsyncIterator[None]:
    """Another process holds the lock for writers."""
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, str(database), stdin=pipe, stdout=pipe)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        await holder.communicate(b"\n")


async def test_a_lock_that_is_soon_given_back_is_not_noticed(world: World) -> None:
    bot = await world.start_bot()
    card = await world.card()
    async with somebody_else_writes(world.folder / "community.db"):
        pressed = await world.remote.press(MEMBER, card["id"], button(card, ":online"), wait=False)
        await world.jump(START - DAY)
        await asyncio.sleep(1.5)
        assert rows(world, "SELECT count(*) FROM rsvp") == [(0,)]
        assert (await world.remote.interaction(pressed["id"]))["state"] == "pending", "no answer before it is saved"

    async def answered() -> bool:
        return bool((await world.remote.interaction(pressed["id"]))["state"] == "answered")

    await eventually(answered, why="the press is answered")
    assert rows(world, "SELECT answer FROM rsvp") == [("online",)]
    await reminders_are(world, 1)
    assert "WARNING" not in bot.text


PATIENCE = json.dumps(
    {
        "bot.store.database.WRITER_PRAGMAS": [
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA busy_timeout=700",
            "PRAGMA secure_delete=ON",
        ],
        "bot.delivery.courier.BACKOFF": [0.5, 0.5, 0.5],
    }
)


async def test_a_lock_that_is_kept_is_told_and_costs_nothing(world: World) -> None:
    """SQLite waits five seconds for a lock; here 0.7, so that three seconds stand for half a minute."""
    await world.start_bot(CONSTANTS=PATIENCE)
    card = await world.card()
    await world.remote.press(MEMBER_2, card["id"], button(card, ":online"))
    async with somebody_else_writes(world.folder / "community.db"):
        await world.jump(START - DAY)
        pressed = await world.remote.press(MEMBER, card["id"], button(card, ":online"))
        assert pressed["state"] == "answered"
        assert "nothing was changed" in text_of(pressed["message"])
        assert rows(world, "SELECT user_id FROM rsvp") == [(int(MEMBER_2),)]
        await asyncio.sleep(1.5)
        assert await world.reminders() == [], "nothing is sent that is not on record first"
    await reminders_are(world, 1)
    assert (await press(world))["state"] == "answered"
    assert "Online · 2" in text_of(await world.card())
    await reminders_due(world, HOUR, 2)
    assert len(await cards(world)) == 1


async def test_a_second_copy_on_the_same_database_names_the_first(world: World) -> None:
    first = await world.start_bot()
    for _ in range(2):
        second = await world.start_bot(ready=False)
        assert await second.ended() == 75
        assert str(first.process.pid) in second.text
        assert "Traceback" not in second.text
    await first.kill()  # the lock does not outlive it
    await world.start_bot()
    assert await world.card()


def used(pid: int) -> tuple[int, int, int]:
    """Open files, threads, and kilobytes in memory."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines() if ":" in line
    )
    memory = int(status["RssAnon"].split()[0])
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()), int(status["Threads"]), memory


async def use_everything(world: World, card: Json, rounds: int) -> None:
    ids = [button(card, f":{answer}") for answer in ("online", "maybe", "in_person", "declined")]
    for number in range(rounds):
        presses = [world.remote.press(MEMBER, card["id"], each) for each in ids]
        commands = [world.command(MEMBER_2, name) for name in ("schedule", "rsvp", "talk", "stream")]
        outcomes = await asyncio.gather(*presses, *commands)
        assert {each["state"] for each in outcomes} == {"answered"}
        if number % 10 == 0:
            await world.remote.gateway("reconnect")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts what Linux shows in /proc")
async def test_nothing_piles_up(world: World) -> None:
    bot = await world.start_bot()
    card = await world.card()
    await use_everything(world, card, 30)
    files, threads, memory = used(bot.process.pid)
    await use_everything(world, card, 90)
    assert used(bot.process.pid)[0] <= files + 3
    assert used(bot.process.pid)[1] <= threads + 1
    assert used(bot.process.pid)[2] <= memory + 3_000, "900 interactions and reconnects leave less than 3 MB"
