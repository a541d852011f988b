"""SIGKILL at each named point: of a delivery, of a commit with answers in it, of a migration, a backup, a restore.

After each the bot starts by itself, the database is whole, and what was promised is kept.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.store.migrate import migrations
from tests.campaign.house import (
    answers,
    card_is_right,
    copied,
    house,
    nurseries,
    played,
    rows,
)
from tests.campaign.mortal import Mortal
from tests.campaign.tally import Order, Tally
from tests.e2e.conftest import MODERATOR, START, eventually

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.e2e.nursery import Nursery

PART = "points"
LONGEST = 60.0  # seconds: a round that takes longer hangs
DELIVERY = ("after-claim", "before-send", "after-accept", "before-mark")
LATER = """
INSERT INTO session (id, guild_id, slug, title, folded, starts_at, ends_at, zone, mode, status, organizers, links,
                     streamed, recorded)
VALUES ('old', 7, 'old', 'Old', 'old', 4000000000, 4000003600, 'UTC', 'hybrid', 'scheduled', '[]', '[]', 0, 0)
"""
ANSWER = (
    "INSERT INTO rsvp (session_id, user_id, answer, queue, name, answered_at, press_id) VALUES ('old',?,?,?,'A',1,1)"
)


async def run(order: Order) -> Tally:
    tally = Tally(PART, order.seed)
    with nurseries() as nursery:
        for number in order.rounds:
            await _played(nursery, order.rng(number), tally, number)
            tally.rounds += 1
            order.progress(1)
    return tally


async def _played(nursery: Nursery | None, chance: random.Random, tally: Tally, number: int) -> None:
    name, play = POINTS[number % len(POINTS)]
    async with house(nursery, "--no-rate-limits", "--nonce-window", chance.choice(["0", "180"])) as ours:
        one = Round(ours, chance, tally, number, name)
        await played(ours, play(one), tally, number, seconds=LONGEST, where=f"at {name} ")
    tally.did[name] += 1


class Round(Mortal):
    """One death at a named point, in a house of its own."""

    # -- a delivery ----------------------------------------------------------------------------------------------------

    async def announcement(self, point: str) -> None:
        bot = await self._house.start_bot(CRASH_AT=point, ready=False)
        await self._dies(bot)
        await self._perhaps_again("announce")
        await self._house.start_bot()
        await self._all_come()

    async def reminder(self, point: str) -> None:
        bot = await self._house.start_bot(CRASH_AT=f"{point}:2", ready=False)
        await self._answered(self._chance.randint(0, 3))
        await self._house.jump(START - timedelta(hours=24))
        await self._dies(bot)
        await self._perhaps_again("before-1440")
        await self._house.start_bot()
        await self._sent("before-1440")
        await self._all_come("before-1440")

    async def _perhaps_again(self, kind: str) -> None:
        """On the way up it may die at any of the points once more."""
        if self._chance.random() < 0.7:
            return
        bot = await self._house.start_bot(CRASH_AT=self._chance.choice(DELIVERY), ready=False)

        async def over() -> bool:
            return bot.process.returncode is not None or self._state(kind) == "sent"

        await eventually(over, why="it dies again, or has come through")
        await bot.kill()
        self._tally.did["deaths on the way up"] += 1

    # -- a commit ------------------------------------------------------------------------------------------------------

    async def commit(self, point: str) -> None:
        now = self._house.folder / "now"
        bot = await self._house.start_bot(CRASH_AT=point, CRASH_WHEN=str(now))
        await self._house.command(MODERATOR, "attendee capacity", number="2")
        await self._answered(self._chance.randint(1, 4))
        now.touch()
        await self._answered(self._chance.randint(1, 8), wait=False)
        await self._dies(bot)
        now.unlink()
        await self._house.start_bot()
        await self._answered(3)
        await eventually(self._card_right, why="the card shows what is stored")
        await self._all_come()

    async def _card_right(self) -> bool:
        return card_is_right(self._house.sandbox, self._database, self._session())

    # -- a migration ---------------------------------------------------------------------------------------------------

    async def migration(self, point: str) -> None:
        newest = migrations()[-1][0]
        first = self._chance.randint(1, newest)
        await self._dies(await self._house.start_bot(CRASH_AT=f"{point}:{first}", ready=False))
        self._expect_version(first - 1)
        older = first > 1
        if older:  # what people said to an older release
            self._fill()
        second = self._chance.randint(first, newest)
        await self._dies(await self._house.start_bot(CRASH_AT=f"{point}:{second - first + 1}", ready=False))
        self._expect_version(second - 1)
        await self._house.start_bot()
        self._expect_version(newest)
        if older and answers(self._database, "old") != {1: "online", 2: "maybe"}:
            self._fault("lost", "answers of an older release")
        await self._all_come()

    def _fill(self) -> None:
        with closing(sqlite3.connect(self._database)) as conn, conn:
            conn.execute(LATER)
            conn.executemany(ANSWER, [(1, "online", 1), (2, "maybe", 2)])

    def _expect_version(self, version: int) -> None:
        ((found,),) = rows(self._database, "PRAGMA user_version")
        if found != version:
            self._fault("corrupt", f"the schema is {found}, not {version}")

    # -- backup and restore --------------------------------------------------------------------------------------------

    async def daily_backup(self, point: str) -> None:
        await self._dies(await self._house.start_bot(CRASH_AT=point, ready=False))
        await self._house.start_bot()

        async def made() -> list[Path]:
            return list((self._house.folder / "backups").glob("*Z.db"))

        (copy,) = await eventually(made, why="the backup is made at the next start")
        self._whole(copy)
        await self._all_come()

    async def backup_by_hand(self, point: str) -> None:
        bot = await self._house.start_bot()
        await self._answered(2)
        copy = self._house.folder / "copy.db"
        await self._dies(await self._house.start_bot("backup", str(copy), ready=False, CRASH_AT=point))
        if copy.exists():
            self._fault("corrupt", "half a backup bears the name of a whole one")
        await self._command("backup", copy)
        self._whole(copy)
        self._house.bot = bot
        await self._answered(2)
        await self._all_come()

    async def restore(self, point: str) -> None:
        bot = await self._house.start_bot()
        await self._answered(2)
        copy = self._house.folder / "copy.db"
        await self._command("backup", copy)
        await self._answered(3)
        await self._house.jump(START - timedelta(hours=24))
        await self._sent("before-1440")
        await (bot.kill() if self._chance.random() < 0.5 else bot.stop())
        before = answers(copied(self._house), self._session())
        moment = self._chance.randint(1, 3)
        await self._dies(
            await self._house.start_bot("restore", str(copy), ready=False, CRASH_AT=f"{point}:{moment}"), told=False
        )
        if self._chance.random() < 0.3:
            await self._command("restore", copy)
            moment = 3
        # A copy that is put back within two minutes of a post relies on Discord, which remembers a nonce for a few;
        # this sandbox may have forgotten it at once.
        await self._house.jump(START - timedelta(hours=24) + timedelta(minutes=3))
        await self._house.start_bot()
        wanted = before if moment == 1 else answers(copy, self._session())
        if answers(self._database, self._session()) != wanted:
            self._fault("lost", f"answers, at moment {moment} of the restore")
        # The backup does not know of this post, so it is looked for; once a newer one is due, it would not be missed.
        await self._sent("before-1440")
        await self._all_come("before-1440", told=False)

    async def _command(self, *arguments: object) -> None:
        done = await self._house.start_bot(*map(str, arguments), ready=False)
        if await done.ended() != 0:
            self._fault("corrupt", f"{arguments[0]}: {done.text}")


def _points() -> list[tuple[str, Callable[[Round], Awaitable[None]]]]:
    found: list[tuple[str, Callable[[Round, str], Awaitable[None]], str]] = [
        (f"{point} ({what})", play, point)
        for point in DELIVERY
        for what, play in (("announcement", Round.announcement), ("reminder", Round.reminder))
    ]
    found += [
        ("before-commit", Round.commit, "before-commit"),
        ("after-commit", Round.commit, "after-commit"),
        ("mid-migration", Round.migration, "mid-migration"),
        ("mid-backup (daily)", Round.daily_backup, "mid-backup"),
        ("mid-backup (by hand)", Round.backup_by_hand, "mid-backup"),
        ("mid-restore", Round.restore, "mid-restore"),
    ]
    return [(name, lambda one, play=play, point=point: play(one, point)) for name, play, point in found]  # type: ignore[misc] # bound at once


POINTS = _points()
