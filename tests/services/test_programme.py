"""A programme in a guild: imported whole or not at all, once, and over what is there only when asked."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.domain.programme import Programme, ProgrammeError, parse_programme, read_programme
from bot.domain.sessions import MessageRef, Session, SessionId
from bot.services.changes import Changes
from bot.services.programme import Imported, ProgrammeService
from bot.store import guilds, sessions
from bot.store.database import Database

GUILD = 7
FIRST = Path(__file__).parents[2] / "data" / "desci-berlin.toml"
SLUG = "desci-berlin-2022"


class Heard:
    """What was announced after a commit."""

    def __init__(self, changes: Changes) -> None:
        self.cards: list[SessionId] = []
        self.reminders = 0
        changes.on_card(self.cards.append)
        changes.on_reminders(self._count)

    def _count(self) -> None:
        self.reminders += 1


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def heard(changes: Changes) -> Heard:
    return Heard(changes)


@pytest.fixture
def service(db: Database, clock: Clock, changes: Changes) -> ProgrammeService:
    return ProgrammeService(db, clock, changes)


def first(old: str = "", new: str = "") -> Programme:
    """The first programme, with one thing written differently."""
    text = FIRST.read_text("utf-8")
    assert old in text
    return parse_programme(text.replace(old, new).encode() if old else text.encode(), "x.toml")


async def stored(db: Database, slug: str = SLUG) -> Session:
    session = await db.read(sessions.by_slug, GUILD, slug)
    assert session is not None
    return session


async def pending(db: Database) -> list[tuple[str, int]]:
    return await db.read(
        lambda conn: conn.execute(
            "SELECT kind, due_at FROM reminder WHERE state = 'pending' ORDER BY due_at, kind"
        ).fetchall()
    )


async def test_the_first_programme_is_stored_as_it_is(service: ProgrammeService, db: Database, heard: Heard) -> None:
    report = await service.import_once(FIRST, GUILD)
    session = await stored(db)
    assert (report.imported, report.session, report.community) == (Imported.CREATED, session, True)
    assert (session.starts_at, len(session.talks)) == (datetime(2022, 5, 24, 8, tzinfo=UTC), 5)
    assert await db.read(guilds.community, GUILD) == read_programme(FIRST).community()
    assert (heard.cards, heard.reminders) == ([session.id], 1)
    assert "5 talks, 5 speakers" in str(report)


async def test_its_reminders_are_there_with_it(service: ProgrammeService, db: Database, clock: Clock) -> None:
    clock.move(datetime(2022, 5, 23, 7, 59, 20, tzinfo=UTC), 0)
    await service.import_once(FIRST, GUILD)
    start = int(datetime(2022, 5, 24, 8, tzinfo=UTC).timestamp())
    counted = [row for row in await pending(db) if row[0] != "announce"]
    assert counted == [
        ("before-1440", start - 86_400),
        ("before-60", start - 3600),
        ("before-10", start - 600),
        ("start", start),
    ]


async def test_what_is_there_is_left_alone(service: ProgrammeService, db: Database, heard: Heard) -> None:
    await service.import_once(FIRST, GUILD)
    before, rows = await stored(db), await pending(db)
    other = first("Composable DeSci Flows", "Other Flows")
    report = await service.import_programme(other, GUILD)
    assert (report.imported, report.session, report.community) == (Imported.KEPT, before, False)
    assert (await stored(db), await pending(db)) == (before, rows)
    assert (len(heard.cards), heard.reminders) == (1, 1)
    assert "left as it is" in str(report)


async def test_guilds_do_not_share(service: ProgrammeService, db: Database) -> None:
    mine = (await service.import_once(FIRST, GUILD)).session
    theirs = (await service.import_once(FIRST, 8)).session
    assert mine.id != theirs.id
    assert {speaker.id for speaker in mine.speakers()}.isdisjoint(speaker.id for speaker in theirs.speakers())


async def test_overwriting_keeps_answers_links_and_card(service: ProgrammeService, db: Database) -> None:
    before = (await service.import_once(FIRST, GUILD)).session

    def use(conn: sqlite3.Connection) -> None:
        sessions.set_links(conn, GUILD, before.id, "https://example.org/live", None)
        sessions.set_card(conn, before.id, MessageRef(1, 2))
        conn.execute(
            "INSERT INTO rsvp (session_id, user_id, answer, queue, name, answered_at, press_id)"
            " VALUES (?, 5, 'online', 1, 'Member 1', 0, 1)",
            (before.id,),
        )

    await db.write(use)
    report = await service.import_programme(
        first('title = "Compute over Data"', 'title = "Compute over all Data"'), GUILD, overwrite=True
    )
    after = await stored(db)
    assert (report.imported, report.session, report.community) == (Imported.UPDATED, after, True)
    assert after == replace(
        before,
        stream_url="https://example.org/live",
        card=MessageRef(1, 2),
        talks=(before.talks[0], replace(before.talks[1], title="Compute over all Data"), *before.talks[2:]),
    )
    answers = await db.read(lambda conn: conn.execute("SELECT user_id, answer FROM rsvp").fetchall())
    assert answers == [(5, "online")]


async def test_a_new_time_is_a_new_generation_with_its_own_reminders(service: ProgrammeService, db: Database) -> None:
    before = (await service.import_once(FIRST, GUILD)).session
    rows = await pending(db)
    await service.import_programme(
        first('starts_at = "2022-05-24 10:00"', 'starts_at = "2022-05-24 10:30"'), GUILD, overwrite=True
    )
    after = await stored(db)
    assert (after.starts_at - before.starts_at, after.generation) == (timedelta(minutes=30), 2)
    moved = await pending(db)
    assert [(kind, due - 1800) for kind, due in moved if kind != "announce"] == [
        row for row in rows if row[0] != "announce"
    ]


async def test_known_speakers_are_found_by_slug(service: ProgrammeService, db: Database) -> None:
    await service.import_once(FIRST, GUILD)
    second = """
