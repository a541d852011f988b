"""Composition: what is wired to what, in one place."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp

from bot.client import CommunityBot
from bot.clock import Clock
from bot.crash import Crash, no_crash
from bot.delivery.audit import AuditLog
from bot.delivery.calls import Calls
from bot.delivery.cards import CardKeeper
from bot.delivery.courier import Courier
from bot.delivery.editor import DiscordEditor
from bot.delivery.pace import Pace
from bot.delivery.rehearsals import Rehearsals
from bot.delivery.roles import DiscordRoles
from bot.delivery.sender import DiscordSender
from bot.follow import follow
from bot.metrics import NONE, Metrics
from bot.painting import Painter
from bot.second_copy import SecondCopy
from bot.services.agenda import AgendaService
from bot.services.attendance import AttendanceService
from bot.services.audit import AuditService
from bot.services.changes import Changes
from bot.services.departures import DepartureService
from bot.services.doctor import DoctorService
from bot.services.drafts import DraftService
from bot.services.exchange import ExchangeService
from bot.services.guilds import GuildService
from bot.services.lookup import LookupService
from bot.services.plans import PlanService
from bot.services.privacy import PrivacyService
from bot.services.programme import ProgrammeService
from bot.services.reminders import ReminderService
from bot.services.rsvps import RsvpService
from bot.services.series import SeriesService
from bot.services.sessions import SessionService
from bot.services.stats import StatsService
from bot.services.talks import TalkService
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
    departures: DepartureService
    reminders: ReminderService
    doctor: DoctorService
    lookup: LookupService
    programme: ProgrammeService
    sessions: SessionService
    drafts: DraftService
    plans: PlanService
    exchange: ExchangeService
    series: SeriesService
    talks: TalkService
    agenda: AgendaService
    rsvps: RsvpService
    attendance: AttendanceService
    cards: CardKeeper
    courier: Courier
    audit: AuditService
    audit_log: AuditLog
    stats: StatsService
    painter: Painter
    privacy: PrivacyService
    rehearsals: Rehearsals
    second_copy: SecondCopy

    async def finish(self) -> None:
        """Finish what was begun: presses that were taken, cards that have changed."""
        await self.rehearsals.close()
        await self.rsvps.close()
        await self.cards.close()
        self.painter.close()


async def compose(
    settings: Settings,
    db: Database,
    clock: Clock,
    crash: Crash = no_crash,
    metrics: Metrics = NONE,
) -> App:
    """Build the house around an open database."""
    changes, pace = Changes(), Pace(clock)
    client = CommunityBot(db, clock)
    sender = DiscordSender(client)
    client.heard_of = sender.note
    calls = Calls(pace)  # of what is posted besides reminders and cards
    roles = DiscordRoles(client)
    courier = Courier(clock, db, changes, sender, pace=pace, crash=crash, roles=roles, metrics=metrics)
    editor = DiscordEditor(client)
    app = App(
        settings=settings,
        clock=clock,
        db=db,
        changes=changes,
        client=client,
        guilds=GuildService(db, clock, changes),
        departures=DepartureService(db, clock, changes),
        reminders=ReminderService(db, clock, changes),
        doctor=DoctorService(db, clock, settings.database_path),
        lookup=LookupService(db, clock),
        programme=ProgrammeService(db, clock, changes),
        sessions=SessionService(db, clock, changes),
        drafts=DraftService(db, clock),
        plans=PlanService(db, clock, changes),
        exchange=ExchangeService(db, clock, changes),
        series=SeriesService(db, clock, changes),
        talks=TalkService(db, clock, changes),
        agenda=AgendaService(db, clock, changes),
        rsvps=RsvpService(db, clock, changes, metrics),
        attendance=AttendanceService(db, clock, changes),
        cards=CardKeeper(db, clock, changes, editor, pace=pace, tell=courier.moderators.tell),
        courier=courier,
        audit=AuditService(db, clock, changes),
        audit_log=AuditLog(clock, db, sender, calls),
        stats=StatsService(db),
        painter=Painter(),
        privacy=PrivacyService(db, clock, changes, settings.database_path),
        rehearsals=Rehearsals(clock, db, sender, calls),
        second_copy=SecondCopy(clock, courier.moderators.tell, settings.discord_guild_id),
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
