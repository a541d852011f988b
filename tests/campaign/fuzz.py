"""Whatever people type, press or forge: it is answered in words, nobody is pinged, and rights hold.

Of each hundred inputs, eighty go to parsers and twenty are steps of one walk through the composed bot, which begins
anew on the same database. To repeat a step, its walk is taken up to it.
"""

import contextlib
import logging
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import discord
from discord.webhook.async_ import async_context

from bot.app import compose
from bot.clock import Clock
from bot.domain.programme import read_programme
from bot.settings import Settings
from bot.store.database import Database
from tests.campaign import parsers
from tests.campaign.ears import Failures, Listener
from tests.campaign.tally import Order, Tally
from tests.campaign.walk import Walk, attachment
from tests.cogs.test_matrix import BOT, ELSEWHERE, HOME, NOW, Scene, _furnish, _guild

HUNDRED, PARSED = 100, 80
ALLOWED = "17901423807488"  # to everybody in the guilds, and so to the bot: what its invitation asks for


async def run(order: Order) -> Tally:
    tally = Tally("fuzz", order.seed)
    for name in sorted(parsers.missing()):
        tally.fault(0, "corrupt", f"{name} reads text and is not in the table of parsers")
    async with house() as bot:
        for chunk in range(order.rounds.start // HUNDRED, -(-order.rounds.stop // HUNDRED)):
            numbers = [number for number in range(chunk * HUNDRED, (chunk + 1) * HUNDRED) if number in order.rounds]
            for number in numbers:
                if number % HUNDRED < PARSED:
                    _parse(tally, number, order.rng(number))
            last = max(numbers) % HUNDRED
            if last >= PARSED:
                await bot.walk(tally, order, range(chunk * HUNDRED + PARSED, chunk * HUNDRED + last + 1))
            tally.rounds += len(numbers)
            order.progress(len(numbers))
    return tally


def _parse(tally: Tally, number: int, rng: Random) -> None:
    _, wrong = parsers.attempt(rng)
    tally.did["texts to parsers"] += 1
    if wrong is not None:
        tally.fault(number, "corrupt", wrong)


class House:
    """The composed bot, with a listener in the place of the network."""

    def __init__(self, scene: Scene, listener: Listener, failures: Failures, template: sqlite3.Connection) -> None:
        self.scene = scene
        self._listener = listener
        self._failures = failures
        self._template = template

    async def walk(self, tally: Tally, order: Order, numbers: range) -> None:
        """Take the walk; what is not in the order is walked and not counted."""
        await self.scene.app.db._writer.run(self._template.backup)
        rng = order.rng(numbers.start)
        walk = Walk(self.scene, self._listener, self._failures, rng)
        http: Any = self.scene.app.client.http  # the edge of the network
        http.get_from_cdn, http.request = _handing_in(rng), self._listener.call
        for number in numbers:
            words, wrong = await walk.step()
            if number in order.rounds:
                tally.did["interactions"] += 1
                for kind, what in wrong:
                    tally.fault(number, kind, f"{words}: {what}")


def _handing_in(rng: Random) -> Any:
    async def get_from_cdn(url: str) -> bytes:
        return attachment(rng)

    return get_from_cdn


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    failures, log = Failures(), logging.getLogger("bot")
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(sqlite3.connect(":memory:", check_same_thread=False)) as template,
    ):
        path = Path(folder) / "fuzz.db"
        db = await Database.open(path)
        settings = Settings(_env_file=None, programme=None, database_path=path)
        app = await compose(settings, db, Clock(NOW, speed=0))
        session = read_programme(parsers.ROOT / parsers.FILES[0]).session(HOME)
        await db.write(_furnish, session)
        await db._writer.run(lambda conn: conn.backup(template))
        state = app.client._connection
        user: Any = {"id": str(BOT), "username": "bot", "discriminator": "0", "avatar": None}
        state.user = discord.ClientUser(state=state, data=user)
        for guild_id in (HOME, ELSEWHERE):
            guild = _guild(guild_id)
            guild["roles"][0]["permissions"] = ALLOWED
            state._add_guild_from_data(guild)  # type: ignore[arg-type] # as much of it as is looked at
        listener = Listener()
        token = async_context.set(listener)
        propagate, log.propagate = log.propagate, False
        log.addHandler(failures)
        try:
            yield House(Scene(app, path, session, listener), listener, failures, template)
        finally:
            log.removeHandler(failures)
            log.propagate = propagate
            async_context.reset(token)
            await app.finish()
            await db.close()
