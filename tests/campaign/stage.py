"""Plays a fault schedule: real SQLite, the real courier, and a small Discord at the edge of the network."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from bot.delivery.lookback import PAGES
from bot.delivery.sender import PAGE, Limited, Refused, Unsure
from bot.domain.audit import Actor
from bot.domain.errors import Refusal
from bot.domain.reminders import State
from bot.services.changes import Changes
from bot.services.sessions import SessionService
from bot.store import backup, reminders
from bot.store.database import Database
from tests.campaign.ledger import KINDS, Ledger, Memory, Plan, Wrong
from tests.delivery.fake_discord import Lost
from tests.delivery.world import ANNOUNCEMENTS, GUILD, SESSION, START, World

REACH = 2 * PAGES * PAGE - 20  # of a look back; what is buried deeper is not found, and we do not say it is
MODERATOR = Actor(301, "Moderator")
LOOKS = timedelta(minutes=5)  # around a moment that matters, a look every minute
FAULTS: dict[str, Callable[[], Exception]] = {
    "reply lost": Lost,
    "error 500": lambda: Unsure("error 500"),
    "error 503": lambda: Unsure("error 503"),
    "rate limit": lambda: Limited(40),
    "rate limit of an hour": lambda: Limited(3600),
    "refused 50013": lambda: Refused(50013, "I may not post in the channel"),
}
REFUSALS = (50013, 50001, 10003)


class Step(NamedTuple):
    """What happens, then how long until the next look: real seconds, and what the bot's clock does beside them."""

    seconds: int
    jump: int = 0
    fault: str | None = None
    crash: str | None = None
    restart: bool = False
    down: bool | None = None
    chatter: int = 0
    refusing: int | None = None  # 0: no longer
    readable: bool | None = None
    act: str | None = None  # of a moderator
    when: str = "before"  # that is: "before" the look, while a post is "on its way", or when it is "accepted"
    copy: str | None = None  # "back up", "restore", "run twice"


class Schedule(NamedTuple):
    begin: timedelta  # before the session
    steps: tuple[Step, ...]


