"""Finding sessions, speakers and talks by what people type, never beyond their guild."""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.guilds import GuildConfig
from bot.domain.lookup import Appearance, Several, SpeakerPage, nearest, quoted
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Status, Talk, TalkId
from bot.services.lookup import LookupService
from bot.store import guilds, search, sessions
from bot.store.database import Database

GUILD, ELSEWHERE = 1, 2
NOON = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)  # the clock fixture stands still here
DAY = timedelta(days=1)

PEOPLE = (
    ("Trent McConaghy", "Ocean Protocol", "Composable DeSci Flows Via Token-Wrapped Data & Algorithms"),
    ("David Aronchik", "Protocol Labs", "Compute over Data"),
    ("Rafaël Kaufmann", "Digital Gaia", "Decentralized AI for Planetary Regeneration"),
    ("Ann Protocol", "100%_sure!", "The Decentralized AI Stack"),
)


def talks_of(people: tuple[tuple[str, str, str], ...]) -> tuple[Talk, ...]:
    return tuple(
        Talk(
            id=TalkId(uuid4().hex),
            slug=f"talk-{number}",
            position=number,
            title=title,
            speakers=(Speaker(SpeakerId(uuid4().hex), f"{name}-{uuid4().hex}", name, affiliation),),
        )
        for number, (name, affiliation, title) in enumerate(people, 1)
    )


def a_session(slug: str, starts_at: datetime = NOON + DAY, **parts: Any) -> Session:
    values: dict[str, Any] = {"guild_id": GUILD, "title": "DeSci Berlin", "talks": talks_of(PEOPLE)} | parts
    return Session(
        id=SessionId(uuid4().hex),
        slug=slug,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        zone="Europe/Berlin",
        **values,
    )


@pytest.fixture
def lookup(db: Database, clock: Clock) -> LookupService:
    return LookupService(db, clock)


@pytest.fixture
async def first(db: Database) -> Session:
    session = a_session("first")
    await db.write(sessions.save, session)
    return session


async def names(lookup: LookupService, text: str) -> list[str]:
    return [name for name, _ in await lookup.speaker_choices(GUILD, text)]


async def test_speakers_by_name_and_affiliation_without_accents_and_case(lookup: LookupService, first: Session) -> None:
    assert await names(lookup, "RAFAEL") == ["Rafaël Kaufmann (Digital Gaia)"]
    assert await names(lookup, "gaia") == ["Rafaël Kaufmann (Digital Gaia)"]
    assert await names(lookup, "kauf raf") == ["Rafaël Kaufmann (Digital Gaia)"]
    assert await names(lookup, "nobody") == []
    assert await names(lookup, " ") == [f"{name} ({affiliation})" for name, affiliation, _ in PEOPLE]


async def test_a_beginning_comes_before_a_word_before_the_inside_of_one(lookup: LookupService, first: Session) -> None:
    assert await names(lookup, "a") == [
        "Ann Protocol (100%_sure!)",
        "David Aronchik (Protocol Labs)",
        "Rafaël Kaufmann (Digital Gaia)",
        "Trent McConaghy (Ocean Protocol)",
    ]
    titles = [name for name, _ in await lookup.talk_choices(GUILD, "data")]
    assert titles == ["Composable DeSci Flows Via Token-Wrapped Data & Algorithms", "Compute over Data"]
    assert [name for name, _ in await lookup.talk_choices(GUILD, "decentralized")] == [PEOPLE[2][2], PEOPLE[3][2]]


async def test_wildcards_are_letters(lookup: LookupService, first: Session) -> None:
    assert await names(lookup, "100%_s") == ["Ann Protocol (100%_sure!)"]
    assert await names(lookup, "sure!") == ["Ann Protocol (100%_sure!)"]
    assert await names(lookup, "t%t") == []
    assert await names(lookup, "_nn") == []


