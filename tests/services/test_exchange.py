"""Imports in a real database: what they keep, what they refuse, and that what was shown is what is done."""

import json
import threading
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.programme import ProgrammeError
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import MessageRef, Session, SessionId, Speaker, SpeakerId, Status, Talk, TalkId
from bot.formats import reading
from bot.formats.reading import read_programme_file
from bot.formats.toml_out import to_toml
from bot.services import exchange
from bot.services.changes import Changes
from bot.services.exchange import Applied, ExchangeService, Format, Proposal, Source
from bot.store import audit, guilds, reminders, rsvps, sessions
from bot.store.database import Database

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests/formats/fixtures"
GUILD, OTHER = 7, 8
ACTOR = Actor(1, "Moderator")
START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Speaker(SpeakerId("5" * 32), "ada", "Ada", "Engines", "Counts.")
BO = Speaker(SpeakerId("6" * 32), "bo", "Bo")
KNOWN = Session(
    SessionId("1" * 32),
    GUILD,
    "open",
    "Open",
    START,
    START + HOUR,
    "Europe/Berlin",
    theme="Openness.",
    capacity=1,
    stream_url="https://example.org/live",
    card=MessageRef(11, 12),
    channel_id=99,
    generation=3,
    talks=(
        Talk(TalkId("2" * 32), "first", 1, "First", speakers=(ADA,)),
        Talk(TalkId("3" * 32), "second", 2, "Second", speakers=(BO,)),
    ),
)


@pytest.fixture
async def service(db: Database, clock: Clock) -> ExchangeService:
    await db.write(sessions.save, KNOWN)
    await db.write(reminders.rearm, KNOWN, clock.now())
    return ExchangeService(db, clock, Changes())


def source(text: str, name: str = "file.toml", session_id: SessionId | None = None) -> Source:
    return Source(text.encode(), name, session_id)


async def imported(service: ExchangeService, wanted: Source) -> Session:
    proposal = await service.propose(GUILD, wanted)
    done = await service.apply(GUILD, ACTOR, wanted, seen=proposal.seen, quiet=False)
    assert isinstance(done, Applied)
    return done.proposal.after


@pytest.mark.parametrize("kind", [Format.TOML, Format.C3VOC])
async def test_a_round_trip_changes_nothing(service: ExchangeService, db: Database, kind: Format) -> None:
    written = await service.export(GUILD, KNOWN.id, kind)
    proposal = await service.propose(GUILD, Source(written.data, written.name))
    assert proposal.differences == ()
    assert proposal.before == proposal.after == KNOWN
    assert isinstance(
        await service.apply(GUILD, ACTOR, Source(written.data, written.name), seen=proposal.seen, quiet=False), Applied
    )
    assert await db.read(sessions.get, GUILD, KNOWN.id) == KNOWN
    assert await db.read(audit.count, GUILD) == 0


async def test_answers_ids_links_and_card_survive(service: ExchangeService, db: Database, clock: Clock) -> None:
    presses = [Press(number, 50 + number, f"Member {number}", Answer.IN_PERSON) for number in (1, 2)]
    await db.write(rsvps.apply, GUILD, KNOWN.id, presses, clock.now())
    changed = replace(
        KNOWN, title="Opener", capacity=2, starts_at=START + HOUR, ends_at=START + 2 * HOUR, talks=KNOWN.talks[::-1]
    )
    text = to_toml(changed).replace('stream_url = "https://example.org/live"\n', "")
    after = await imported(service, source(text))
    assert after == await db.read(sessions.get, GUILD, KNOWN.id)
    assert (after.id, after.card, after.channel_id, after.stream_url) == (
        *(KNOWN.id, KNOWN.card, 99, "https://example.org/live"),
    )
    assert (after.title, after.starts_at, after.generation) == ("Opener", START + HOUR, 4)
    assert [(talk.id, talk.position) for talk in after.talks] == [("3" * 32, 1), ("2" * 32, 2)]
    roster = await db.read(rsvps.roster, KNOWN.id)
    assert (roster.counts[Answer.IN_PERSON], roster.waiting) == (2, 0), "the second seat is for who waited"
    told = {row.user_id for row in await db.read(reminders.history, GUILD, 100, KNOWN.id) if row.kind == "changed"}
    assert told == {51, 52}, "also who is told of the seat: that says nothing of a change"
    noted = await db.read(audit.last, GUILD)
    assert noted is not None
    assert noted.what == "imported a programme into"


async def test_what_other_files_have_no_place_for_stays(service: ExchangeService) -> None:
    data = json.loads((FIXTURES / "pretalx.json").read_text("utf-8"))
    data["schedule"]["conference"]["acronym"] = "open"
    by_slug = await service.propose(GUILD, source(json.dumps(data), "s.json"))
    chosen = await service.propose(GUILD, source((FIXTURES / "frab.json").read_text("utf-8"), "s.json", KNOWN.id))
    for proposal in (by_slug, chosen):
        assert proposal.before == KNOWN
        assert (proposal.after.slug, proposal.after.theme, proposal.after.capacity) == ("open", "Openness.", 1)


