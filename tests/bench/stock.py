"""Fills a database before a bot starts on it, through the functions of the store that the bot itself uses."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.guilds import GuildConfig
from bot.domain.reminders import announcement
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.store import guilds, reminders, rsvps, sessions
from bot.store.database import Database

NOW = datetime(2022, 5, 23, 7, 0, tzinfo=UTC)  # when the sandboxes begin
HOUR = timedelta(hours=1)
TALKS = 3
ANSWERS = (Answer.IN_PERSON, Answer.ONLINE, Answer.MAYBE, Answer.DECLINED)
SUBJECTS = ("Open data", "Peer review", "Funding", "Replication", "Citizen science", "Preprints", "Ontologies")
FIRST_PERSON = 800_000_000_000_000_000

Fill = Callable[[sqlite3.Connection], None]


def session_at(number: int, guild_id: int, starts_at: datetime, channel_id: int | None = None) -> Session:
    """A session with its talks; what is in it depends on `number` and the guild alone."""
    return Session(
        id=SessionId(_id("session", guild_id, number)),
        guild_id=guild_id,
        slug=f"session-{number}",
        title=f"{SUBJECTS[number % len(SUBJECTS)]} evening {number}",
        starts_at=starts_at,
        ends_at=starts_at + 2 * HOUR,
        zone="Europe/Berlin",
        theme="Who decides what science is read? An evening about that, with time for questions.",
        venue="Town library",
        city="Berlin",
        streamed=True,
        channel_id=channel_id,
        talks=tuple(_talk(number, position, guild_id) for position in range(1, TALKS + 1)),
    )


def _talk(number: int, position: int, guild_id: int) -> Talk:
    # Everybody speaks again and again, as people of a community do: ten talks each.
    person = (number * TALKS + position) // 10
    speaker = Speaker(
        SpeakerId(_id("speaker", guild_id, person)),
        f"speaker-{person}",
        f"Speaker Number {person}",
        f"Institute {person % 50}",
        "Has worked on this for ten years.",
    )
    return Talk(
        id=TalkId(_id("talk", guild_id, number, position)),
        slug=f"talk-{position}",
        position=position,
        title=f"{SUBJECTS[position % len(SUBJECTS)]} in practice, part {number}",
        abstract="What was tried, what it brought, and what others can take from it.",
        speakers=(speaker,),
    )


def put(conn: sqlite3.Connection, session: Session, *, announced: bool = True) -> None:
    """Enter a session with its reminders; unless it is `announced`, the bot will post its card."""
    sessions.save(conn, session)
    reminders.rearm(conn, session, NOW)
    if announced:
        reminders.skip(conn, announcement(session, NOW).key, "not part of this measurement")


def configure(conn: sqlite3.Connection, guild_id: int, channel_id: int, minutes: tuple[int, ...] | None = None) -> None:
    chosen = GuildConfig(guild_id, announce_channel_id=channel_id)
    guilds.save_config(conn, replace(chosen, reminder_minutes=minutes))


def answer(conn: sqlite3.Connection, session: Session, people: Iterable[int], now: datetime) -> None:
    """Let so many people answer, in turn with each of the answers."""
    presses = [
        Press(number + 1, FIRST_PERSON + number, f"Person {number}", ANSWERS[number % len(ANSWERS)])
        for number in people
    ]
    batch = rsvps.apply(conn, session.guild_id, session.id, presses, now)
    assert len(batch.outcomes) == len(presses)


async def stocked(path: Path, fill: Fill) -> Path:
    """A database file at `path` with what `fill` puts there in one transaction."""
    database = await Database.open(path)
    try:
        await database.write(fill)
    finally:
        await database.close()
    return path


def stock(path: Path, fill: Fill) -> Path:
    """As `stocked`, where no loop runs."""
    return asyncio.run(stocked(path, fill))


def _id(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
