"""Random faults, crashes and clock jumps: some schedules of the long campaign, shrunk where one fails."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.campaign.schedules import draw
from tests.campaign.stage import Schedule, Step, perform

ABOUT_AN_HOUR = timedelta(minutes=75)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_nothing_is_lost_and_nothing_is_doubled(rng: Random) -> None:
    schedule = draw(rng)
    note("\n".join(map(str, schedule.steps)))
    _judge(schedule)


def test_a_reply_that_was_lost_long_ago() -> None:
    _judge(Schedule(ABOUT_AN_HOUR, (Step(900), Step(0, fault="reply lost"), Step(200, restart=True), Step(600))))


def test_a_crash_before_the_outage() -> None:
    steps = (Step(900, crash="after-accept"), Step(1, down=True), Step(600, down=False), Step(60))
    _judge(Schedule(ABOUT_AN_HOUR, steps))


def test_a_second_copy_that_tries_late() -> None:
    """Its first try is young enough for the nonce, and the other copy's post is not."""
    late = (Step(100, fault="refused 50013"), Step(100, fault="error 503"), Step(61))
    _judge(Schedule(ABOUT_AN_HOUR, (Step(800, copy="run twice"), *late)))


def _judge(schedule: Schedule) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wrong, _ = asyncio.run(perform(schedule, Path(folder)))
    assert not wrong, "\n".join(words for _, words in wrong)
