"""Limits of native events and of threads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.rules import check_scheduled_event, check_thread
from tests.sandbox.refusals import places, refused

NOW = datetime(2022, 5, 22, 8, 0, tzinfo=UTC)
Part = dict[str, Any]


def at(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def external(**parts: Any) -> Part:
    return {
        "name": "DeSci Berlin",
        "privacy_level": 2,
        "entity_type": 3,
        "channel_id": None,
        "entity_metadata": {"location": "Berlin"},
        "scheduled_start_time": at(24),
        "scheduled_end_time": at(26),
    } | parts


def stored(status: int = 1, **parts: Any) -> Part:
    return external(id="5", status=status, guild_id="1", **parts)


def made(body: Part, open_count: int = 0) -> dict[str, list[str]]:
    return places(check_scheduled_event, body, None, NOW, open_count)


def changed(body: Part, before: Part) -> dict[str, list[str]]:
    return places(check_scheduled_event, body, before, NOW, 100)


@pytest.mark.parametrize(
    ("place", "limit", "build"),
    [
        ("name", 100, lambda text: external(name=text)),
        ("description", 1000, lambda text: external(description=text)),
        ("entity_metadata.location", 100, lambda text: external(entity_metadata={"location": text})),
    ],
)
def test_text_limits(place: str, limit: int, build: Any) -> None:
    assert made(build("x" * limit)) == {}
    assert list(made(build("x" * (limit + 1)))) == [place]


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"name": ""}, "name"),
        ({"privacy_level": 1}, "privacy_level"),
        ({"scheduled_start_time": at(0)}, "scheduled_start_time"),
        ({"scheduled_start_time": at(-1)}, "scheduled_start_time"),
        ({"scheduled_start_time": "soon"}, "scheduled_start_time"),
        ({"scheduled_end_time": None}, "scheduled_end_time"),
        ({"scheduled_end_time": at(24)}, "scheduled_end_time"),
        ({"entity_metadata": None}, "entity_metadata"),
        ({"entity_metadata": {}}, "entity_metadata.location"),
        ({"channel_id": "5"}, "channel_id"),
        ({"entity_type": 4}, "entity_type"),
        ({"entity_type": 2, "entity_metadata": None}, "channel_id"),
        ({"entity_type": 2, "channel_id": "5"}, "entity_metadata"),
        (
            {"recurrence_rule": {"start": at(24), "frequency": 2, "interval": 3, "by_weekday": [0]}},
            "recurrence_rule.interval",
        ),
        ({"recurrence_rule": {"start": at(24), "frequency": 2, "interval": 1}}, "recurrence_rule.by_weekday"),
        (
            {"recurrence_rule": {"start": at(24), "frequency": 2, "interval": 1, "by_weekday": [0], "count": 5}},
            "recurrence_rule.count",
        ),
    ],
)
def test_what_is_refused(parts: Part, place: str) -> None:
    assert list(made(external(**parts))) == [place]


def test_kinds_and_offsets_that_discord_takes() -> None:
    assert (
        made(external(scheduled_start_time="2022-05-23T10:00:00+02:00", scheduled_end_time="2022-05-23T09:30Z")) == {}
    )
    assert made(external(entity_type=2, channel_id="5", entity_metadata=None, scheduled_end_time=None)) == {}
    assert made(external(recurrence_rule={"start": at(24), "frequency": 2, "interval": 2, "by_weekday": [0]})) == {}


def test_a_guild_has_100_open_events() -> None:
    assert made(external(), open_count=99) == {}
    refusal = refused(check_scheduled_event, external(), None, NOW, 100)
    assert (refusal.status, refusal.code) == (400, 30038)
    assert list(made(external(name=""), open_count=100)) == ["name"]


@pytest.mark.parametrize("status", [1, 2, 3, 4])
def test_transitions(status: int) -> None:
    allowed = {1: {1, 2, 4}, 2: {2, 3}}.get(status)
    if allowed is None:
        refusal = refused(check_scheduled_event, {"name": "n"}, stored(status), NOW, 0)
        assert (refusal.status, refusal.code) == (400, 180000)
        return
    taken = {after for after in (1, 2, 3, 4) if not changed({"status": after}, stored(status))}
    assert taken == allowed


def test_a_change_is_checked_together_with_what_stays() -> None:
    assert changed({"description": "d"}, stored()) == {}
    assert list(changed({"scheduled_end_time": at(23)}, stored())) == ["scheduled_end_time"]
    assert set(changed({"entity_type": 2}, stored())) == {"channel_id", "entity_metadata"}
    voice = {"entity_type": 2, "channel_id": "5", "entity_metadata": None}
    assert changed(voice, stored()) == {}


def test_a_running_event_may_keep_its_start_but_not_move_it_into_the_past() -> None:
    running = stored(2, scheduled_start_time=at(-1))
    assert changed({"name": "n"}, running) == {}
    assert changed({"scheduled_start_time": at(-1), "name": "n"}, running) == {}
    assert list(changed({"scheduled_start_time": at(-2)}, running)) == ["scheduled_start_time"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"name": "x" * 100, "auto_archive_duration": 10080, "rate_limit_per_user": 21600, "type": 11}, []),
        ({"name": "x", "auto_archive_duration": None}, []),
        ({"name": "x" * 101}, ["name"]),
        ({"name": "  "}, ["name"]),
        ({}, ["name"]),
        ({"name": "x", "auto_archive_duration": 61}, ["auto_archive_duration"]),
        ({"name": "x", "rate_limit_per_user": 21601}, ["rate_limit_per_user"]),
        ({"name": "x", "type": 0}, ["type"]),
    ],
)
def test_threads(body: Part, wrong: list[str]) -> None:
    assert list(places(check_thread, body)) == wrong
