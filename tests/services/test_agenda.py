"""Stars and what moderators and imports do to their talks."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.meanwhile import marks
from bot.domain.programme import parse_programme
from bot.domain.sessions import Session, Speaker, SpeakerId, Talk, TalkId
from bot.domain.talks import SpeakerText, TalkText, texts_of, texts_of_speaker
from bot.services.agenda import AgendaService
from bot.services.changes import Changes
from bot.services.programme import ProgrammeService
from bot.services.talks import TalkService
from bot.store import audit
from bot.store.database import Database

GUILD, ELSEWHERE, PERSON = 7, 8, 70
MODERATOR = Actor(1, "Moderator")
FIRST = Path(__file__).parents[2] / "data" / "desci-berlin.toml"


def shown(about: Talk | Speaker) -> str:
    """The marks of what a form showed."""
    return marks(texts_of(about) if isinstance(about, Talk) else texts_of_speaker(about))


class House:
    """The services on one database, with the first programme in a guild."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.changes = db, Changes()
        self.programme = ProgrammeService(db, clock, self.changes)
        self.talks = TalkService(db, clock, self.changes)
        self.agenda = AgendaService(db, clock, self.changes)
        self.cards: list[str] = []
        self.changes.on_card(self.cards.append)

    async def load(self, text: str | None = None) -> Session:
        programme = parse_programme((text or FIRST.read_text("utf-8")).encode(), "x.toml")
        return (await self.programme.import_programme(programme, GUILD, overwrite=True)).session


@pytest.fixture
async def house(db: Database, clock: Clock) -> House:
    return House(db, clock)


async def test_stars_survive_edits_reorderings_and_imports(house: House) -> None:
    session = await house.load()
    starred = {session.talks[1].id, session.talks[4].id}
    for press, talk_id in enumerate(starred, 1):
        await house.agenda.star(GUILD, talk_id, PERSON, press, starred=True)
    await house.talks.edit(
        GUILD, MODERATOR, session.talks[1].id, TalkText("Another title", "Words"), shown(session.talks[1])
    )
    await house.talks.move(GUILD, MODERATOR, session.talks[4].id, 1)
    await house.talks.remove(GUILD, MODERATOR, session.talks[0].id)
    assert await house.agenda.stars(GUILD, PERSON) == starred

    text = FIRST.read_text("utf-8")
    again = await house.load(text)
    assert [talk.id for talk in again.talks][1:] == [talk.id for talk in session.talks][1:]
    assert again.talks[0].id != session.talks[0].id, "removed, and now new"
    assert again.talks[1].title == session.talks[1].title, "as the file has it"
    head, *blocks = text.split("[[talks]]")
    await house.load("[[talks]]".join([head, *reversed(blocks)]))  # the last talk first
    assert await house.agenda.stars(GUILD, PERSON) == starred


async def test_a_time_alone_is_meant_in_the_session(house: House, clock: Clock) -> None:
    session = await house.load()
    talk = session.talks[1]

    async def read(typed: str) -> timedelta:
        _, at = await house.talks.read_start(GUILD, talk.id, typed)
        return at - session.starts_at

    assert await read("10:30") == timedelta(minutes=30)
    assert await read("10:00") == timedelta()
    assert await read("24 May 2022 11:00") == timedelta(hours=1)
    assert await read("tomorrow 10:05") == timedelta(minutes=5)  # the day before the session
    for typed in ("09:59", "11:30", "25 May 2022 10:30", "in 2 hours", "late", ""):
        with pytest.raises(Refusal):
            await read(typed)
    clock.move(session.starts_at + timedelta(minutes=40), 0)
    assert await read("10:30") == timedelta(minutes=30), "also when it is past"
    assert await read("in 10 minutes") == timedelta(minutes=50)
    _, at = await house.talks.read_start(GUILD, talk.id, "10:30")
    await house.talks.set_start(GUILD, MODERATOR, talk.id, at)
    with pytest.raises(Refusal, match="outside"):
        await house.talks.set_start(GUILD, MODERATOR, talk.id, session.ends_at)


