"""The two links of a session: set, taken away, or refused with what is wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.sessions import Session, SessionId
from bot.services.changes import Changes
from bot.services.sessions import SessionService
from bot.store import sessions
from bot.store.database import Database

START = datetime(2022, 5, 24, 8, tzinfo=UTC)
SESSION = Session(SessionId("1" * 32), 7, "open", "Open", START, START + timedelta(hours=1), "Europe/Berlin")
LIVE = "https://example.org/live?room=1&key=a_(b)#now"


@pytest.fixture
def cards() -> list[SessionId]:
    return []


@pytest.fixture
async def service(db: Database, clock: Clock, cards: list[SessionId]) -> SessionService:
    await db.write(sessions.save, SESSION)
    changes = Changes()
    changes.on_card(cards.append)
    return SessionService(db, clock, changes)


async def test_links_are_set_one_by_one_and_taken_away(
    service: SessionService, db: Database, cards: list[SessionId]
) -> None:
    assert (await service.set_stream(7, SESSION.id, f"  {LIVE} ")).stream_url == LIVE
    both = await service.set_recording(7, SESSION.id, "HTTPS://Example.org/video")
    assert (both.stream_url, both.recording_url) == (LIVE, "HTTPS://Example.org/video")
    assert await db.read(sessions.by_id, SESSION.id) == both
    last = await service.set_stream(7, SESSION.id, None)
    assert (last.stream_url, last.recording_url) == (None, "HTTPS://Example.org/video")
    assert await db.read(sessions.by_id, SESSION.id) == last
    assert cards == [SESSION.id] * 3


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "empty"),
        ("http://example.org", "https://"),
        ("javascript:alert(1)", "https://"),
        ("example.org/live", "https://"),
        ("https://", "names no site"),
        ("https:///live", "names no site"),
        ("https://localhost/live", "names no site"),
        ("https://127.0.0.1/live", "names no site"),
        ("https://[::1]/live", "names no site"),
        ("https://-a.example/", "names no site"),
        ("https://[::1/live", "cannot be read"),
        ("https://example.org:99999/", "cannot be read"),
        ("https://user:word@example.org/", "before an @"),
        ("https://example.org/a b", "address bar"),
        ("https://example.org/\n@everyone", "address bar"),
        ("https://example.org/\u202e", "address bar"),
        ("https://exämple.org/", "address bar"),
        ("https://example.org/>", "address bar"),
        ("https://example.org\\@evil.example/", "address bar"),
        ("https://example.org/" + "x" * 493, "513 characters and 512 fit"),
    ],
)
async def test_what_cannot_be_shown_as_a_link_is_refused(
    service: SessionService, db: Database, cards: list[SessionId], url: str, words: str
) -> None:
    for change in (service.set_stream, service.set_recording):
        with pytest.raises(Refusal, match=words) as caught:
            await change(7, SESSION.id, url)
        assert str(caught.value).startswith("Nothing was changed: ")
    assert await db.read(sessions.by_id, SESSION.id) == SESSION
    assert cards == []


async def test_the_longest_address_fits(service: SessionService) -> None:
    url = "https://example.org/" + "x" * 492
    assert (await service.set_stream(7, SESSION.id, url)).stream_url == url


async def test_the_same_move_twice_is_one_move(service: SessionService, db: Database) -> None:
    before, by = (SESSION.starts_at, SESSION.ends_at), Actor(1, "Moderator")
    later = (START + timedelta(days=1), START + timedelta(days=1, hours=1))
    first = await service.move(7, SESSION.id, by, later, seen=before, quiet=False)
    again = await service.move(7, SESSION.id, by, later, seen=before, quiet=False)
    assert first.after == again.before == again.after
    with pytest.raises(Refusal, match="moved by somebody else"):
        await service.move(7, SESSION.id, by, (later[0], later[1] + timedelta(hours=1)), seen=before, quiet=False)
    stored = await db.read(sessions.by_id, SESSION.id)
    assert stored is not None
    assert (stored.starts_at, stored.ends_at) == later


async def test_a_session_of_another_guild_is_none(
    service: SessionService, db: Database, cards: list[SessionId]
) -> None:
    for guild_id, session_id in ((8, SESSION.id), (7, SessionId("2" * 32)), (7, SessionId("' OR 1=1 --"))):
        with pytest.raises(Refusal, match="/schedule"):
            await service.set_stream(guild_id, session_id, LIVE)
    assert await db.read(sessions.by_id, SESSION.id) == SESSION
    assert cards == []
