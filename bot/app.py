"""Composition: what is wired to what, in one place."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp

from bot.client import CommunityBot
from bot.clock import Clock
from bot.delivery.cards import CardKeeper
from bot.delivery.courier import Courier
from bot.delivery.editor import DiscordEditor
from bot.delivery.pace import Pace
from bot.delivery.postman import no_crash
from bot.delivery.sender import DiscordSender
from bot.follow import follow
from bot.services.changes import Changes
from bot.services.guilds import GuildService
from bot.services.lookup import LookupService
from bot.services.programme import ProgrammeService
from bot.services.rsvps import RsvpService
from bot.services.sessions import SessionService
from bot.settings import Settings
from bot.store.database import Database

log = logging.getLogger(__name__)

FOLLOW_TIMEOUT = 10.0  # seconds to wait for the first word of the clock at CLOCK_URL


@dataclass(frozen=True, slots=True)
class App:
    """The house: what cogs and the command line may use."""

    settings: Settings
    clock: Clock
    db: Database
    changes: Changes
    client: CommunityBot
    guilds: GuildService
    lookup: LookupService
    programme: ProgrammeService
    sessions: SessionService
    rsvps: RsvpService
    cards: CardKeeper
    courier: Courier

    async def finish(self) -> None:
        """Finish what was begun: presses that were taken, cards that have changed."""
        await self.rsvps.close()
        await self.cards.close()


async def compose(settings: Settings, db: Database, clock: Clock, crash: Callable[[str], None] | None = None) -> App:
    """Build the house around an open database."""
    changes, pace = Changes(), Pace(clock)
    client = CommunityBot(db)
    sender = DiscordSender(client)
    client.heard_of = sender.note
    app = App(
        settings=settings,
        clock=clock,
        db=db,
        changes=changes,
        client=client,
        guilds=GuildService(db, clock, changes),
        lookup=LookupService(db, clock),
        programme=ProgrammeService(db, clock, changes),
        sessions=SessionService(db, clock, changes),
        rsvps=RsvpService(db, clock, changes),
        cards=CardKeeper(db, clock, changes, DiscordEditor(client), pace=pace),
        courier=Courier(clock, db, changes, sender, pace=pace, crash=crash or no_crash),
    )
    client.app = app
    await client.load_cogs()
    return app


@contextlib.asynccontextmanager
async def open_clock(settings: Settings) -> AsyncIterator[Clock]:
    """The clock that the settings ask for; with CLOCK_URL it follows that one from its first word on."""
    clock = Clock(settings.clock_start, settings.clock_speed)
    if settings.clock_url is None:
        yield clock
        return
    async with aiohttp.ClientSession() as session:
        heard = asyncio.Event()
        task = asyncio.create_task(follow(settings.clock_url, clock, session, heard), name="clock")
        try:
            with contextlib.suppress(TimeoutError):  # it says so itself, and goes on trying
                await asyncio.wait_for(heard.wait(), FOLLOW_TIMEOUT)
            yield clock
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
