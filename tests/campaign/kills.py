"""SIGKILL at a random moment under load: members press and ask, a moderator plans and changes, reminders fall due.

The bot is killed, what it leaves is looked at as it lies there, and it is started again (sometimes killed once more on
its way up). Whatever was confirmed must be stored, every post that is due must come, and come once.
What is drawn by chance can be repeated by the seed; the moment of the kill, measured in the bot's own steps, cannot.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.campaign.house import (
    House,
    answers,
    card_is_right,
    copied,
    house,
    integrity,
    lost_answers,
    nurseries,
    played,
    posts,
    pressed,
    rows,
    seats,
    unanswered,
)
from tests.campaign.tally import Kind, Order, Tally
from tests.e2e.conftest import GUILD, MODERATOR, button_ids, eventually

if TYPE_CHECKING:
    import random
    from datetime import datetime
    from pathlib import Path

PART = "kills"
HOUSE = 15  # rounds in one sandbox
LONGEST = 60.0  # seconds: a round that takes longer hangs
WINDOW = 0.7  # seconds in which the kill comes
PRESSERS = 8
CHOICES = ["in_person"] * 4 + ["online", "maybe", "declined", "withdraw"]


async def run(order: Order) -> Tally:
    tally = Tally(PART, order.seed)
    left = list(order.rounds)
    with nurseries() as nursery:
        while left:
            window = order.rng(left[0]).choice(["0", "180"])  # seconds that Discord remembers a nonce
            async with house(nursery, "--no-rate-limits", "--nonce-window", window, PROGRAMME="none") as ours:
                members = await ours.remote.add_members(GUILD, 12)
                for _ in range(min(HOUSE, len(left))):
                    number = left.pop(0)
                    one = Round(ours, order.rng(number), tally, number, members)
                    whole = await played(ours, one.play(), tally, number, seconds=LONGEST, where="")
                    tally.rounds += 1
                    order.progress(1)
                    if not whole:
                        break
    return tally


class Round:
    """One kill."""

    def __init__(self, ours: House, chance: random.Random, tally: Tally, number: int, members: list[str]) -> None:
        self.house = ours
        self.tally = tally
        self.number = number
        self._chance = chance
        self._members = members
        self._database: Path = ours.folder / "community.db"
        self._title = f"Round {number}"
        self._lead = chance.choice([60, 10])  # minutes before the start: the reminder that falls due under load
        self._since = 0
        self._starts: datetime | None = None
        self._planned = False

    async def play(self) -> None:
        if self.house.bot is None or self.house.bot.process.returncode is not None:
            await self.house.start_bot()
        await self.house.jump(await self.house.now() + timedelta(days=2))
        self._since = max(self.house.sandbox.interactions._all, default=0)
        await self._killed()
        self._look(copied(self.house), "as the kill left it")
        await self._started_again()
        await self._settled()

    # -- up to the kill ------------------------------------------------------------------------------------------------

    async def _killed(self) -> None:
        assert self.house.bot is not None
        planning = asyncio.create_task(self._plan())
        pressing = asyncio.create_task(self._before_the_presses(planning))
        story = asyncio.create_task(self._story(pressing))
        since = self._chance.choices([None, planning, pressing], [15, 20, 65])[0]
        if since is not None:
            await since
        await asyncio.wait([story], timeout=self._chance.uniform(0.005, WINDOW))
        await self.house.bot.kill()
        story.cancel()
        (ended,) = await asyncio.gather(story, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
        self.tally.did["kills"] += 1

    async def _before_the_presses(self, planning: asyncio.Task[None]) -> Any:
        await planning
        await self._moderate("attendee capacity", number=str(self._chance.randint(1, 4)))
        return await self._card()

    async def _story(self, pressing: asyncio.Task[Any]) -> None:
        card = await pressing
        async with asyncio.TaskGroup() as group:
            for _ in range(PRESSERS):
                group.create_task(self._press(card))
            group.create_task(self._ask())
            group.create_task(self._change())
            group.create_task(self._ring())

    async def _plan(self) -> None:
        now = (await self.house.now()).replace(microsecond=0, second=0)
        self._starts = now + timedelta(minutes=self._lead + 2)
        form = await self._moderate("session create", zone="UTC")
        typed = {"title": self._title, "start": f"{self._starts:%d %B %Y %H:%M}", "end": "90m", "place": "Library"}
        shown = await self.house.remote.submit(MODERATOR, form["id"], typed)
        done = await self.house.press(MODERATOR, shown["message"], "Create")
        self._planned = done["state"] == "answered"

    async def _moderate(self, command: str, **options: Any) -> Any:
        return await self.house.command(MODERATOR, command, **options)

    async def _card(self) -> Any:
        async def find() -> Any:
            found = await self.house.messages()
            return next((one for one in found if button_ids(one, f"rsvp:{self._session()}:")), None)

        return await eventually(find, why="the card is posted")

    async def _press(self, card: Any) -> None:
        session = self._session()
        while True:
            user, choice = self._chance.choice(self._members), self._chance.choice(CHOICES)
            await self.house.remote.press(user, card["id"], f"rsvp:{session}:{choice}", force=True)
            await asyncio.sleep(self._chance.uniform(0, 0.01))

    async def _ask(self) -> None:
        while True:
            await self.house.command(self._chance.choice(self._members), self._chance.choice(["schedule", "rsvp"]))

    async def _change(self) -> None:
        for step in range(100):
            await self._moderate("session stream", url=f"https://example.org/{step}")
            await self._moderate("attendee capacity", number=str(5 + step))
            await asyncio.sleep(self._chance.uniform(0, 0.05))

    async def _ring(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.15))
        await self._due(self._lead)

    # -- afterwards ----------------------------------------------------------------------------------------------------

    async def _started_again(self) -> None:
        if self._chance.random() < 0.2:
            bot = await self.house.start_bot(ready=False)
            await asyncio.sleep(self._chance.uniform(0, 0.4))
            await bot.kill()
            self.tally.did["kills while starting"] += 1
        await self.house.start_bot()

    async def _settled(self) -> None:
        """All that was and will be due comes, people are answered again, and the card is right."""
        session = self._session()
        if session is None:
            self.tally.did["kills before the session was stored"] += 1
            if self._planned:
                self._fault("lost", "the session was confirmed and is not stored")
            return
        await self._card()
        again = max(self.house.sandbox.interactions._all, default=0)
        for minutes in sorted({self._lead, 10, 0}, reverse=True):
            await self._due(minutes)
            await self._posted(session, f"before-{minutes}" if minutes else "start")
        await asyncio.gather(*(self._calm_press(session, user) for user in self._chance.sample(self._members, 3)))
        await eventually(self._card_right, why="the card shows what is stored")
        for one in unanswered(self.house.sandbox, again):
            self._fault("unanswered", f"{one.name}: {one.failure or 'something went wrong'}")
        self._look(self._database, "in the end")
        self._count(session)

    async def _calm_press(self, session: str, user: str) -> None:
        card = await self._card()
        await self.house.remote.press(user, card["id"], f"rsvp:{session}:{self._chance.choice(CHOICES)}", force=True)

    async def _card_right(self) -> bool:
        return card_is_right(self.house.sandbox, self._database, self._session() or "")

    async def _due(self, minutes: int) -> None:
        assert self._starts is not None
        moment = self._starts - timedelta(minutes=minutes)
        if await self.house.now() < moment:
            await self.house.jump(moment)

    async def _posted(self, session: str, kind: str) -> None:
        async def done() -> bool:
            sql = "SELECT state FROM reminder WHERE session_id = ? AND kind = ?"
            return rows(self._database, sql, session, kind) in ([("sent",)], [("failed",)], [("skipped",)])

        with contextlib.suppress(AssertionError):  # counted below
            await eventually(done, why=f"{kind} is posted")

    # -- judging -------------------------------------------------------------------------------------------------------

    def _session(self) -> str | None:
        found = rows(self._database, "SELECT id FROM session WHERE title = ?", self._title)
        return str(found[0][0]) if found else None

    def _look(self, path: Path, when: str) -> None:
        if (found := integrity(path)) != "ok":
            self._fault("corrupt", f"{when}: {found}")
        told = pressed(self.house.sandbox, self._since)
        self.tally.did["presses"] += len(told) if path == self._database else 0
        self.tally.did["presses confirmed"] += sum(one.confirmed for one in told) if path == self._database else 0
        for session in {one.session for one in told}:
            mine = [one for one in told if one.session == session]
            for words in lost_answers(mine, answers(path, session)):
                self._fault("lost", f"{when}: {words}")
            if words := seats(path, session):
                self._fault("corrupt", f"{when}: {words}")

    def _count(self, session: str) -> None:
        """Each post stands once, wherever it was due."""
        cards, keys = posts(self.house.sandbox)
        if cards[session] != 1:
            self._fault("doubled" if cards[session] else "lost", f"{cards[session]} cards")
        wanted = {"announce", "start", "before-10", f"before-{self._lead}"}
        for kind, key, state in rows(
            self._database, "SELECT kind, key, state FROM reminder WHERE session_id = ?", session
        ):
            standing = cards[session] if kind == "announce" else keys[key]
            if standing > 1:
                self._fault("doubled", f"{kind} stands {standing} times")
            if kind in wanted and (state != "sent" or not standing):
                self._fault("lost", f"{kind} is {state}, and stands {standing} times")
            self.tally.did["posts"] += standing

    def _fault(self, kind: Kind, words: str) -> None:
        self.tally.fault(self.number, kind, words)
