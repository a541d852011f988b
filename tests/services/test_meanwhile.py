"""Two moderators write at the same text at the same time: what the first one sent is not overwritten unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.domain import session_fields, talks
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.meanwhile import OverwriteRefusal, marks
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.services.changes import Changes
from bot.services.sessions import SessionService
from bot.services.talks import TalkService
from bot.store import sessions
from bot.store.database import Database

START = datetime(2022, 5, 24, 8, tzinfo=UTC)
SPEAKER = Speaker(SpeakerId("3" * 32), "ada", "Ada", "Institute", "About her")
TALK = Talk(TalkId("2" * 32), "talk", 1, "A talk", "Short", (SPEAKER,))
SESSION = Session(
    SessionId("1" * 32), 7, "open", "Open", START, START + timedelta(hours=1), "UTC", theme="Old", talks=(TALK,)
)
FIRST, SECOND = Actor(1, "First `one`"), Actor(2, "Second")


@pytest.fixture
async def stored(db: Database) -> Database:
    await db.write(sessions.save, SESSION)
    return db


async def now(db: Database) -> Session:
    found = await db.read(sessions.by_id, SESSION.id)
    assert found is not None
    return found


async def test_an_abstract_stays_where_somebody_else_changes_the_title(stored: Database, clock: Clock) -> None:
    service = TalkService(stored, clock, Changes())
    seen = marks(talks.texts_of(TALK))
    await service.edit(7, FIRST, TALK.id, talks.read_talk(TALK.title, "Long words"), seen)
    await service.edit(7, SECOND, TALK.id, talks.read_talk("Another title", "Short"), seen)
    talk = (await now(stored)).talks[0]
    assert (talk.title, talk.abstract) == ("Another title", "Long words")


async def test_the_same_abstract_is_handed_back_once(stored: Database, clock: Clock) -> None:
    service = TalkService(stored, clock, Changes())
    seen = marks(talks.texts_of(TALK))
    await service.edit(7, FIRST, TALK.id, talks.read_talk("First", "**Long** <@1> words"), seen)
    mine = talks.read_talk(TALK.title, "Mine")
    with pytest.raises(OverwriteRefusal) as caught:
        await service.edit(7, SECOND, TALK.id, mine, seen)
    words = str(caught.value)
    assert "**Abstract**, changed by `First one` <t:" in words
    assert "now `**Long** <@1> words`" in words
    assert "Title" not in words, "it was left as it was shown"
    assert (await now(stored)).talks[0].abstract == "**Long** <@1> words"
    await service.edit(7, SECOND, TALK.id, mine, caught.value.seen)
    talk = (await now(stored)).talks[0]
    assert (talk.title, talk.abstract) == ("First", "Mine"), "seen and wanted; the title was nobody's wish"


async def test_the_same_words_of_two_people_are_no_clash(stored: Database, clock: Clock) -> None:
    service = TalkService(stored, clock, Changes())
    seen = marks(talks.texts_of(TALK))
    for author in (FIRST, SECOND):
        await service.edit(7, author, TALK.id, talks.read_talk(TALK.title, "The same"), seen)
    with pytest.raises(Refusal, match="older version"):
        await service.edit(7, SECOND, TALK.id, talks.read_talk("x", ""), seen[:-1])


async def test_a_speaker_is_kept_from_it_as_well(stored: Database, clock: Clock) -> None:
    service = TalkService(stored, clock, Changes())
    seen = marks(talks.texts_of_speaker(SPEAKER))
    longer = talks.read_speaker("Ada", "Institute", "A longer biography", "Homepage https://example.org/a")
    await service.edit_speaker(7, FIRST, SPEAKER.id, longer, seen)
    moved = talks.read_speaker("Ada", "University", "About her", "")
    changed = await service.edit_speaker(7, SECOND, SPEAKER.id, moved, seen)
    assert (changed.affiliation, changed.biography, len(changed.links)) == ("University", "A longer biography", 1)
    with pytest.raises(OverwriteRefusal, match="First one") as caught:
        await service.edit_speaker(7, SECOND, SPEAKER.id, talks.read_speaker("Ada", "", "Mine", ""), seen)
    assert "Biography" in str(caught.value)
    assert "Affiliation" in str(caught.value)


async def test_a_second_theme_does_not_win_silently(stored: Database, clock: Clock) -> None:
    service = SessionService(stored, clock, Changes())
    shown = session_fields.texts_of(SESSION)
    seen = marks(shown)
    await service.rewrite(7, SESSION.id, FIRST, shown | {"theme": "First theme"}, seen)
    with pytest.raises(OverwriteRefusal) as caught:
        await service.rewrite(7, SESSION.id, SECOND, shown | {"theme": "Second theme", "city": "Berlin"}, seen)
    assert "`First theme`" in str(caught.value)
    assert (await now(stored)).theme == "First theme"
    await service.rewrite(7, SESSION.id, SECOND, shown | {"theme": "Second theme"}, caught.value.seen)
    assert replace(await now(stored), talks=()) == replace(SESSION, theme="Second theme", talks=())
