"""Sessions come back as they were saved, stay within their guild, and are found fast however many there are."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.sessions import (
    LONGEST,
    Link,
    MessageRef,
    Mode,
    Organizer,
    Session,
    SessionId,
    Speaker,
    SpeakerId,
    Status,
    Talk,
    TalkId,
)
from bot.store import migrate, sessions

GUILD = 1
NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ANN = Speaker(
    SpeakerId("a" * 32), "ann", "Ann Ek", "Forest Lab", "Plants trees.", (Link("Home", "https://example.org/ann"),)
)
BO = Speaker(SpeakerId("b" * 32), "bo", "Bø Ry")
FULL = Session(
    id=SessionId("1" * 32),
    guild_id=GUILD,
    slug="open-data",
    title="Open data",
    starts_at=NOW + DAY,
    ends_at=NOW + DAY + HOUR,
    zone="Europe/Berlin",
    mode=Mode.IN_PERSON,
    status=Status.CANCELLED,
    theme="One\n\ntwo “three” 🌱",
    foreword="Before",
    venue="Hall",
    city="Bergen",
    organizers=(Organizer("Cé"), Organizer("Dee", "Lab")),
    links=(Link("Site", "https://example.org/"),),
    streamed=True,
    recorded=True,
    stream_url="https://example.org/live",
    recording_url="https://example.org/video",
    capacity=5,
    generation=3,
    card=MessageRef(11, 12),
    talks=(
        Talk(
            TalkId("3" * 32),
            "second",
            1,
            "Second made first",
            "Why",
            (BO, ANN),
            NOW + DAY,
            "https://example.org/slides",
            "https://example.org/talk",
        ),
        Talk(TalkId("2" * 32), "first", 2, "No speaker, no time"),
    ),
)


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    migrate.migrate(connection)
    yield connection
    connection.close()


def made(number: int, start: datetime, length: timedelta = HOUR, status: Status = Status.SCHEDULED) -> Session:
    return Session(
        id=SessionId(f"{number:032}"),
        guild_id=GUILD,
        slug=f"session-{number}",
        title=f"Session {number}",
        starts_at=start,
        ends_at=start + length,
        zone="UTC",
        status=status,
    )


def test_everything_comes_back(conn: sqlite3.Connection) -> None:
    sessions.save(conn, FULL)
    assert sessions.get(conn, GUILD, FULL.id) == FULL
    assert sessions.by_slug(conn, GUILD, "open-data") == FULL
    assert sessions.by_id(conn, FULL.id) == FULL


def test_another_guild_sees_and_changes_nothing(conn: sqlite3.Connection) -> None:
    sessions.save(conn, FULL)
    assert sessions.get(conn, 2, FULL.id) is None
    assert sessions.by_slug(conn, 2, FULL.slug) is None
    assert sessions.relevant(conn, 2, NOW) is None
    assert sessions.past_and_upcoming(conn, 2, NOW, 5) == ((), ())
    assert sessions.speakers_by_slug(conn, 2, ["ann"]) == {}
    sessions.set_links(conn, 2, FULL.id, None, None)
    assert sessions.by_id(conn, FULL.id) == FULL
    for theirs in (replace(FULL, guild_id=2), replace(FULL, guild_id=2, id=SessionId("9" * 32), slug="x")):
        with pytest.raises(sqlite3.IntegrityError, match="another"):
            sessions.save(conn, theirs)
    assert sessions.by_id(conn, FULL.id) == FULL


def test_the_same_slug_may_stand_in_two_guilds_but_not_twice_in_one(conn: sqlite3.Connection) -> None:
    sessions.save(conn, made(1, NOW))
    sessions.save(conn, replace(made(2, NOW), guild_id=2, slug="session-1"))
    with pytest.raises(sqlite3.IntegrityError, match="slug"):
        sessions.save(conn, replace(made(3, NOW), slug="session-1"))


def test_saving_again_changes_reorders_and_removes(conn: sqlite3.Connection) -> None:
    sessions.save(conn, FULL)
    first, second = FULL.talks
    later = replace(
        FULL,
        title="Open science",
        talks=(
            replace(second, position=1, speakers=(ANN,)),
            replace(first, position=2, speakers=(ANN,), abstract=None),
        ),
    )
    sessions.save(conn, later)
    assert sessions.by_id(conn, FULL.id) == later
    assert sessions.speakers_by_slug(conn, GUILD, ["ann", "bo"]) == {"ann": ANN}  # nobody is left without a talk
    sessions.save(conn, replace(later, talks=()))
    assert sessions.by_id(conn, FULL.id) == replace(later, talks=())
    assert conn.execute("SELECT count(*) FROM talk_speaker").fetchone() == (0,)


def test_a_speaker_of_two_sessions_is_one_person(conn: sqlite3.Connection) -> None:
    sessions.save(conn, FULL)
    other = replace(
        made(2, NOW), talks=(Talk(TalkId("4" * 32), "own", 1, "Own", speakers=(replace(ANN, name="Ann E."),)),)
    )
    sessions.save(conn, other)
    there = sessions.by_id(conn, FULL.id)
    assert there is not None
    assert [speaker.name for speaker in there.speakers()] == ["Bø Ry", "Ann E."]
    sessions.save(conn, replace(FULL, talks=()))
    assert sessions.speakers_by_slug(conn, GUILD, ["ann", "bo"]) == {"ann": replace(ANN, name="Ann E.")}


def test_links_and_card_are_set_alone(conn: sqlite3.Connection) -> None:
    sessions.save(conn, FULL)
    sessions.set_links(conn, GUILD, FULL.id, "https://example.org/new", None)
    sessions.set_card(conn, FULL.id, None)
    assert sessions.by_id(conn, FULL.id) == replace(
        FULL, stream_url="https://example.org/new", recording_url=None, card=None
    )
    sessions.set_card(conn, FULL.id, MessageRef(5, 6))
    found = sessions.by_id(conn, FULL.id)
    assert found is not None
    assert found.card == MessageRef(5, 6)


def test_what_people_type_is_kept_folded(conn: sqlite3.Connection) -> None:
    sessions.save(conn, FULL)
    assert conn.execute("SELECT folded FROM session").fetchone() == ("open data hall bergen",)
    assert conn.execute("SELECT folded FROM speaker WHERE slug = 'ann'").fetchone() == ("ann ek forest lab",)


@pytest.mark.parametrize("length", [timedelta(0), -HOUR, LONGEST + timedelta(seconds=1)])
def test_impossible_lengths_are_refused(conn: sqlite3.Connection, length: timedelta) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        sessions.save(conn, made(1, NOW, length))


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([], None),
        ([made(1, NOW - DAY)], 1),
        ([made(1, NOW - DAY), made(2, NOW - 3 * DAY)], 1),
        ([made(1, NOW - DAY), made(2, NOW + DAY)], 2),
        ([made(1, NOW + 2 * DAY), made(2, NOW + DAY)], 2),
        ([made(1, NOW - timedelta(minutes=59)), made(2, NOW + DAY)], 1),
        ([made(1, NOW - HOUR), made(2, NOW + DAY)], 2),  # it ended this second
        ([made(1, NOW), made(2, NOW + HOUR)], 1),  # it starts this second
        ([made(1, NOW - 2 * DAY, 3 * DAY), made(2, NOW - timedelta(minutes=5))], 2),  # of two that run, the latest
        ([made(1, NOW - LONGEST + timedelta(seconds=1), LONGEST), made(2, NOW - 2 * HOUR)], 1),
        ([made(1, NOW - DAY), made(2, NOW + HOUR, status=Status.CANCELLED)], 1),
        ([made(1, NOW - DAY, status=Status.CANCELLED), made(2, NOW + HOUR, status=Status.CANCELLED)], 2),
        ([made(1, NOW - DAY, status=Status.CANCELLED)], 1),
    ],
)
def test_the_relevant_session(conn: sqlite3.Connection, stored: list[Session], expected: int | None) -> None:
    for session in stored:
        sessions.save(conn, session)
    found = sessions.relevant(conn, GUILD, NOW)
    assert (found.title if found else None) == (f"Session {expected}" if expected else None)


def test_past_and_upcoming_in_their_orders(conn: sqlite3.Connection) -> None:
    starts = [-3 * DAY, -HOUR, -2 * DAY, -timedelta(minutes=10), DAY, HOUR]
    for number, start in enumerate(starts, 1):
        sessions.save(conn, made(number, NOW + start))
    past, upcoming = sessions.past_and_upcoming(conn, GUILD, NOW, 5)
    assert [each.slug for each in past] == ["session-2", "session-3", "session-1"]
    assert [each.slug for each in upcoming] == ["session-4", "session-6", "session-5"]
    past, upcoming = sessions.past_and_upcoming(conn, GUILD, NOW, 1)
    assert [each.slug for each in (*past, *upcoming)] == ["session-2", "session-4"]


def test_looking_up_takes_as_many_steps_among_a_thousand(conn: sqlite3.Connection) -> None:
    """SQLite's own instructions are counted: time would depend on the machine."""

    def steps(number: int) -> list[int]:
        counted = []
        for look in (
            lambda: sessions.get(conn, GUILD, SessionId(f"{number:032}")),
            lambda: sessions.by_slug(conn, GUILD, f"session-{number}"),
            lambda: sessions.relevant(conn, GUILD, NOW),
            lambda: sessions.past_and_upcoming(conn, GUILD, NOW, 5),
        ):
            count = 0

            def tick() -> int:
                nonlocal count
                count += 1
                return 0

            conn.set_progress_handler(tick, 1)
            assert look()
            conn.set_progress_handler(None, 1)
            counted.append(count)
        return counted

    def store(numbers: range) -> None:
        conn.execute("BEGIN")
        for number in numbers:
            talk = Talk(TalkId(f"{number:032}"), "talk", 1, "Talk", speakers=(ANN,))
            sessions.save(conn, replace(made(number, NOW + (number - 500.5) * DAY), talks=(talk,)))
        conn.execute("COMMIT")

    store(range(490, 510))
    few = steps(500)
    store(range(490))
    store(range(510, 1001))
    many = steps(500)
    assert all(more <= 1.15 * less for less, more in zip(few, many, strict=True)), (few, many)
