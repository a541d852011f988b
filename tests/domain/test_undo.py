"""Which changes may be taken back, and why others may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.audit import Change, difference
from bot.domain.errors import Refusal
from bot.domain.sessions import Mode, Session, SessionId, Status, Talk, TalkId
from bot.domain.undo import Effects, may_be_undone, undone

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
SESSION = Session(
    id=SessionId("a" * 32),
    guild_id=100,
    slug="first",
    title="First",
    starts_at=START,
    ends_at=START + timedelta(hours=2),
    zone="Europe/Berlin",
    capacity=10,
    venue="Hall",
)


def change(old: Session, new: Session) -> Change:
    before, after = difference(old, new)
    return Change(7, START, 1, "Moderator", "changed the session", True, old.id, before=before, after=after)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Second", "venue": None},
        {"stream_url": "https://example.org/x", "recorded": True},
        {"theme": "A long theme", "foreword": "Words"},
        {"capacity": 40},
        {"capacity": None},
        {"capacity": 5},
        {"starts_at": START + timedelta(hours=1), "ends_at": START + timedelta(hours=3), "zone": "Asia/Tokyo"},
    ],
)
def test_what_is_safe_becomes_as_it_was(fields: dict[str, Any]) -> None:
    new = replace(SESSION, **fields)
    made = change(SESSION, new)
    assert may_be_undone(made)
    assert undone(new, made, Effects()) == SESSION


def test_what_was_changed_since_stays() -> None:
    new = replace(SESSION, title="Second", venue="Room")
    made = change(SESSION, new)
    with pytest.raises(Refusal, match="changed again since"):
        undone(replace(new, venue="Garden"), made, Effects())
    later = replace(new, theme="Something else")
    assert undone(later, made, Effects()) == replace(SESSION, theme="Something else")


def test_a_time_that_people_know_stays() -> None:
    new = replace(SESSION, starts_at=START + timedelta(hours=1))
    with pytest.raises(Refusal, match="announced already"):
        undone(new, change(SESSION, new), Effects(announced=True))


def test_nobody_loses_a_seat() -> None:
    new = replace(SESSION, capacity=40)
    assert undone(new, change(SESSION, new), Effects(seated=10)).capacity == 10
    with pytest.raises(Refusal, match="11 people have a seat"):
        undone(new, change(SESSION, new), Effects(seated=11))


@pytest.mark.parametrize(
    "new",
    [
        replace(SESSION, status=Status.CANCELLED),
        replace(SESSION, mode=Mode.ONLINE),
        replace(SESSION, title="Second", talks=(Talk(TalkId("b" * 32), "t", 1, "Talk"),)),
        replace(SESSION, channel_id=5),
    ],
)
def test_what_has_more_effects_is_not_taken_back(new: Session) -> None:
    made = change(SESSION, new)
    assert not may_be_undone(made)
    with pytest.raises(Refusal, match="cannot be taken back"):
        undone(new, made, Effects())


def test_fields_of_other_things_are_never_written_to_a_session() -> None:
    of_talk = replace(change(SESSION, replace(SESSION, title="Second")), of_session=False)
    assert not may_be_undone(of_talk)
    with pytest.raises(Refusal, match="cannot be taken back"):
        undone(replace(SESSION, title="Second"), of_talk, Effects())


def test_a_change_is_taken_back_once_and_that_can_be_taken_back() -> None:
    new = replace(SESSION, title="Second")
    with pytest.raises(Refusal, match="by change #8"):
        undone(new, replace(change(SESSION, new), undone_by=8), Effects())
    assert undone(SESSION, change(new, SESSION), Effects()) == new
