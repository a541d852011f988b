"""The clock is put forward or back, the machine sleeps, or starts in 1970 (row 26)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import clock as bot_clock
from bot.clock import Clock
from bot.delivery.courier import Courier
from bot.delivery.timekeeper import EARLIEST, Timekeeper
from bot.domain.guilds import GuildConfig
from bot.services.changes import Changes
from bot.store import guilds, reminders, sessions
from bot.store.database import Database
from tests.delivery.fake_discord import FakeDiscord, HandClock
from tests.delivery.world import ANNOUNCEMENTS, GUILD, MODERATORS, SESSION
from tests.e2e.conftest import START, World
from tests.faults.acts import cards, reminders_due

SECOND, MINUTES, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=2), timedelta(hours=1), timedelta(days=1)
STEPS = [SECOND, MINUTES, HOUR, DAY, -SECOND, -MINUTES, -HOUR, -DAY, timedelta(hours=3)]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_steps_back_repeat_nothing_and_steps_forward_are_followed_at_once(world: World) -> None:
    bot = await world.start_bot()
    await world.card()
    due = START - DAY
    await reminders_due(world, DAY, 1)
    for step in (-SECOND, -MINUTES, -HOUR, -DAY, SECOND, MINUTES):
        await world.jump(due + step)
        await asyncio.sleep(0.1)
        await world.jump(due + SECOND)
    assert len(await world.reminders()) == 1
    for number, before in enumerate((HOUR, timedelta(minutes=10), timedelta()), 2):
        started = asyncio.get_running_loop().time()
        await reminders_due(world, before, number)
        assert asyncio.get_running_loop().time() - started < 10, "it does not wait for an alarm of the old time"
        await world.jump(START - before - HOUR)
        await asyncio.sleep(0.1)
    assert len(await world.reminders()) == 4
    assert len(await cards(world)) == 1
    assert "The clock was put forward by" in bot.text
    assert "The clock was put back by" in bot.text


async def test_a_start_long_before_everything(world: World) -> None:
    """As of a machine in 1970 whose clock is then put right."""
    await world.jump(datetime(2016, 1, 1, tzinfo=UTC))
    await world.start_bot()
    await world.card()
    await asyncio.sleep(0.2)
    assert await world.reminders() == []
    (text,) = await reminders_due(world, HOUR, 1)
    assert "Starts in 1 hour" in text
    assert len(await cards(world)) == 1


class Machine:
    """The clock of the machine, as it is set; `sleep` is what its monotonic clock does not count."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
        self.offset = now - datetime.now(UTC)
        machine = self

        class Wrong(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override] # always in UTC here
                return datetime.now(UTC) + machine.offset

        monkeypatch.setattr(bot_clock, "datetime", Wrong)


@pytest.mark.parametrize("step", STEPS)
def test_a_jump_of_more_than_half_a_minute_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: timedelta
) -> None:
    machine = Machine(monkeypatch, NOW)
    keeper = Timekeeper(Clock())
    assert keeper.look()
    assert keeper.look()
    assert not caplog.records
    machine.offset += step
    assert keeper.look()
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    if abs(step) <= timedelta(seconds=30):
        assert said == []
    else:
        (line,) = said
        assert ("back" if step < timedelta() else "forward") in line


Life = tuple[Machine, Courier, FakeDiscord]


@pytest.fixture
async def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[datetime], Life]]:
    """A courier by the machine's own clock, with one session whose reminders are planned."""
    db = await Database.open(tmp_path / "life.db")
    await db.write(guilds.save_config, GuildConfig(GUILD, ANNOUNCEMENTS, MODERATORS))
    await db.write(sessions.save, SESSION)
    await db.write(lambda conn: reminders.rearm(conn, SESSION, SESSION.starts_at - timedelta(days=30)))
    couriers: list[Courier] = []

    def begin(now: datetime) -> Life:
        machine, clock = Machine(monkeypatch, now), Clock()
        fake = FakeDiscord(HandClock(now))
        couriers.append(Courier(clock, db, Changes(), fake))
        return machine, couriers[0], fake

    yield begin
    for courier in couriers:
        await courier.idle()
    await db.close()


async def test_nothing_is_scheduled_by_a_clock_that_cannot_be_right(
    life: Callable[[datetime], Life], caplog: pytest.LogCaptureFixture
) -> None:
    machine, courier, fake = life(datetime(2022, 5, 24, 7, 0, tzinfo=UTC))  # when the hour's reminder would be due
    for _ in range(3):
        await courier.scan()
        await courier.idle()
    assert fake.calls == []
    assert courier.scanned_at is None, "the health check sees it, too"
    critical = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert len(critical) == 1
    assert "clock" in critical[0].getMessage()
    machine.offset = EARLIEST + timedelta(days=1) - datetime.now(UTC)
    await courier.scan()
    await courier.idle()
    assert courier.scanned_at is not None
