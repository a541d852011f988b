"""Scenes of a rehearsal: in order, in time, and not for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.errors import Refusal
from bot.domain.rehearsal import LONGEST, SHORTEST_WAIT, Speed, scenes, seconds
from bot.domain.sessions import Session, SessionId, Status

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
SESSION = Session(
    id=SessionId("a" * 32),
    guild_id=100,
    slug="first",
    title="First",
    starts_at=START,
    ends_at=START + timedelta(minutes=90),
    zone="Europe/Berlin",
)
OFFSETS = (10, 1440, 60)


def test_the_card_comes_first_and_ends_it() -> None:
    played = scenes(SESSION, OFFSETS, Speed.FIVE_MINUTES)
    kinds = [scene.reminder.kind if scene.reminder else "card" for scene in played]
    assert kinds == ["card", "before-1440", "before-60", "before-10", "start", "card"]
    assert [scene.changes_card for scene in played] == [True, False, False, False, True, True]
    assert [scene.at for scene in played] == sorted(scene.at for scene in played)
    assert played[-1].at == SESSION.ends_at


@pytest.mark.parametrize("speed", list(Speed))
def test_posts_never_come_faster_than_discord_takes_them(speed: Speed) -> None:
    played = scenes(SESSION, OFFSETS, speed)
    assert min(scene.after for scene in played) >= SHORTEST_WAIT
    assert seconds(played) <= LONGEST


def test_the_speed_is_kept() -> None:
    played = scenes(SESSION, OFFSETS, Speed.X600)
    assert played[2].after == pytest.approx(23 * 3600 / 600)
    within = seconds(scenes(SESSION, OFFSETS, Speed.FIVE_MINUTES))
    assert within == pytest.approx(300, abs=6 * SHORTEST_WAIT)


def test_what_takes_too_long_is_refused_with_a_way_out() -> None:
    with pytest.raises(Refusal, match="choose a faster one"):
        scenes(SESSION, (30 * 1440,), Speed.X60)
    assert seconds(scenes(SESSION, (30 * 1440,), Speed.X3600)) < LONGEST


def test_a_cancelled_session_has_nothing_to_play() -> None:
    with pytest.raises(Refusal, match="cancelled"):
        scenes(replace(SESSION, status=Status.CANCELLED), OFFSETS, Speed.BRISK)


def test_without_reminders_there_is_still_the_start() -> None:
    assert [scene.reminder and scene.reminder.kind for scene in scenes(SESSION, (), Speed.BRISK)] == [
        None,
        "start",
        None,
    ]