[session]
title = "Second"
time_zone = "Europe/Berlin"
starts_at = "2022-06-24 10:00"
ends_at = "2022-06-24 11:30"
[[speakers]]
name = "Trent McConaghy"
affiliation = "Elsewhere"
links = [{ label = "Site", url = "https://example.org/trent" }]
[[talks]]
title = "Again"
speakers = ["trent-mcconaghy"]
"""
    programme = parse_programme(second.encode(), "second.toml")
    await service.import_programme(programme, GUILD)
    known, _ = next((await stored(db)).speakers()), await stored(db, "second")
    again = next((await stored(db, "second")).speakers())
    assert known == again
    assert (again.affiliation, [link.label for link in again.links]) == ("Ocean Protocol", ["Site"])
    await service.import_programme(programme, GUILD, overwrite=True)
    rewritten = next((await stored(db)).speakers())
    assert (rewritten.id, rewritten.affiliation, rewritten.biography) == (known.id, "Elsewhere", None)


async def test_a_broken_file_leaves_nothing(
    service: ProgrammeService, db: Database, heard: Heard, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(FIRST.read_text("utf-8").replace("2022-05-24 11:30", "May 24th, 11:30"), "utf-8")
    with pytest.raises(ProgrammeError, match="names no year"):
        await service.import_once(broken, GUILD)
    assert await db.read(sessions.by_slug, GUILD, SLUG) is None
    assert await db.read(guilds.community, GUILD) is None
    assert (heard.cards, heard.reminders) == ([], 0)


async def test_a_failure_half_way_leaves_nothing(service: ProgrammeService, db: Database, heard: Heard) -> None:
    def refuse_reminders(conn: sqlite3.Connection) -> None:
        conn.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON reminder BEGIN SELECT RAISE(ABORT, 'no reminders today'); END"
        )

    await db.write(refuse_reminders)
    with pytest.raises(sqlite3.IntegrityError, match="no reminders today"):
        await service.import_once(FIRST, GUILD)
    counts = await db.read(
        lambda conn: [
            conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("guild", "session", "talk", "speaker", "talk_speaker", "reminder")
        ]
    )
    assert counts == [0] * 6
    assert heard.cards == []


async def test_the_same_file_is_not_read_again_and_a_deleted_session_stays_deleted(
    service: ProgrammeService, db: Database, tmp_path: Path
) -> None:
    file = tmp_path / "programme.toml"
    file.write_bytes(FIRST.read_bytes())
    assert not await service.imported_before(file, GUILD)
    await service.import_once(file, GUILD)
    assert await service.imported_before(file, GUILD)
    assert not await service.imported_before(file, 8), "another server has not had it"
    file.write_bytes(FIRST.read_bytes() + b"\n# changed\n")
    assert not await service.imported_before(file, GUILD)
    assert not await service.imported_before(tmp_path / "missing.toml", GUILD)
