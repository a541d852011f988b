"""What the rounds with a bot that dies have in common: the presses, the death, and the counting afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.campaign.house import House, answers, copied, integrity, lost_answers, posts, pressed, rows, seats
from tests.e2e.conftest import GUILD, START, eventually

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from tests.campaign.tally import Kind, Tally

CHOICES = ("in_person", "in_person", "online", "maybe", "declined")


class Mortal:
    """One house, whose bot is going to die at the point of that name."""

    def __init__(self, ours: House, chance: random.Random, tally: Tally, number: int, name: str) -> None:
        self._house = ours
        self._chance = chance
        self._tally = tally
        self._number = number
        self._name = name
        self._database: Path = ours.folder / "community.db"

    async def _answered(self, count: int, *, wait: bool = True) -> None:
        """So many presses of members on the card, at once."""
        card = await self._house.card() if wait else (await self._house.messages())[0]
        members = await self._house.remote.add_members(GUILD, count) if count else []
        custom_ids = [f"rsvp:{self._session()}:{self._chance.choice(CHOICES)}" for _ in members]
        presses = [
            self._house.remote.press(member, card["id"], custom_id, wait=wait)
            for member, custom_id in zip(members, custom_ids, strict=True)
        ]
        for done in await asyncio.gather(*presses):
            if wait and done["state"] != "answered":
                self._fault("unanswered", f"a press: {done['failure']}")

    async def _dies(self, bot: Any, *, told: bool = True) -> None:
        code = await bot.ended()
        if code != -9:
            raise AssertionError(f"it ended with {code} instead of dying: {bot.text}")
        copy = copied(self._house)
        if copy.exists():
            self._whole(copy)
        if told and pressed(self._house.sandbox):
            self._keeps_its_word(copy)

    def _whole(self, path: Path) -> None:
        if (found := integrity(path)) != "ok":
            self._fault("corrupt", f"{path.name}: {found}")

    def _keeps_its_word(self, path: Path) -> None:
        told = pressed(self._house.sandbox)
        for words in lost_answers(told, answers(path, self._session())):
            self._fault("lost", words)
        if words := seats(path, self._session()):
            self._fault("corrupt", words)

    async def _all_come(self, *kinds: str, told: bool = True) -> None:
        """The next reminder passes every place where a second copy would have come from; then all is counted."""
        await self._sent("announce")
        await self._house.jump(START - timedelta(hours=1))
        await self._sent("before-60")
        self._whole(self._database)
        if told:
            self._keeps_its_word(self._database)
        cards, keys = posts(self._house.sandbox)
        if (count := sum(cards.values())) != 1:
            self._fault("doubled" if count else "lost", f"{count} cards")
        for kind, key, state in rows(self._database, "SELECT kind, key, state FROM reminder WHERE session_id != 'old'"):
            if keys[key] > 1:
                self._fault("doubled", f"{kind} stands {keys[key]} times")
            if kind in {"before-60", *kinds} and (state != "sent" or not keys[key]):
                self._fault("lost", f"{kind} is {state}, and stands {keys[key]} times")

    async def _sent(self, kind: str) -> None:
        async def done() -> bool:
            return self._state(kind) == "sent"

        await eventually(done, why=f"{kind} is posted")

    def _state(self, kind: str) -> str:
        try:
            found = rows(self._database, "SELECT state FROM reminder WHERE kind = ? AND session_id != 'old'", kind)
        except sqlite3.OperationalError:  # not there yet
            return ""
        return str(found[0][0]) if found else ""

    def _session(self) -> str:
        ((found,),) = rows(self._database, "SELECT id FROM session WHERE id != 'old'")
        return str(found)

    def _fault(self, kind: Kind, words: str) -> None:
        self._tally.fault(self._number, kind, f"at {self._name}: {words}")
