"""One guild with one session, a database, the small Discord, and a bot that can be killed and started again."""

import asyncio
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.delivery.courier import Courier
from bot.domain.guilds import GuildConfig
from bot.domain.reminders import ANNOUNCE, Reminder, State, key
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.metrics import Metrics
from bot.services.changes import Changes
from bot.store import guilds, reminders, sessions
from bot.store.database import Database
from tests.delivery.fake_discord import FakeDiscord, HandClock

GUILD, ANNOUNCEMENTS, MODERATORS, PING = 100, 110, 112, 121
START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
SPEAKER = Speaker(SpeakerId("a" * 32), "speaker-1", "Speaker One", "Institute")
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=GUILD,
    slug="session",
    title="A session",
    starts_at=START,
    ends_at=START + timedelta(minutes=90),
    zone="Europe/Berlin",
    talks=(Talk(TalkId("b" * 32), "talk-1", 1, "The first talk", speakers=(SPEAKER,)),),
)


class Killed(BaseException):
    """The process ends at a named point: nothing may catch it."""


class Counted(Metrics):
    """What was counted, in order."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, float | None]] = []

    def delivered(self, kind: str, result: str, late: float | None = None) -> None:
        self.seen.append((kind, result, late))

    def retried(self, kind: str) -> None:
        self.seen.append((kind, "retried", None))


class World:
    def __init__(self, db: Database, now: datetime = START - timedelta(hours=25)) -> None:
        self.db = db
        self.clock = HandClock(now)
        self.discord = FakeDiscord(self.clock)
        self.changes = Changes()
        self.crash_at: str | None = None
        self.killed = False
        self.metrics = Counted()
        self.courier = self._new_courier()

    async def begin(self, session: Session = SESSION) -> None:
        """The guild has its channels, and the session is planned."""
        await self.db.write(guilds.save_config, GuildConfig(GUILD, ANNOUNCEMENTS, MODERATORS, None, PING))
        await self.save(session)

    async def save(self, session: Session) -> None:
        await self.db.write(_save, session, self.clock.now())

    async def configure(self, announce_channel_id: int | None = ANNOUNCEMENTS) -> None:
        await self.db.write(guilds.save_config, GuildConfig(GUILD, announce_channel_id, MODERATORS, None, PING))

    def restart(self) -> None:
        """Another process on the same database."""
        self.killed = False
        self.crash_at = None
        self.courier = self._new_courier()

    async def step(self) -> None:
        """One look of the courier, and all that follows from it; a killed bot is left as it was killed."""
        await self.courier.scan()
        tasks = list(self.courier._under_way.values())
        for task in asyncio.as_completed(tasks):
            try:
                await task
            except Killed:
                self.killed = True
                break
            except asyncio.CancelledError:
                pass
        if self.killed:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def wait(self, seconds: float, steps: int = 1) -> None:
        """Time passes, the same for bot and server, with a look after each of the steps."""
        for _ in range(steps):
            self.clock.real += seconds / steps
            self.clock.move(self.clock.now() + timedelta(seconds=seconds / steps), 0)
            await self.step()

    async def to(self, moment: datetime) -> None:
        """Time passes until `moment`, without a look on the way."""
        self.clock.real += max((moment - self.clock.now()).total_seconds(), 0)
        self.clock.move(moment, 0)
        await self.step()

    async def announced(self) -> None:
        await self.step()
        assert (await self.row(ANNOUNCE)).state is State.SENT

    async def row(self, kind: str, generation: int = 1, user_id: int | None = None) -> Reminder:
        found = await self.db.read(reminders.by_key, key(SESSION.id, kind, generation, user_id))
        assert found is not None
        return found

    async def states(self, kinds: Iterable[str]) -> list[State]:
        return [(await self.row(kind)).state for kind in kinds]

    def posts(self, kind: str, generation: int = 1) -> list[str]:
        """Texts of the posts of one reminder, deleted ones included."""
        marker = f"rm:{key(SESSION.id, kind, generation)}:"
        return [message.content for message in self.discord.posts(ANNOUNCEMENTS, marker)]

    def told(self) -> list[str]:
        return self.discord.texts(MODERATORS)

    async def end(self) -> None:
        for task in list(self.courier._under_way.values()):
            task.cancel()
        await asyncio.gather(*self.courier._under_way.values(), return_exceptions=True)

    def _new_courier(self) -> Courier:
        return Courier(self.clock, self.db, self.changes, self.discord, crash=self._crash, metrics=self.metrics)

    def _crash(self, point: str, /) -> None:
        if point == self.crash_at:
            raise Killed(point)


def moved(session: Session, by: timedelta) -> Session:
    return replace(
        session,
        starts_at=session.starts_at + by,
        ends_at=session.ends_at + by,
        generation=session.generation + 1,
    )


def _save(conn: sqlite3.Connection, session: Session, now: datetime) -> None:
    known = sessions.by_id(conn, session.id)
    session = replace(session, card=known.card if known else None)
    sessions.save(conn, session)
    reminders.rearm(conn, session, now)
