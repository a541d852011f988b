"""New sessions: read, kept until they are confirmed, made once, and not too many."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.guilds import GuildConfig
from bot.domain.plans import MOST_CREATED, MOST_OPEN, Plan, Typed
from bot.domain.sessions import Mode, Session, SessionId
from bot.services.changes import Changes
from bot.services.drafts import DraftService
from bot.services.plans import PlanRefusal, PlanService
from bot.store import audit, guilds, plans, reminders, sessions
from bot.store.database import Database

GUILD, ACTOR = 7, Actor(1, "Moderator")
TYPED = Typed("Evening", "tomorrow 20:00", "90m", "Europe/Berlin", "Library, Berlin")


@pytest.fixture
def service(db: Database, clock: Clock) -> PlanService:
    return PlanService(db, clock, Changes())


async def made(service: PlanService, typed: Typed = TYPED, actor: Actor = ACTOR) -> Session:
    draft_id, _ = await service.begin(GUILD, actor.id, Plan(Typed()))
    await service.fill_in(GUILD, actor.id, draft_id, typed)
    return await service.create(GUILD, actor, draft_id, quiet=False)


async def test_from_the_form_to_the_session(service: PlanService, db: Database) -> None:
    draft_id, plan = await service.begin(GUILD, 1, Plan(Typed()))
    assert plan.typed.zone == "UTC"
    read = await service.fill_in(GUILD, 1, draft_id, TYPED)
    assert read.starts_at == datetime(2022, 5, 24, 18, tzinfo=UTC)
    assert read.ends_at == datetime(2022, 5, 24, 19, 30, tzinfo=UTC)
    await service.change(GUILD, 1, draft_id, mode=Mode.IN_PERSON, capacity=12, channel_id=5)
    session = await service.create(GUILD, ACTOR, draft_id, quiet=True)
    assert session == await db.read(sessions.get, GUILD, session.id)
    assert (session.slug, session.venue, session.city) == ("evening", "Library", "Berlin")
    assert (session.mode, session.capacity, session.channel_id, session.quiet) == (Mode.IN_PERSON, 12, 5, True)
    assert await db.read(reminders.history, GUILD, 10, session.id), "its reminders are planned in the same commit"
    assert await service.create(GUILD, ACTOR, draft_id, quiet=True) == session, "a second press makes no second one"
    (change,) = await db.read(audit.page, GUILD, 0)
    assert (change.actor_id, change.session_id) == (1, session.id)
    again, plan = await service.begin(GUILD, 1, Plan(Typed()))
    assert plan.typed.zone == "Europe/Berlin", "the zone used last"
    assert (await made(service)).slug == "evening-2"
    await db.write(guilds.save_config, GuildConfig(GUILD, zone="Asia/Tokyo"))
    assert (await service.begin(GUILD, 1, Plan(Typed())))[1].typed.zone == "Asia/Tokyo"
    assert again != draft_id


async def test_a_draft_is_its_authors_in_its_guild_for_a_quarter_of_an_hour(
    service: PlanService, db: Database, clock: Clock
) -> None:
    draft_id, _ = await service.begin(GUILD, 1, Plan(Typed()))
    for guild_id, user_id in ((GUILD, 2), (8, 1)):
        with pytest.raises(Refusal, match="15 minutes"):
            await service.get(guild_id, user_id, draft_id)
    with pytest.raises(Refusal, match="15 minutes"):
        await DraftService(db, clock).get(GUILD, 1, "edit", draft_id)
    assert await service.get(GUILD, 1, draft_id)
    clock.move(clock.now() + timedelta(minutes=15), 0)
    with pytest.raises(Refusal, match="15 minutes"):
        await service.create(GUILD, ACTOR, draft_id, quiet=False)


async def test_one_person_keeps_few_drafts(db: Database, clock: Clock) -> None:
    service = DraftService(db, clock)
    ids = []
    for number in range(25):
        clock.move(clock.now() + timedelta(seconds=1), 0)
        ids.append(await service.keep(GUILD, 1, "edit", {"number": number}))
    assert await service.get(GUILD, 1, "edit", ids[-1]) == {"number": 24}
    assert await service.get(GUILD, 1, "edit", ids[5]) == {"number": 5}
    with pytest.raises(Refusal):
        await service.get(GUILD, 1, "edit", ids[4])


async def test_all_that_is_wrong_is_said_at_once_and_kept(service: PlanService) -> None:
    draft_id, _ = await service.begin(GUILD, 1, Plan(Typed()))
    wrong = Typed("x" * 101, "yesterday", "forever", "CEST", "y" * 101)
    with pytest.raises(PlanRefusal) as caught:
        await service.fill_in(GUILD, 1, draft_id, wrong)
    for name in ("Title", "Place", "Time zone", "Start"):
        assert f"**{name}" in str(caught.value)
    assert (await service.get(GUILD, 1, draft_id)).typed == wrong
    with pytest.raises(Refusal, match="not read"):
        await service.create(GUILD, ACTOR, draft_id, quiet=False)
    ambiguous = Typed("Evening", "2022-10-30 02:30", "1h", "Europe/Berlin")
    with pytest.raises(PlanRefusal) as caught:
        await service.fill_in(GUILD, 1, draft_id, ambiguous)
    assert [(field, choice.text) for field, choice in caught.value.choices] == [
        ("start", "2022-10-30 02:30 CEST"),
        ("start", "2022-10-30 02:30 CET"),
    ]


async def test_a_start_that_has_passed_before_the_press(service: PlanService, clock: Clock) -> None:
    draft_id, _ = await service.begin(GUILD, 1, Plan(Typed()))
    await service.fill_in(GUILD, 1, draft_id, Typed("Evening", "in 5 minutes", "1h", "UTC"))
    clock.move(clock.now() + timedelta(minutes=6), 0)
    with pytest.raises(Refusal, match="past by now"):
        await service.create(GUILD, ACTOR, draft_id, quiet=False)


async def test_limits_of_a_person_and_a_guild(service: PlanService, db: Database, clock: Clock) -> None:
    first = await made(service)
    for _ in range(MOST_CREATED - 1):
        await made(service)
    await db.write(plans.delete, first)
    with pytest.raises(Refusal, match="at most 20 sessions in 24 hours"):
        await made(service)  # deleting is no way around it
    for number in range(MOST_OPEN - MOST_CREATED + 1):
        await made(service, actor=Actor(2 + number // 15, "Other"))
    with pytest.raises(Refusal, match="at most 50 sessions to come, and here are 50"):
        await made(service, actor=Actor(9, "Other"))
    clock.move(clock.now() + timedelta(hours=25), 0)
    clock.move(clock.now() + timedelta(days=1), 0)
    assert (await made(service)).id


async def test_the_list_has_what_is_to_come_first(service: PlanService, db: Database, clock: Clock) -> None:
    start = datetime(2022, 5, 1, 10, tzinfo=UTC)
    for day in range(31):
        at = start + timedelta(days=day)
        key = SessionId(f"{day:032}")
        await db.write(
            sessions.save, Session(key, GUILD, f"day-{day}", f"Day {day}", at, at + timedelta(hours=1), "UTC")
        )
    pages = [await db.read(plans.listing, GUILD, page, clock.now()) for page in (0, 1, 2, 3, 99, -5)]
    days = [[listed.session.starts_at.day for listed in page.sessions] for page in pages]
    assert days[0] == [24, 25, 26, 27, 28, 29, 30, 31, 23, 22]
    assert days[1][0] == 21
    assert [pages[0].pages, pages[0].total, pages[4].page, pages[5].page] == [4, 31, 3, 0]
    assert sorted(day for page in days[:4] for day in page) == list(range(1, 32))
    assert (await db.read(plans.listing, 8, 0, clock.now())).total == 0
