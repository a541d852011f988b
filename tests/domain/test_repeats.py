"""What a change of a series does to each session, and what a copy of a session takes along."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.repeats import Act, Effect, Member, Series, SeriesId, Wish, announce_at, change, copy_of
from bot.domain.series import Every, Rule, Scope, occurrences
from bot.domain.sessions import MessageRef, Mode, Session, SessionId, Status, Talk, TalkId
from bot.domain.zones import find_zone

NOW = datetime(2027, 3, 1, tzinfo=UTC)
ZONE = "Europe/Berlin"
FIRST = datetime(2027, 3, 9, 19, 0)  # noqa: DTZ001 - what the clocks on the wall show; a Tuesday, before summer time
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def session(number: int, starts_at: datetime, status: Status = Status.SCHEDULED) -> Session:
    return Session(
        SessionId(f"{number:032}"), 1, f"s-{number}", "Tuesdays", starts_at, starts_at + HOUR, ZONE, status=status
    )


def made(times: int = 6, rule: Rule | None = None) -> Series:
    rule = rule or Rule(Every.WEEK, times)
    members = tuple(Member(each, session(each.number, each.starts_at)) for each in occurrences(rule, FIRST, ZONE))
    return Series(SeriesId("f" * 32), 1, ZONE, rule, FIRST.date(), members)


def with_member(series: Series, number: int, **fields: object) -> Series:
    members = [replace(each, **fields) if each.planned.number == number else each for each in series.members]  # type: ignore[arg-type] # the test's own words
    return replace(series, members=tuple(members))


def wish(number: int, act: Act, scope: Scope = Scope.THIS, to: datetime | None = None) -> Wish:
    return Wish(SessionId(f"{number:032}"), act, scope, to)


def local(moment: datetime) -> datetime:
    return moment.astimezone(find_zone(ZONE)).replace(tzinfo=None)


@given(st.integers(1, 6), st.integers(-3 * 24 * 60, 30 * 24 * 60))
def test_all_that_follow_keep_the_new_time_on_the_wall(number: int, minutes: int) -> None:
    series = made()
    chosen = series.members[number - 1].planned
    to = chosen.starts_at + timedelta(minutes=minutes)
    if to == chosen.starts_at or not 3 <= local(to).hour <= 23:  # at night there may be no such time every week
        return
    done = change(series, wish(number, Act.MOVE, Scope.FOLLOWING, to), NOW)
    assert [step.number for step in done.steps] == list(range(number, 7))
    assert {local(step.starts_at).time() for step in done.steps} == {local(to).time()}
    gaps = {local(step.starts_at) - local(to) for step in done.steps}
    assert gaps == {WEEK * weeks for weeks in range(len(done.steps))}
    assert [each.starts_at for each in done.planned[: number - 1]] == [
        member.planned.starts_at for member in series.members[: number - 1]
    ]


def test_one_that_is_moved_takes_nobody_along() -> None:
    to = datetime(2027, 3, 17, 18, 0, tzinfo=UTC)
    done = change(made(), wish(2, Act.MOVE, to=to), NOW)
    assert [(step.number, step.starts_at) for step in done.steps] == [(2, to)]
    assert done.planned == ()


def test_what_was_moved_for_itself_cancelled_or_skipped_stays() -> None:
    series = made()
    own = session(3, datetime(2027, 3, 25, 12, 0, tzinfo=UTC))
    series = with_member(series, 3, session=own)
    off = series.members[3].session
    assert isinstance(off, Session)
    series = with_member(series, 4, session=replace(off, status=Status.CANCELLED))
    series = with_member(series, 5, session=None)
    to = series.members[1].planned.starts_at + 24 * HOUR
    done = change(series, wish(2, Act.MOVE, Scope.FOLLOWING, to), NOW)
    assert [step.number for step in done.steps] == [2, 6]
    cancelled = change(series, wish(2, Act.CANCEL, Scope.FOLLOWING), NOW)
    assert [step.number for step in cancelled.steps] == [2, 3, 6]


def test_the_one_that_was_late_does_not_make_all_others_early() -> None:
    series = made()
    planned = series.members[1].planned.starts_at
    series = with_member(series, 2, session=session(2, planned + timedelta(minutes=10)))
    done = change(series, wish(2, Act.MOVE, Scope.FOLLOWING, planned + HOUR), NOW)
    assert {local(step.starts_at).hour for step in done.steps} == {20}
    assert {local(step.starts_at).minute for step in done.steps} == {0}


def test_to_skip_what_people_know_of_is_to_cancel_it() -> None:
    series = with_member(made(), 1, announced=True)
    done = change(series, wish(1, Act.SKIP, Scope.FOLLOWING), NOW)
    assert [step.effect for step in done.steps] == [Effect.CANCELLED] + [Effect.REMOVED] * 5


def test_a_time_that_does_not_exist_is_shifted_and_said() -> None:
    series = made(rule=Rule(Every.WEEK, 3))
    # Sunday 21 March at half past two; a week later, clocks go from two to three.
    to = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)
    done = change(series, wish(2, Act.MOVE, Scope.FOLLOWING, to), NOW)
    assert done.steps[0].note is None
    assert "does not exist" in (done.steps[1].note or "")


@pytest.mark.parametrize(
    ("act", "now", "words"),
    [
        (Act.MOVE, FIRST.replace(tzinfo=UTC) + 2 * HOUR, "over"),
        (Act.SKIP, FIRST.replace(tzinfo=UTC) - HOUR / 2, "too late to skip"),
        (Act.MOVE, FIRST.replace(tzinfo=UTC) - HOUR / 2, "too late to move"),
        (Act.CANCEL, FIRST.replace(tzinfo=UTC) + 2 * HOUR, "over"),
    ],
)
def test_what_has_begun_stays(act: Act, now: datetime, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        change(made(), wish(1, act, to=FIRST.replace(tzinfo=UTC) + WEEK), now)


def test_nothing_to_do_is_said() -> None:
    series = made()
    same = series.members[1].planned.starts_at
    for scope in Scope:
        with pytest.raises(Refusal, match="nothing would change"):
            change(series, wish(2, Act.MOVE, scope, same), NOW)


def test_announced_one_after_the_other() -> None:
    start = NOW + 30 * timedelta(days=1)
    assert announce_at(start, None, NOW) == NOW
    assert announce_at(start, NOW + WEEK, NOW) == NOW + WEEK
    assert announce_at(start, start + WEEK, NOW) == start - timedelta(days=6)
    assert announce_at(start, NOW - WEEK, NOW) == NOW


# Every field of a session is in one of these: whoever adds one decides whether a copy takes it along.
TAKEN = {
    *("guild_id", "title", "zone", "mode", "theme", "foreword", "venue", "city", "organizers", "links", "streamed"),
    *("recorded", "capacity", "channel_id"),
}
OWN = {
    *("id", "slug", "starts_at", "ends_at", "status", "stream_url", "recording_url", "generation", "card", "talks"),
    *("cancel_reason", "quiet"),
}


def test_a_copy_takes_along_what_is_so_every_time() -> None:
    assert {field.name for field in fields(Session)} == TAKEN | OWN
    start = datetime(2027, 5, 1, 10, tzinfo=UTC)
    talk = Talk(TalkId("t" * 32), "talk", 1, "Talk", starts_at=start + HOUR / 2, slides_url="https://e.org/s")
    template = replace(
        session(1, start, Status.CANCELLED),
        mode=Mode.ONLINE,
        stream_url="https://e.org/live",
        recording_url="https://e.org/tape",
        cancel_reason="Rain",
        card=MessageRef(1, 2),
        generation=4,
        talks=(talk,),
    )
    ids = (f"{number:032}" for number in count(10))
    plain = copy_of(template, "new", start + WEEK, lambda: next(ids), quiet=True)
    for name in TAKEN:
        assert getattr(plain, name) == getattr(template, name), name
    assert (plain.starts_at, plain.ends_at) == (start + WEEK, start + WEEK + HOUR)
    assert (plain.status, plain.stream_url, plain.recording_url, plain.cancel_reason, plain.card) == (
        *(Status.SCHEDULED, None, None, None, None),
    )
    assert (plain.generation, plain.talks, plain.slug, plain.quiet) == (1, (), "new", True)
    (copied,) = copy_of(template, "new", start + WEEK, lambda: next(ids), quiet=False, talks=True).talks
    assert copied.id != talk.id
    assert (copied.slug, copied.starts_at, copied.slides_url) == ("talk", start + WEEK + HOUR / 2, None)