async def test_speakers_are_one_person_in_all_sessions(house: House) -> None:
    session = await house.load()
    other = await house.load(
        FIRST.read_text("utf-8").replace("desci-berlin-2022", "other").replace("2022-05-24", "2022-06-24")
    )
    speaker = session.talks[0].speakers[0]
    assert other.talks[0].speakers[0].id == speaker.id
    house.cards.clear()
    edited = await house.talks.edit_speaker(
        GUILD, MODERATOR, speaker.id, SpeakerText("New Name", "Lab"), shown(speaker)
    )
    assert (edited.slug, edited.name) == (speaker.slug, "New Name")
    assert set(house.cards) == {session.id, other.id}
    for each in (session, other):
        assert (await house.talks.talk(GUILD, each.talks[0].id)).talk.speakers[0].name == "New Name"
    with pytest.raises(Refusal, match="of this name"):
        await house.talks.new_speaker(GUILD, MODERATOR, session.talks[1].id, SpeakerText("new  NAME", "Lab"))
    new = await house.talks.new_speaker(GUILD, MODERATOR, session.talks[1].id, SpeakerText("New Name", "Elsewhere"))
    person = new.talk.speakers[-1]
    await house.talks.take_speaker(GUILD, MODERATOR, session.talks[1].id, person.id)
    with pytest.raises(Refusal, match="no longer"):
        await house.talks.speaker(GUILD, person.id)


async def test_another_guild_finds_and_changes_nothing(house: House) -> None:
    session = await house.load()
    talk, speaker = session.talks[0], session.talks[0].speakers[0]
    attempts = (
        lambda: house.talks.talk(ELSEWHERE, talk.id),
        lambda: house.talks.add(ELSEWHERE, MODERATOR, session.id, TalkText("x")),
        lambda: house.talks.edit(ELSEWHERE, MODERATOR, talk.id, TalkText("x"), shown(talk)),
        lambda: house.talks.move(ELSEWHERE, MODERATOR, talk.id, 2),
        lambda: house.talks.set_start(ELSEWHERE, MODERATOR, talk.id, None),
        lambda: house.talks.set_links(ELSEWHERE, MODERATOR, talk.id, {"slides_url": None}),
        lambda: house.talks.remove(ELSEWHERE, MODERATOR, talk.id),
        lambda: house.talks.add_speaker(ELSEWHERE, MODERATOR, talk.id, speaker.id),
        lambda: house.talks.edit_speaker(ELSEWHERE, MODERATOR, speaker.id, SpeakerText("x"), shown(speaker)),
        lambda: house.talks.take_speaker(ELSEWHERE, MODERATOR, talk.id, speaker.id),
        lambda: house.agenda.star(ELSEWHERE, talk.id, PERSON, 1, starred=True),
        lambda: house.talks.add_speaker(GUILD, MODERATOR, talk.id, SpeakerId("0" * 32)),
        lambda: house.talks.remove(GUILD, MODERATOR, TalkId("'; DROP TABLE talk; --")),
    )
    for attempt in attempts:
        with pytest.raises(Refusal):
            await attempt()
    assert (await house.load()) == session


async def test_each_change_is_on_record(house: House) -> None:
    session = await house.load()
    talk = session.talks[2]
    await house.talks.set_links(GUILD, MODERATOR, talk.id, {"slides_url": "https://example.org/s"})
    await house.talks.move(GUILD, MODERATOR, talk.id, 1)
    await house.talks.remove(GUILD, MODERATOR, talk.id)
    removed, moved, linked = (await house.db.read(audit.page, GUILD, 0))[:3]
    assert (removed.actor_name, removed.what, removed.after) == ("Moderator", "removed a talk", None)
    assert (moved.before, moved.after) == (
        {"talk": talk.title, "position": 3},
        {"talk": talk.title, "position": 1},
    )
    assert linked.after == {"talk": talk.title, "slides_url": "https://example.org/s"}
    with pytest.raises(Refusal, match="https://"):
        await house.talks.set_links(GUILD, MODERATOR, session.talks[0].id, {"slides_url": "http://example.org"})