class Errors(logging.Handler):
    """What the bot itself did not expect."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())


class Stage:
    """One schedule; `play`, then `settle`, which says what was wrong."""

    def __init__(self, folder: Path, world: World) -> None:
        self._folder = folder
        self._worlds = [world]
        self._now = world.clock.now()
        self.ledger = Ledger(world.discord, Plan(SESSION.starts_at, SESSION.ends_at))
        self._backup: Memory | None = None

    @property
    def world(self) -> World:
        return self._worlds[0]

    async def play(self, step: Step) -> None:
        discord = self.world.discord
        for world in self._worlds:
            if step.restart or world.killed:
                world.restart()
        if step.fault is not None:
            discord.faults.append(FAULTS[step.fault]())
        discord.down = discord.down if step.down is None else step.down
        discord.readable = discord.readable if step.readable is None else step.readable
        if step.refusing is not None:
            discord.refusing = Refused(step.refusing, "I may not post in the channel") if step.refusing else None
        if len(discord.messages.get(ANNOUNCEMENTS, [])) + step.chatter < REACH:
            discord.chatter(ANNOUNCEMENTS, step.chatter)
        if step.copy is not None:
            await self._copy(step.copy)
        self.world.crash_at = step.crash
        self._move_clock(step.seconds, step.jump)
        await self._look(step.act, step.when)

    async def settle(self) -> list[Wrong]:
        """From here on nothing is in the way: what is still in time must be posted."""
        discord, clock = self.world.discord, self.world.clock
        discord.faults.clear()
        discord.down, discord.readable, discord.refusing = False, True, None
        for world in self._worlds:
            world.restart()
            await world.db.write(reminders.retry_now, GUILD, clock.now())
        since, latest, real = clock.now(), self.ledger.latest, clock.real
        for _ in range(12):
            self._move_clock(20)
            await self._look()
        while (pause := self._pause()) is not None:
            self._move_clock(pause)
            await self._look()
        return [*self.ledger.verdict(since, latest, real), *await self._rows()]

    async def end(self) -> None:
        for world in self._worlds:
            await world.end()
            await world.db.close()

    def _move_clock(self, seconds: int, jump: int = 0) -> None:
        clock = self.world.clock
        clock.real += seconds
        clock.move(clock.now() + timedelta(seconds=seconds + jump), 0)
        self.ledger.ticked()

    async def _look(self, act: str | None = None, when: str = "before") -> None:
        discord = self.world.discord
        waiting = [act] if act is not None else []

        async def once() -> None:
            if waiting:
                await self._act(waiting.pop())

        if when == "before":
            await once()
        discord.hold = once if when == "on its way" else None
        discord.answering = once if when == "accepted" else None
        await asyncio.gather(*(world.step() for world in self._worlds))
        discord.hold = discord.answering = None
        await once()

    async def _act(self, act: str) -> None:
        """What a moderator does; where the bot refuses it, it has not happened."""
        plan = self.ledger.plan
        try:
            if act == "delete":
                await self._delete()
            elif act == "edit":
                title = "Another session" if plan.title == SESSION.title else SESSION.title
                await self._service.change(GUILD, SESSION.id, MODERATOR, title=title)
                self.ledger.saved(replace(plan, title=title))
            elif act == "cancel":
                await self._service.cancel(GUILD, SESSION.id, MODERATOR, None)
                self.ledger.saved(replace(plan, on=False))
            elif act == "reopen":
                await self._service.reopen(GUILD, SESSION.id, MODERATOR)
                self.ledger.saved(replace(plan, on=True))
            else:
                await self._move(plan, timedelta(minutes=int(act)))
        except Refusal:
            pass

    async def _move(self, plan: Plan, by: timedelta) -> None:
        known = self.ledger.plans.get(plan.generation + 1)
        if known is not None:  # the restored database has forgotten that it was moved, and the moderators have not
            by = known.starts_at - plan.starts_at
        moved = replace(plan, starts_at=plan.starts_at + by, ends_at=plan.ends_at + by, generation=plan.generation + 1)
        times, seen = (moved.starts_at, moved.ends_at), (plan.starts_at, plan.ends_at)
        await self._service.move(GUILD, SESSION.id, MODERATOR, times, seen=seen, quiet=False)
        self.ledger.saved(moved)

    async def _delete(self) -> None:
        standing = [message for message in self.world.discord.posts(ANNOUNCEMENTS) if not message.deleted]
        if standing:
            rows = await self.world.db.read(reminders.history, GUILD, 100)
            known = {row.message_id for row in rows if row.state is State.SENT}
            standing[-1].deleted = True
            self.ledger.deleted(standing[-1], on_record=standing[-1].id in known)

    @property
    def _service(self) -> SessionService:
        return SessionService(self.world.db, self.world.clock, self.world.changes)

    async def _copy(self, what: str) -> None:
        original, copied = self._folder / "campaign.db", self._folder / "backup.db"
        if what == "back up":
            await asyncio.to_thread(backup.back_up, original, copied)
            self._backup = self.ledger.copied()
        elif what == "restore" and self._backup is not None:
            await self.world.end()
            await self.world.db.close()
            await asyncio.to_thread(backup.restore, copied, original, self._folder / "aside.db")
            self.world.db = await Database.open(original)
            self.world.restart()
            self.ledger.restored(self._backup)
        elif what == "run twice" and len(self._worlds) == 1:
            second = self._folder / "second.db"
            await asyncio.to_thread(backup.back_up, original, second)
            self.ledger.replaced = True
            self._worlds.append(await _twin(self.world, second))

    def _pause(self) -> int | None:
        """Seconds until the next look: a minute around what matters, else until the next of it; None at the end."""
        now, plan = self.world.clock.now(), self.ledger.plan
        moments = sorted(
            {plan.ends_at, *(plan.deadline(kind) for kind in KINDS), *(plan.due(kind) for kind in KINDS[1:])}
        )
        if any(moment - LOOKS <= now < moment + LOOKS for moment in moments):
            return 60
        return next((round((moment - LOOKS - now).total_seconds()) for moment in moments if moment > now), None)

    async def _rows(self) -> list[Wrong]:
        """The rows at the end agree with what stands in the channel."""
        wrong: list[Wrong] = []
        accepted = {post.message.id for post in self.ledger.posts}
        for row in await self.world.db.read(reminders.history, GUILD, 100):
            if row.is_open:
                wrong.append(("lost", f"{row.kind} was never settled: {row}"))
            if row.state is State.SENT and row.message_id is not None and row.message_id not in accepted:
                wrong.append(("corrupt", f"{row.kind} is on record as {row.message_id}, which nobody posted"))
        return wrong


async def _twin(world: World, path: Path) -> World:
    """Another machine with a copy of the database, beside the first one."""
    twin = World(await Database.open(path), world.clock.now())
    twin.clock, twin.discord, twin.changes = world.clock, world.discord, Changes()
    twin.restart()
    return twin


async def perform(schedule: Schedule, folder: Path) -> tuple[list[Wrong], Stage]:
    """Everything that was wrong with a schedule, and the stage as it was left."""
    world = World(await Database.open(folder / "campaign.db"), START - schedule.begin)
    errors = Errors()
    logging.getLogger("bot").addHandler(errors)
    stage = Stage(folder, world)
    try:
        await world.begin()
        for step in schedule.steps:
            await stage.play(step)
        wrong = await stage.settle()
        return [*wrong, *(("corrupt", f"the log says: {words}") for words in errors.seen)], stage
    finally:
        logging.getLogger("bot").removeHandler(errors)
        await stage.end()
