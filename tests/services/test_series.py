"""Series in a real database: made, changed, announced one after the other, and bounded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.domain.admission import Admission
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.reminders import ANNOUNCE, State, before
from bot.domain.reminders import START as AT_START
from bot.domain.repeats import Act, Along, Effect, Wish, digest
from bot.domain.rsvps import Answer, Press
from bot.domain.series import Scope
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Status, Talk, TalkId
from bot.services.changes import Changes
from bot.services.series import SeriesService
from bot.store import admission, along, audit, reminder_rules, reminders, rsvps, series, sessions
from bot.store.database import Database

GUILD = 7
ACTOR = Actor(1, "Moderator")
START = datetime(2022, 5, 24, 17, 0, tzinfo=UTC)  # a Tuesday, one day after the clock of the tests
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
SPEAKER = Speaker(SpeakerId("5" * 32), "ada", "Ada")
FIRST = Session(
    SessionId("1" * 32),
    GUILD,
    "evening",
    "Evening",
    START,
    START + HOUR,
    "Europe/Berlin",
    talks=(Talk(TalkId("2" * 32), "talk", 1, "Talk", speakers=(SPEAKER,)),),
)


@pytest.fixture
async def service(db: Database, clock: Clock) -> SeriesService:
    await save(db, clock, FIRST)
    return SeriesService(db, clock, Changes())


async def save(db: Database, clock: Clock, session: Session) -> None:
    await db.write(sessions.save, session)
    await db.write(reminders.rearm, session, clock.now())


async def repeated(service: SeriesService, every: str = "week", times: int = 4) -> list[SessionId]:
    rule = await service.rule(FIRST, every, times, None)
    await service.repeat(GUILD, ACTOR, FIRST.id, rule, seen=START, quiet=False)
    members = (await service.of_session(GUILD, FIRST.id)).members
    return [member.session.id for member in members if member.session]


async def done(service: SeriesService, wish: Wish) -> list[tuple[int, Effect]]:
    wanted = await service.change(GUILD, wish)
    applied = await service.apply(GUILD, ACTOR, wish, seen=digest(wanted), quiet=False)
    return [(step.number, step.effect) for step in applied.steps]


async def announcements(db: Database, ids: list[SessionId]) -> list[datetime | None]:
    """When each is to be announced; None where that is not open."""
    found = []
    for session_id in ids:
        rows = await db.read(reminders.history, GUILD, 100, session_id)
        due = [row.due_at for row in rows if row.kind == ANNOUNCE and row.state is State.PENDING]
        found.append(due[0] if due else None)
    return found


async def test_each_is_a_session_of_its_own_at_the_same_hour(service: SeriesService, db: Database) -> None:
    ids = await repeated(service, times=30)
    every = [await db.read(sessions.get, GUILD, session_id) for session_id in ids]
    assert len({session.slug for session in every if session}) == 30
    for number, session in enumerate(every):
        assert session is not None
        berlin_winter = session.starts_at >= datetime(2022, 10, 30, 1, tzinfo=UTC)
        assert session.starts_at == START + WEEK * number + (HOUR if berlin_winter else timedelta())
        assert session.ends_at - session.starts_at == HOUR
        assert bool(session.talks) == (number == 0)
    with pytest.raises(Refusal, match="belongs to a series already"):
        await service.preview(GUILD, ids[3], await service.rule(FIRST, "week", 3, None))


async def test_one_announcement_after_the_other(service: SeriesService, db: Database, clock: Clock) -> None:
    ids = await repeated(service)
    ends = [START + WEEK * number + HOUR for number in range(4)]
    assert await announcements(db, ids) == [clock.now(), *ends[:3]]
    # The second is cancelled: it keeps its place, so that the third is not announced any earlier.
    await done(service, Wish(ids[1], Act.CANCEL, Scope.THIS))
    assert await announcements(db, ids) == [clock.now(), None, ends[1], ends[2]]
    # The first is moved behind all others, by whichever door: the third goes on waiting for the second alone.
    first = replace(FIRST, starts_at=START + 9 * WEEK, ends_at=START + 9 * WEEK + HOUR, generation=2)
    await save(db, clock, first)
    assert (await announcements(db, ids))[2:] == [ends[1], ends[2]]
    third = await db.read(sessions.get, GUILD, ids[3])
    assert third is not None
    await db.write(reminders.announce_again, third, clock.now())
    assert (await announcements(db, ids))[3] == clock.now(), "a moderator may announce it now"
    await db.write(reminders.rearm, third, clock.now())
    assert (await announcements(db, ids))[3] == clock.now()


async def test_cancelling_one_after_the_other_announces_none_early(
    service: SeriesService, db: Database, clock: Clock
) -> None:
    ids = await repeated(service)
    for number in range(3):
        await done(service, Wish(ids[number], Act.CANCEL, Scope.THIS))
        assert clock.now() not in await announcements(db, ids)
    assert await announcements(db, ids) == [None, None, None, START + 2 * WEEK + HOUR]


async def test_moved_skipped_and_cancelled(service: SeriesService, db: Database, clock: Clock) -> None:
    ids = await repeated(service)
    to = START + WEEK + 24 * HOUR
    moved = await done(service, Wish(ids[1], Act.MOVE, Scope.FOLLOWING, to))
    assert moved == [(number, Effect.MOVED) for number in (2, 3, 4)]
    session = await db.read(sessions.get, GUILD, ids[3])
    assert session is not None
    assert (session.starts_at, session.generation) == (START + 3 * WEEK + 24 * HOUR, 2)
    assert not any(member.moved for member in (await service.of_session(GUILD, FIRST.id)).members)

    press = Press(1, 50, "Member 1", Answer.ONLINE)
    await db.write(rsvps.apply, GUILD, ids[2], [press], clock.now())
    skipped = await done(service, Wish(ids[1], Act.SKIP, Scope.FOLLOWING))
    assert skipped == [(2, Effect.REMOVED), (3, Effect.CANCELLED), (4, Effect.REMOVED)]
    assert [await db.read(sessions.get, GUILD, session_id) is None for session_id in ids] == [False, True, False, True]
    third = await db.read(sessions.get, GUILD, ids[2])
    assert third is not None
    assert third.status is Status.CANCELLED
    told = [row for row in await db.read(reminders.history, GUILD, 100, ids[2]) if row.user_id == 50]
    assert len(told) == 1
    fates = [member.session and member.session.status for member in (await service.of_session(GUILD, ids[2])).members]
    assert fates == [Status.SCHEDULED, None, Status.CANCELLED, None]
    noted = [change.what for change in await db.read(audit.page, GUILD, 0)]
    assert noted.count("skipped the session") == 2
    assert noted[-1] == "made a series of 4 sessions of"


async def test_what_was_shown_is_what_is_done(service: SeriesService, db: Database, clock: Clock) -> None:
    ids = await repeated(service)
    wish = Wish(ids[1], Act.CANCEL, Scope.FOLLOWING)
    seen = digest(await service.change(GUILD, wish))
    await done(service, Wish(ids[2], Act.SKIP, Scope.THIS))
    with pytest.raises(Refusal, match="was changed"):
        await service.apply(GUILD, ACTOR, wish, seen=seen, quiet=False)
    late = Wish(ids[3], Act.MOVE, Scope.THIS, clock.now() + HOUR)
    seen = digest(await service.change(GUILD, late))
    clock.move(clock.now() + 2 * HOUR, 0)
    with pytest.raises(Refusal, match="passed meanwhile"):
        await service.apply(GUILD, ACTOR, late, seen=seen, quiet=False)
    rule = await service.rule(FIRST, "week", 3, None)
    with pytest.raises(Refusal, match="belongs to a series"):
        await service.repeat(GUILD, ACTOR, FIRST.id, rule, seen=START, quiet=False)


async def test_nobody_reaches_into_another_guild(service: SeriesService) -> None:
    ids = await repeated(service)
    rule = await service.rule(FIRST, "week", 3, None)
    with pytest.raises(Refusal):
        await service.preview(8, FIRST.id, rule)
    with pytest.raises(Refusal):
        await service.of_session(8, FIRST.id)
    wish = Wish(ids[1], Act.CANCEL, Scope.THIS)
    seen = digest(await service.change(GUILD, wish))
    with pytest.raises(Refusal):
        await service.apply(8, ACTOR, wish, seen=seen, quiet=False)
    with pytest.raises(Refusal):
        await service.copy(8, ACTOR, FIRST.id, START + WEEK, talks=True, quiet=False)


async def test_rules_as_they_are_asked_for(service: SeriesService) -> None:
    until = await service.rule(FIRST, "second_week", None, "31 august 2022")
    assert len((await service.preview(GUILD, FIRST.id, until)).occurrences) == 8
    last = replace(FIRST, starts_at=START + WEEK)  # 31 May 2022, the last Tuesday and a fifth one
    assert (await service.rule(last, "month_last", 3, None)).nth == -1
    with pytest.raises(Refusal, match="fifth Tuesday"):
        await service.rule(last, "month", 3, None)
    for words in ("soon", "30 february 2023", "01/02/2023", "ü", "x" * 101, "8pm"):
        with pytest.raises(Refusal):
            await service.rule(FIRST, "week", None, words)
    with pytest.raises(Refusal, match="at most 50 sessions to come"):
        await service.preview(GUILD, FIRST.id, await service.rule(FIRST, "week", 51, None))
    with pytest.raises(Refusal, match="let the series end later"):
        await service.preview(GUILD, FIRST.id, await service.rule(FIRST, "week", None, "25 may 2022"))


async def test_a_copy_with_its_talks(service: SeriesService, db: Database, clock: Clock) -> None:
    made = await service.copy(GUILD, ACTOR, FIRST.id, START + WEEK, talks=True, quiet=False)
    stored = await db.read(sessions.get, GUILD, made.id)
    assert stored is not None
    assert stored.talks[0].id != FIRST.talks[0].id
    assert stored.talks[0].speakers == (SPEAKER,)
    assert made.slug == "evening-2022-05-31"
    assert (await announcements(db, [made.id])) == [clock.now()]
    with pytest.raises(Refusal, match="at that time already"):
        await service.copy(GUILD, ACTOR, FIRST.id, START + WEEK, talks=True, quiet=False)
    with pytest.raises(Refusal, match="passed"):
        await service.copy(GUILD, ACTOR, FIRST.id, clock.now(), talks=False, quiet=False)


GATE = Admission(only_role_id=3, offer_minutes=30, lend_role_id=4, lend_minutes=60)


@pytest.fixture
async def gated(service: SeriesService, db: Database, clock: Clock) -> SeriesService:
    """A session for one role alone, closed by now, with reminders of its own."""
    await db.write(admission.save, FIRST.id, replace(GATE, closed=True, deadline_at=START - HOUR))
    await db.write(reminder_rules.choose, FIRST.id, (120, 5))
    await db.write(reminders.rearm, FIRST, clock.now())
    return service


@pytest.mark.parametrize(("may_lend", "lent"), [(4, (4, 60)), (None, (None, None)), (5, (None, None))])
async def test_the_gate_and_the_reminders_come_along(
    gated: SeriesService, db: Database, may_lend: int | None, lent: tuple[int | None, int | None]
) -> None:
    rule = await gated.rule(FIRST, "week", 3, None)
    await gated.repeat(GUILD, ACTOR, FIRST.id, rule, seen=START, quiet=False, may_lend=may_lend)
    members = (await gated.of_session(GUILD, FIRST.id)).members
    copied = await gated.copy(GUILD, ACTOR, FIRST.id, START + 10 * WEEK, talks=False, quiet=False, may_lend=may_lend)
    new = [member.session.id for member in members[1:] if member.session]
    for session_id in (*new, copied.id):
        expected = replace(GATE, lend_role_id=lent[0], lend_minutes=lent[1])
        assert await db.read(admission.get, session_id) == expected, "without what belongs to one evening"
        assert await db.read(reminder_rules.own, session_id) == (120, 5)
        kinds = {row.kind for row in await db.read(reminders.history, GUILD, 100, session_id)}
        assert kinds == {ANNOUNCE, before(120), before(5), AT_START}
    assert (await db.read(admission.get, FIRST.id)).closed, "the first stays as it was"


async def test_without_any_choice_nothing_comes_along(service: SeriesService, db: Database) -> None:
    copied = await service.copy(GUILD, ACTOR, FIRST.id, START + WEEK, talks=False, quiet=False)
    assert await db.read(along.get, copied.id) == Along()


async def test_deleting_one_leaves_the_others(service: SeriesService, db: Database) -> None:
    ids = await repeated(service)
    await db.write(lambda conn: conn.execute("DELETE FROM session WHERE id = ?", (ids[1],)).rowcount)
    found = await db.read(series.of_session, GUILD, ids[2])
    assert found is not None
    assert [member.planned.number for member in found.members] == [1, 3, 4]
