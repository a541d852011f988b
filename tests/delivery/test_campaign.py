"""Random faults, crashes and clock jumps: nothing is lost before its deadline, nothing is posted twice."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.delivery.lookback import PAGES
from bot.delivery.sender import PAGE, Limited, Refused, Unsure
from bot.domain.reminders import MOVED_UP, Reminder, State
from bot.store import reminders
from bot.store.database import Database
from bot.ui.reminders import marker, name
from tests.delivery.fake_discord import Lost
from tests.delivery.world import ANNOUNCEMENTS, GUILD, START, World

REACH = 2 * PAGES * PAGE - 20  # of a look back; what is buried deeper is not found, and we do not say it is
BEGIN = START - timedelta(minutes=75)
FAULTS: dict[str, Callable[[], Exception]] = {
    "reply lost": Lost,
    "error 503": lambda: Unsure("error 503"),
    "rate limit": lambda: Limited(40),
    "refused": lambda: Refused(50013, "I may not post in the channel"),
}


class Step(NamedTuple):
    """What happens, then how long until the next look: real seconds, and what the bot's clock does in them."""

    seconds: int
    jump: int = 0
    fault: str | None = None
    crash: str | None = None
    restart: bool = False
    down: bool | None = None
    chatter: int = 0


STEPS = st.builds(
    Step,
    seconds=st.sampled_from([0, 1, 3, 6, 20, 61, 100, 200, 600]),
    jump=st.sampled_from([0, 0, 0, 0, 130, 1200, -60, -1800]),
    fault=st.none() | st.sampled_from(sorted(FAULTS)),
    crash=st.none() | st.sampled_from(["after-claim", "before-send", "after-accept", "before-mark"]),
    restart=st.booleans(),
    down=st.none() | st.booleans(),
    chatter=st.sampled_from([0, 0, 30, 260]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=3, max_size=15))
@example([Step(900), Step(0, fault="reply lost"), Step(200, restart=True), Step(600)])
@example([Step(900, crash="after-accept"), Step(1, down=True), Step(600, down=False), Step(60)])
def test_nothing_is_lost_and_nothing_is_doubled(steps: list[Step]) -> None:
    asyncio.run(_campaign(steps))


async def _campaign(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "campaign.db")
        world = World(db, BEGIN)
        try:
            await world.begin()
            latest = world.clock.now()
            for step in steps:
                await _play(world, step)
                latest = max(latest, world.clock.now())
            await _settle(world, latest)
        finally:
            await world.end()
            await db.close()


async def _play(world: World, step: Step) -> None:
    if step.restart or world.killed:
        world.restart()
    if step.fault is not None:
        world.discord.faults.append(FAULTS[step.fault]())
    if step.down is not None:
        world.discord.down = step.down
    world.crash_at = step.crash
    if len(world.discord.messages.get(ANNOUNCEMENTS, [])) + step.chatter < REACH:
        world.discord.chatter(ANNOUNCEMENTS, step.chatter)
    world.clock.real += step.seconds
    world.clock.move(world.clock.now() + timedelta(seconds=step.seconds + step.jump), 0)
    await world.step()
    _nothing_doubled(world)


async def _settle(world: World, latest: datetime) -> None:
    """From here on Discord can be reached: what is still in time must be posted.

    `latest` is the furthest the clock has been: what was past its deadline then may have been given up, even if the
    clock went back afterwards; its moderators must have been told all the same.
    """
    world.restart()
    world.discord.faults.clear()
    world.discord.down = False
    reachable_since = world.clock.now()
    before = {row.key: row for row in await _rows(world)}
    for _ in range(12):
        await world.wait(20)
    while world.clock.now() < START + timedelta(hours=2):
        await world.wait(60)
    _nothing_doubled(world)
    rows = await _rows(world)
    for row in rows:
        _accounted_for(world, row, rows, before[row.key], max(reachable_since, latest))


async def _rows(world: World) -> list[Reminder]:
    return await world.db.read(reminders.history, GUILD, 100)


def _nothing_doubled(world: World) -> None:
    counts = Counter(
        ":".join(message.custom_ids[0].split(":")[:2])
        for message in world.discord.posts(ANNOUNCEMENTS)
        if message.custom_ids
    )
    assert set(counts.values()) <= {1}, counts


def _accounted_for(
    world: World, row: Reminder, rows: list[Reminder], before: Reminder, reachable_since: datetime
) -> None:
    posted = world.discord.posts(ANNOUNCEMENTS, marker(row))
    assert row.kind != MOVED_UP
    if row.state is State.SENT:
        (post,) = posted
        assert post.id == row.message_id
        assert post.at is not None
        assert post.at < row.deadline_at  # (a try begun before the clock went back may be ahead of its moment)
        return
    assert row.state in {State.SKIPPED, State.FAILED}
    assert row.reason
    assert not posted, "it stands, and the row does not know"
    newer = [other for other in rows if other.counts_down and row.counts_down and other.due_at > row.due_at]
    overtaken = any(other.state is State.SENT or other.deadline_at > reachable_since for other in newer)
    overtaken |= "was due as well" in row.reason and any(name(other.kind) in row.reason for other in newer)
    if before.state in {State.PENDING, State.CLAIMED} and reachable_since + timedelta(minutes=4) < row.deadline_at:
        assert overtaken, f"{row.kind} was lost: {row.reason}"
    told = any(name(row.kind) in text for text in world.told())
    planned_late = before.state is State.SKIPPED and before.tries == 0
    assert told or overtaken or planned_late
