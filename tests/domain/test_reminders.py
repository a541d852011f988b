from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reminders import ANNOUNCE, START, State, before, key, minutes_before, plan
from bot.domain.sessions import Session, SessionId, Status

NOW = datetime(2022, 5, 23, 7, 59, 20, tzinfo=UTC)
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=1,
    slug="desci-berlin",
    title="DeSci Berlin",
    starts_at=datetime(2022, 5, 24, 8, 0, tzinfo=UTC),
    ends_at=datetime(2022, 5, 24, 9, 30, tzinfo=UTC),
    zone="Europe/Berlin",
)


def test_the_plan_of_a_session_a_day_ahead() -> None:
    planned = {reminder.kind: reminder for reminder in plan(SESSION, NOW)}
    start = SESSION.starts_at
    assert {kind: (reminder.due_at, reminder.deadline_at) for kind, reminder in planned.items()} == {
        ANNOUNCE: (NOW, SESSION.ends_at),
        "before-1440": (start - timedelta(days=1), start - timedelta(hours=18)),
        "before-60": (start - timedelta(hours=1), start - timedelta(minutes=30)),
        "before-10": (start - timedelta(minutes=10), start),
        START: (start, start + timedelta(minutes=10)),
    }
    assert {reminder.state for reminder in planned.values()} == {State.PENDING}


def test_what_is_past_when_it_is_planned_is_skipped_with_a_reason() -> None:
    planned = plan(SESSION, SESSION.starts_at - timedelta(minutes=30))
    assert [(reminder.kind, reminder.state, bool(reminder.reason)) for reminder in planned] == [
        (ANNOUNCE, State.PENDING, False),
        ("before-1440", State.SKIPPED, True),
        ("before-60", State.SKIPPED, True),
        ("before-10", State.PENDING, False),
        (START, State.PENDING, False),
    ]


def test_nothing_is_posted_about_what_is_over_or_cancelled() -> None:
    assert all(reminder.state is State.SKIPPED for reminder in plan(SESSION, SESSION.ends_at))
    assert plan(replace(SESSION, status=Status.CANCELLED), NOW) == []


def test_a_reminder_of_an_older_generation_no_longer_stands() -> None:
    announce, *countdown = plan(SESSION, NOW)
    moved = replace(SESSION, generation=2)
    assert announce.stands_for(moved)
    assert not any(reminder.stands_for(moved) for reminder in countdown)
    assert not announce.stands_for(replace(SESSION, status=Status.CANCELLED))


@given(st.integers(1, 100_000), st.integers(1, 50), st.none() | st.integers(1, 2**63))
def test_keys_fit_into_a_nonce_and_a_custom_id(minutes: int, generation: int, user_id: int | None) -> None:
    made = key(SESSION.id, before(minutes), generation, user_id)
    assert len(made) == 20
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert made == key(SESSION.id, before(minutes), generation, user_id)
    assert made != key(SESSION.id, before(minutes), generation + 1, user_id)
    assert made != key(SESSION.id, before(minutes + 1), generation, user_id)
    assert minutes_before(before(minutes)) == minutes


def test_the_name_of_a_post_is_the_same_in_every_release() -> None:
    # It stands in databases, in channels and in buttons.
    assert key(SESSION.id, "before-60", 1) == "aPPaE5lxHrPPDOkiU_q4"
    assert key(SESSION.id, "moved-up", 7, 900000000000000302) == "n8C6FAVA50FR9IMEWnjx"
