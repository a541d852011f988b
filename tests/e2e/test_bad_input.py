"""Wrong settings, wrong files, a second bot, an unreachable Discord: what is said, and the exit code."""

import asyncio
import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


async def test_all_wrong_settings_at_once(world: Any) -> None:
    bot = await world.start_bot(ready=False, DISCORD_GUILD_ID="algovera", LOG_LEVEL="loud", CLOCK_SPEED="fast")
    assert await bot.ended() == 78
    for name in ("DISCORD_GUILD_ID", "LOG_LEVEL", "CLOCK_SPEED"):
        assert name in bot.text
    assert "Traceback" not in bot.text


async def test_a_wrong_token_is_one_line_and_no_loop(world: Any) -> None:
    bot = await world.start_bot(ready=False, DISCORD_TOKEN="canary-not-a-token")
    assert await bot.ended() == 78
    assert "DISCORD_TOKEN" in bot.text
    assert "Traceback" not in bot.text
    assert "canary-not-a-token" not in bot.text
    assert len((await world.remote.journal())["entries"]) == 1


async def test_a_token_reset_while_running_ends_the_bot(world: Any) -> None:
    bot = await world.start_bot()
    await world.remote.gateway("close", code=4004)
    assert await bot.ended() == 78
    assert "DISCORD_TOKEN" in bot.text


async def test_a_broken_programme_file_names_all_errors_and_imports_nothing(world: Any, tmp_path: Path) -> None:
    text = (ROOT / "data/desci-berlin.toml").read_text("utf-8")
    text = text.replace('starts_at = "2022-05-24 10:00"', 'starts_at = "2022-05-24 10:00 CET"')
    text = text.replace('mode = "hybrid" ', 'mode = "sometimes" ')
    broken = tmp_path / "broken.toml"
    broken.write_text(text, "utf-8")
    bot = await world.start_bot(ready=False, PROGRAMME=str(broken))
    assert await bot.ended() == 78
    assert "CEST" in bot.text
    assert "session.mode" in bot.text
    assert bot.text.count("broken.toml") >= 2
    with contextlib.closing(sqlite3.connect(world.folder / "community.db")) as conn:
        assert conn.execute("SELECT count(*) FROM session").fetchone() == (0,)


async def test_a_second_bot_on_the_same_database(world: Any) -> None:
    first = await world.start_bot()
    second = await world.start_bot(ready=False)
    assert await second.ended() == 75
    assert str(first.process.pid) in second.text
    world.bot = first


async def test_a_foreign_database_is_left_alone(world: Any) -> None:
    path = world.folder / "community.db"
    with contextlib.closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    bot = await world.start_bot(ready=False)
    assert await bot.ended() == 65
    assert "another program" in bot.text
    assert path.read_bytes() == before


async def test_discord_unreachable_at_start_is_waited_out(world: Any, e2e: Any) -> None:
    await world.remote.fault("status", route="/users/@me", times=2, status=503)
    bot = await world.start_bot()
    assert bot.text.count("cannot be reached") >= 1
    assert await world.card()


async def test_no_server_at_all(world: Any) -> None:
    bot = await world.start_bot(
        ready=False, DISCORD_API_URL="http://127.0.0.1:9/api/v10", DISCORD_GATEWAY_URL="ws://127.0.0.1:9/", CLOCK_URL=""
    )
    for _ in range(200):
        if bot.text.count("cannot be reached") >= 2:
            break
        await asyncio.sleep(0.1)
    assert bot.text.count("next try in") >= 2
    assert await bot.stop() == 0


async def test_signals_end_it_cleanly(world: Any) -> None:
    bot = await world.start_bot()
    assert await bot.stop() == 0
    assert "Traceback" not in bot.text
    assert "Unclosed" not in bot.text


async def test_check_and_import_commands(world: Any, e2e: Any, tmp_path: Path) -> None:
    check = await world.start_bot("check", ready=False)
    assert await check.ended() == 0, check.text
    imported = await world.start_bot("import", str(ROOT / "data/desci-berlin.toml"), ready=False)
    assert await imported.ended() == 0, imported.text
    assert "5 talks" in imported.text
    missing = await world.start_bot("import", str(tmp_path / "none.toml"), ready=False)
    assert await missing.ended() == 65
    assert "Traceback" not in missing.text
    # What was imported without a connection is announced as soon as the bot runs.
    await world.start_bot(PROGRAMME="none")
    assert await world.card()
    health = await world.start_bot("health", ready=False)
    assert await health.ended() == 0, health.text


async def test_a_clock_of_its_own_against_a_server_in_another_time(world: Any, e2e: Any) -> None:
    """The bot's clock says 2022 while the server's ids say otherwise: nothing of the protocol follows ours."""
    await world.jump(e2e.START + timedelta(days=1500))
    start = (e2e.START - timedelta(hours=24, seconds=2)).isoformat()
    await world.start_bot(CLOCK_URL="", CLOCK_START=start)

    async def reminder() -> Any:
        return await world.reminders()

    assert await e2e.eventually(reminder, why="the reminder of the bot's own time")
    assert (await world.command(e2e.MEMBER, "schedule"))["state"] == "answered"


async def test_commands_that_discord_refuses_do_not_hold_up_the_rest(world: Any) -> None:
    # 30034: the day's creates of commands are used up.
    await world.remote.fault(
        "error", method="PUT", route="/applications", times=None, status=400, code=30034, message="Max reached"
    )
    bot = await world.start_bot(ready=False)
    assert await world.card(), "cards and reminders are posted all the same"
    assert "was not told the commands" in bot.text
    assert await bot.stop() == 0


async def test_a_rate_limit_at_login_is_waited_out(world: Any) -> None:
    await world.remote.fault("rate_limit", route="/users/@me", times=1, scope="user", retry_after=3600)
    bot = await world.start_bot(ready=False)
    for _ in range(100):
        if "next try in 3600 s" in bot.text:
            break
        await asyncio.sleep(0.1)
    assert "next try in 3600 s" in bot.text
    assert "Traceback" not in bot.text
    assert await bot.stop() == 0


async def test_a_database_path_that_cannot_be_one(world: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "a.db"):
        bot = await world.start_bot(ready=False, DATABASE_PATH=str(path))
        assert await bot.ended() == 78, bot.text
        assert "DATABASE_PATH" in bot.text
        assert "Traceback" not in bot.text