async def test_a_file_goes_into_the_session_that_is_chosen(service: ExchangeService, db: Database) -> None:
    other = replace(
        KNOWN, id=SessionId("4" * 32), slug="other", card=None, talks=(Talk(TalkId("9" * 32), "own", 1, "Own"),)
    )
    await db.write(sessions.save, other)
    after = await imported(service, source(to_toml(replace(KNOWN, title="Fresh")), session_id=other.id))
    assert (after.id, after.slug, after.title) == (other.id, "other", "Fresh")
    assert {talk.id for talk in after.talks}.isdisjoint({talk.id for talk in KNOWN.talks})
    assert await db.read(sessions.get, GUILD, KNOWN.id) == KNOWN


async def test_people_who_speak_elsewhere_keep_what_the_file_leaves_out(service: ExchangeService, db: Database) -> None:
    new = replace(
        KNOWN,
        slug="new",
        title="New",
        talks=(Talk(TalkId("8" * 32), "t", 1, "T", speakers=(Speaker(SpeakerId("7" * 32), "ada", "Ada L."),)),),
    )
    after = await imported(service, source(to_toml(new)))
    assert list(after.speakers()) == [replace(ADA, name="Ada L.")]
    first = await db.read(sessions.get, GUILD, KNOWN.id)
    assert first is not None
    assert first.talks[0].speakers == (replace(ADA, name="Ada L."),)


async def test_what_changed_meanwhile_is_proposed_anew(service: ExchangeService, db: Database) -> None:
    wanted = source(to_toml(replace(KNOWN, title="Opener")))
    seen = (await service.propose(GUILD, wanted)).seen
    await db.write(sessions.save, replace(KNOWN, theme="Another.", status=Status.CANCELLED))
    again = await service.apply(GUILD, ACTOR, wanted, seen=seen, quiet=False)
    assert isinstance(again, Proposal)
    assert [(each.what, each.old, each.new) for each in again.differences] == [
        ("Title", "Open", "Opener"),
        ("Theme", "Another.", "Openness."),
    ]
    stored = await db.read(sessions.get, GUILD, KNOWN.id)
    assert stored is not None
    assert stored.title == "Open"
    done = await service.apply(GUILD, ACTOR, wanted, seen=again.seen, quiet=False)
    assert isinstance(done, Applied)
    assert done.proposal.after.status is Status.CANCELLED


async def test_the_community_is_part_of_it(service: ExchangeService, db: Database) -> None:
    text = '[community]\nname = "Circle"\nabout = "We meet."\n\n' + to_toml(KNOWN)
    proposal = await service.propose(GUILD, source(text))
    assert [each.what for each in proposal.differences] == ["Community: name", "Community: about"]
    await imported(service, source(text))
    community = await db.read(guilds.community, GUILD)
    assert community is not None
    assert community.name == "Circle"
    written = await service.export(GUILD, KNOWN.id, Format.TOML)
    assert tomllib.loads(written.data.decode())["community"]["name"] == "Circle"


async def test_other_guilds_are_other_worlds(service: ExchangeService, db: Database) -> None:
    proposal = await service.propose(OTHER, source(to_toml(KNOWN)))
    assert proposal.before is None
    assert proposal.after.id != KNOWN.id
    with pytest.raises(Refusal):
        await service.propose(OTHER, source(to_toml(KNOWN), session_id=KNOWN.id))
    with pytest.raises(Refusal):
        await service.export(OTHER, KNOWN.id, Format.TOML)
    with pytest.raises(Refusal):
        await service.calendar_of_all(OTHER)


async def test_too_many_sessions_and_broken_files(service: ExchangeService, db: Database) -> None:
    for number in range(49):
        await db.write(sessions.save, replace(KNOWN, id=SessionId(f"{number:032}"), slug=f"s-{number}", talks=()))
    with pytest.raises(Refusal, match="50"):
        await service.propose(GUILD, source(to_toml(replace(KNOWN, slug="one-more"))))
    over = replace(KNOWN, slug="archive", starts_at=START - 99 * HOUR, ends_at=START - 98 * HOUR)
    assert (await imported(service, source(to_toml(over)))).slug == "archive"
    with pytest.raises(ProgrammeError):
        await service.propose(GUILD, source("[session]\n"))
    written, number = await service.calendar_of_all(GUILD)
    assert number == written.data.count(b"BEGIN:VEVENT") == 50


async def test_a_file_that_takes_too_long_is_given_up(
    service: ExchangeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def slow(*arguments: object) -> object:
        released.wait(10)
        return read_programme_file(*arguments)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(reading, "read_programme_file", slow)
    monkeypatch.setattr(exchange, "READING_TIMEOUT", 0.05)
    try:
        with pytest.raises(Refusal, match="takes too long"):
            await service.propose(GUILD, source(to_toml(KNOWN)))
    finally:
        released.set()
    monkeypatch.setattr(reading, "read_programme_file", read_programme_file)
    monkeypatch.setattr(exchange, "READING_TIMEOUT", 20)
    assert (await service.propose(GUILD, source(to_toml(KNOWN)))).differences == ()