async def test_one_fit_is_a_page_several_are_a_list_and_none_has_a_suggestion(
    lookup: LookupService, first: Session
) -> None:
    page = await lookup.speaker(GUILD, "trent")
    assert isinstance(page, SpeakerPage)
    assert (page.speaker.name, page.appearances[0].talk.title) == (PEOPLE[0][0], PEOPLE[0][2])
    by_id = await lookup.speaker(GUILD, page.speaker.id)
    assert isinstance(by_id, SpeakerPage)
    assert (by_id.speaker, by_id.appearances) == (page.speaker, page.appearances)
    several = await lookup.speaker(GUILD, "protocol")
    assert isinstance(several, Several)
    assert len(several.speakers) == 3
    exact = await lookup.speaker(GUILD, "ann PROTOCOL")
    assert isinstance(exact, SpeakerPage)
    missed = await lookup.speaker(GUILD, "Rafeal Kaufman")
    assert isinstance(missed, Several)
    assert missed.nearest == "Rafaël Kaufmann"
    assert await lookup.speaker(GUILD, "qqqqq") == Several("qqqqq")


async def test_talks_are_found_alike(lookup: LookupService, first: Session) -> None:
    page = await lookup.talk(GUILD, "compute over")
    assert isinstance(page, Appearance)
    assert (page.talk.title, page.talk.speakers[0].name, page.session.id) == (
        "Compute over Data",
        PEOPLE[1][0],
        first.id,
    )
    assert await lookup.talk(GUILD, page.talk.id) == page
    several = await lookup.talk(GUILD, "data")
    assert isinstance(several, Several)
    assert [hit.title for hit in several.talks] == [PEOPLE[0][2], PEOPLE[1][2]]
    missed = await lookup.talk(GUILD, "conpute ovr data")
    assert isinstance(missed, Several)
    assert missed.nearest == "Compute over Data"


async def test_without_words_it_is_the_session_at_hand(lookup: LookupService, db: Database, clock: Clock) -> None:
    for ask in (lookup.session, lookup.overview, lookup.broadcast, lookup.speaker, lookup.talk):
        with pytest.raises(Refusal, match="no session yet"):
            await ask(GUILD)
    past, coming, later = (a_session(slug, NOON + days * DAY) for slug, days in (("a", -7), ("b", 1), ("c", 9)))
    for session in (later, past, coming):
        await db.write(sessions.save, session)
    assert (await lookup.session(GUILD)).id == coming.id
    assert await lookup.speaker(GUILD) == await lookup.session(GUILD, coming.id)
    overview = await lookup.overview(GUILD, "  ")
    assert [headline.id for headline in overview.upcoming] == [coming.id, later.id]
    assert [headline.id for headline in overview.past] == [past.id]
    clock.move(NOON + 5 * DAY, 0)
    assert (await lookup.session(GUILD)).id == later.id


async def test_sessions_by_id_slug_and_words(lookup: LookupService, db: Database) -> None:
    one, two = a_session("one", venue="The Hall"), a_session("two", NOON - 30 * DAY, status=Status.CANCELLED)
    for session in (one, two):
        await db.write(sessions.save, session)
    for text in (one.id, "one", "the HALL", " one "):
        assert (await lookup.session(GUILD, text)).id == one.id
    with pytest.raises(Refusal, match=r"More than one[\s\S]+24 May 2022[\s\S]+23 Apr 2022"):
        await lookup.session(GUILD, "berlin")
    with pytest.raises(Refusal, match="No session here fits `x y`"):
        await lookup.session(GUILD, "x` y\n")
    assert await lookup.session_choices(GUILD, "desci") == [
        ("DeSci Berlin (24 May 2022)", one.id),
        ("DeSci Berlin (23 Apr 2022)", two.id),
    ]


async def test_talks_of_one_title_are_told_apart(lookup: LookupService, db: Database, first: Session) -> None:
    await db.write(sessions.save, a_session("again", NOON + 8 * DAY, talks=talks_of(PEOPLE[:1])))
    choices = await lookup.talk_choices(GUILD, "composable")
    assert [name[-13:] for name, _ in choices] == ["(24 May 2022)", "(31 May 2022)"]


