"""Brings a programme file into a guild."""

import asyncio
import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.domain.sessions import Session
from bot.services.changes import Changes
from bot.store import facts, guilds, reminders, sessions
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.domain.programme import Programme


class Imported(StrEnum):
    """What became of the session of a file."""

    CREATED = "created"
    UPDATED = "updated"
    KEPT = "kept"  # it was there already and was left as it is


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`session` is what is stored now; `community` says whether the community was written, too."""

    imported: Imported
    session: Session
    community: bool

    def __str__(self) -> str:
        name = f"“{self.session.title}” ({self.session.slug})"
        if self.imported is Imported.KEPT:
            return f"{name} is there already and was left as it is."
        talks, speakers = len(self.session.talks), len(list(self.session.speakers()))
        return f"{name} was {self.imported}: {_count(talks, 'talk')}, {_count(speakers, 'speaker')}."


class ProgrammeService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def import_programme(self, programme: "Programme", guild_id: int, *, overwrite: bool = False) -> ImportReport:
        """Write session, talks, speakers and community in one transaction.

        What the guild has under the same slug is left alone without `overwrite`; with it, it becomes as the file has
        it, while RSVPs, the card, a cancellation and the links that the file leaves out stay.
        """
        report = await self._db.write(_import, programme, guild_id, overwrite=overwrite, now=self._clock.now())
        if report.imported is not Imported.KEPT:
            self._changes.reminders()
            self._changes.card(report.session.id)
        return report

    async def import_once(self, path: Path, guild_id: int) -> ImportReport:
        """Read a programme file and import it, unless its session is there already.

        Raises:
            ProgrammeError: the file cannot be used; nothing was imported.
        """
        programme, digest = await asyncio.to_thread(_read, path)
        report = await self.import_programme(programme, guild_id)
        await self._db.write(facts.put, facts.programme_of(guild_id), digest)
        return report

    async def imported_before(self, path: Path, guild_id: int) -> bool:
        """Whether `import_once` has brought this very file into the guild: to read it again changes nothing."""
        digest = await asyncio.to_thread(_digest, path)
        return digest is not None and digest == await self._db.read(facts.get, facts.programme_of(guild_id))


def _read(path: Path) -> tuple["Programme", str]:
    from bot.domain.programme import read_programme  # noqa: PLC0415 - seldom needed, and slow to load

    # The digest is of what was there before reading: a file written meanwhile is another one at the next start.
    digest = _digest(path)
    return read_programme(path), digest or ""


def _digest(path: Path) -> str | None:
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except OSError:  # whoever reads it says so
        return None


def _import(
    conn: sqlite3.Connection, programme: "Programme", guild_id: int, *, overwrite: bool, now: datetime
) -> ImportReport:
    wrote_community = _import_community(conn, programme, guild_id, overwrite=overwrite)
    stored = sessions.by_slug(conn, guild_id, programme.slug)
    if stored is not None and not overwrite:
        return ImportReport(Imported.KEPT, stored, wrote_community)
    slugs = [speaker.slug or "" for speaker in programme.speakers]
    known = sessions.speakers_by_slug(conn, guild_id, slugs)
    session = programme.session(guild_id, stored, known, overwrite=overwrite)
    sessions.save(conn, session)
    reminders.rearm(conn, session, now)
    return ImportReport(Imported.UPDATED if stored else Imported.CREATED, session, wrote_community)


def _import_community(conn: sqlite3.Connection, programme: "Programme", guild_id: int, *, overwrite: bool) -> bool:
    community = programme.community()
    if community is None or (guilds.community(conn, guild_id) is not None and not overwrite):
        return False
    guilds.save_community(conn, guild_id, community)
    return True


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
