"""/now and /next in the sandbox, minute by minute."""

from datetime import timedelta
from typing import Any

OTHER = """
[session]
title = "Another session"
time_zone = "Europe/Berlin"
starts_at = "2022-05-24 10:30"
ends_at = "2022-05-24 12:00"
mode = "online"
"""


async def asked(world: Any, e2e: Any, command: str, minute: int | None = None) -> str:
    if minute is not None:
        await world.jump(e2e.START + timedelta(minutes=minute))
    answer = await world.command(e2e.MEMBER, command)
    assert answer["message"]["flags"] & 64
    return str(e2e.text_of(answer["message"]))


async def begin_at(world: Any, e2e: Any, title: str, at: str) -> None:
    question = await world.command(e2e.MODERATOR, "programme talk time", talk=title, at=at)
    await world.press(e2e.MODERATOR, question["message"], "Save")


async def test_talks_without_times_are_not_guessed(world: Any, e2e: Any) -> None:
    await world.start_bot()
    assert "Nothing is on right now" in await asked(world, e2e, "now")
    first = await asked(world, e2e, "next")
    assert "no times of their own" in first
    assert "Composable DeSci Flows" in first
    assert "<t:1653379200:R>" in first
    running = await asked(world, e2e, "now", 30)
    assert "Their order is known, but not the minutes" in running
    assert "On now, since" not in running
    assert "5\\. The Decentralized AI Stack" in running
    assert "not the minutes" in await asked(world, e2e, "next")
    over = await asked(world, e2e, "now", 90)
    assert "Nothing is on right now" in over
    assert "ended <t:1653384600:R>" in over
    assert "Nothing more is planned" in await asked(world, e2e, "next")


async def test_talks_with_times_are_right_at_every_minute(world: Any, e2e: Any) -> None:
    await world.start_bot()
    titles = ("composable", "compute over data", "infrastructure for science", "planetary", "ai stack")
    for number, title in enumerate(titles):
        await begin_at(world, e2e, title, f"10:{5 + number * 10:02}")
    assert "No talk has begun yet" in await asked(world, e2e, "now", 4)
    for minute, now, after in (
        (5, "Composable", "Compute over Data"),
        (14, "Composable", "Compute over Data"),
        (15, "Compute over Data", "Infrastructure for Science"),
        (45, "The Decentralized AI Stack", "No further talk"),
        (89, "The Decentralized AI Stack", "No further talk"),
    ):
        shown = await asked(world, e2e, "now", minute)
        assert now in shown.split("**Then**")[0], minute
        assert "On now, since" in shown
        assert after in await asked(world, e2e, "next"), minute
    # One of them loses its time: it may be on, and nobody says that it is.
    present = await world.command(e2e.MODERATOR, "programme talk time", talk="ai stack")
    await world.press(e2e.MODERATOR, present["message"], "Take it away")
    shown = await asked(world, e2e, "now")
    assert "Planetary Regeneration" in shown.split("What follows it")[0]
    assert "may be on already" in shown


async def test_two_sessions_at_once(world: Any, e2e: Any) -> None:
    programme = world.folder / "other.toml"
    programme.write_text(OTHER, "utf-8")
    bot = await world.start_bot()
    await bot.stop()
    importing = await world.start_bot("import", str(programme), ready=False)
    assert await importing.ended() == 0, importing.text
    await world.start_bot()
    both = await asked(world, e2e, "now", 31)
    assert "Another session" in both
    assert "Autonomous Communities" in both
    assert "No talks are announced for it" in both
    only = await asked(world, e2e, "now", 90)
    assert "Autonomous Communities" not in only
    assert "Another session" in only