async def test_other_guilds_find_nothing(lookup: LookupService, first: Session) -> None:
    talk = first.talks[0]
    for ask, key in ((lookup.session, first.id), (lookup.speaker, talk.speakers[0].id), (lookup.talk, talk.id)):
        with pytest.raises(Refusal, match="no longer in the programme"):
            await ask(ELSEWHERE, key)
    with pytest.raises(Refusal):
        await lookup.session(ELSEWHERE, "first")
    assert await lookup.speaker(ELSEWHERE, "trent mcconaghi") == Several("trent mcconaghi")
    assert await lookup.talk(ELSEWHERE, "compute over data") == Several("compute over data")
    for text in ("", "data", "trent"):
        assert await lookup.session_choices(ELSEWHERE, text) == []
        assert await lookup.speaker_choices(ELSEWHERE, text) == []
        assert await lookup.talk_choices(ELSEWHERE, text) == []


async def test_lists_are_bounded(lookup: LookupService, db: Database) -> None:
    for number in range(30):
        await db.write(sessions.save, a_session(f"s{number}", NOON + number * DAY))
    for choices in (lookup.session_choices, lookup.speaker_choices, lookup.talk_choices):
        assert len(await choices(GUILD, "de" if choices != lookup.speaker_choices else "a")) == search.MENU
    assert len(await lookup.session_choices(GUILD, "")) == search.MENU


async def test_the_channel_of_the_reminders_comes_with_the_stream(
    lookup: LookupService, db: Database, first: Session
) -> None:
    assert (await lookup.broadcast(GUILD)).announce_channel_id is None
    await db.write(guilds.save_config, GuildConfig(GUILD, announce_channel_id=7))
    assert (await lookup.broadcast(GUILD, "first")).announce_channel_id == 7
    await db.write(sessions.save, replace(first, channel_id=8))
    assert (await lookup.broadcast(GUILD, "first")).announce_channel_id == 8, "it has one of its own"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=300), st.text(alphabet="%_!'\"\\;- ad", max_size=40)))
async def test_anything_typed_gets_an_answer(lookup: LookupService, first: Session, text: str) -> None:
    for ask in (lookup.session_choices, lookup.speaker_choices, lookup.talk_choices):
        assert len(await ask(GUILD, text)) <= search.MENU
    for find in (lookup.session, lookup.overview, lookup.broadcast, lookup.speaker, lookup.talk):
        said = await refusal(find(GUILD, text))
        assert said is None or 0 < len(said) <= 1000


async def refusal(asked: Awaitable[object]) -> str | None:
    try:
        await asked
    except Refusal as refused:
        return str(refused)
    return None


def test_what_was_typed_cannot_leave_its_quotes() -> None:
    assert quoted("a`b`\n@x\u202e") == "`a b @x`"
    assert quoted("x" * 100) == "`" + "x" * 59 + "…`"
    assert quoted("`") == "that"


def test_the_nearest_name_is_near() -> None:
    assert nearest("trend", ["David", "Trent McConaghy"]) == "Trent McConaghy"
    assert nearest("zzz", ["David", "Trent McConaghy"]) is None


async def test_sessions_of_one_title_and_day_are_told_apart_by_their_time(lookup: LookupService, db: Database) -> None:
    for slug, hours in (("a", 1), ("b", 5), ("c", 30)):
        await db.write(sessions.save, replace(a_session(slug, NOON + timedelta(hours=hours)), title="Zeta " * 30))
    names = [name for name, _ in await lookup.session_choices(GUILD, "Zeta")]
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 100
    assert sum(":" in name for name in names) == 2, "only where it is needed"
    with pytest.raises(Refusal) as caught:
        await lookup.session(GUILD, "Zeta")
    assert len(set(str(caught.value).splitlines())) == 4
