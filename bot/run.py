"""The life of the bot: lock, database, login, work, and a clean end."""

import asyncio
import contextlib
import faulthandler
import gc
import logging
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import discord

from bot import exits, health, logs, metrics
from bot.app import App, compose, open_clock
from bot.backups import back_up_daily
from bot.connect import CannotConnect, point_at, stay_connected
from bot.crash import Crash, no_crash
from bot.delivery.room import watch_room
from bot.domain.guilds import GuildConfig
from bot.domain.programme_problems import ProgrammeError
from bot.instance import AlreadyRunning, InstanceLock
from bot.metrics import Exposed, Metrics, MetricsUnavailable
from bot.notify import notify
from bot.settings import FIRST_PROGRAMME, UNSET, Settings
from bot.starts import Patience
from bot.store.database import Database
from bot.store.migrate import NotOurs
from bot.store.room import NoRoom
from bot.trial import SandboxFailed, sandbox
from bot.watchdog import Watchdog

log = logging.getLogger("bot")

HEALTH_EVERY = 5.0
FIRST_SYNC_PAUSE = 5.0
LONGEST_SYNC_PAUSE = 3600.0  # creates of commands are counted by the day


async def run(settings: Settings, crash: Crash = no_crash) -> int:
    """Run until a signal or a failure that trying again cannot cure; returns the exit code."""
    token = settings.discord_token
    faulthandler.enable()  # says where it was when systemd's patience ends (SIGABRT), or a library crashes
    logs.set_up(settings.log_level, [token.get_secret_value()] if token else [], settings.log_format)
    try:
        if token is None:
            return await _run_in_sandbox(settings, crash)
        return await _run(settings, crash)
    except (CannotConnect, ProgrammeError, MetricsUnavailable) as error:
        return _say(error, exits.CONFIG)
    except NotOurs as error:
        return _say(f"The database {settings.database_path} was not opened: {error}", exits.DATA)
    except AlreadyRunning as error:
        return _say(f"Not started: {error}. Stop that one, or give this one another DATABASE_PATH.", exits.TRY_LATER)
    except SandboxFailed as error:
        return _say(error, exits.INTERNAL)
    except DatabaseUnusable as error:
        return _say(error, exits.CONFIG)
    except Exception:
        log.exception("The bot ends because of a failure it was not made for")
        return exits.INTERNAL


async def _run_in_sandbox(settings: Settings, crash: Crash) -> int:
    """Without a token: the programme of the first session in a Discord on this machine."""
    from bot.domain.programme import read_programme  # noqa: PLC0415 - seldom needed, and slow to load

    programme = read_programme(settings.programme or FIRST_PROGRAMME)
    log.info("DISCORD_TOKEN is not set: starting the sandbox, a Discord on this machine")
    async with sandbox(settings, programme.session(guild_id=0)) as inside:
        return await _run(inside, crash)


async def _run(settings: Settings, crash: Crash) -> int:
    with _lock(settings):
        db = await _open(settings, crash)
        try:
            async with open_clock(settings) as clock, _figures(settings) as figures:
                point_at(settings.discord_api_url, settings.discord_gateway_url)
                app = await compose(settings, db, clock, crash, figures)
                figures.watch(_gauges(app))
                await _prepare_home(app)
                _collect_from_here_on()
                with Watchdog(clock, figures.lagged):
                    await _work(app, crash)
        except sqlite3.DatabaseError:
            await db.sound()  # if the file is damaged, that is what there is to say
            raise
        finally:
            await db.close()
    return exits.OK


def _collect_from_here_on() -> None:
    """Leave all that lives as long as the process out of every later collection."""
    gc.freeze()
    gc.enable()


@contextlib.asynccontextmanager
async def _figures(settings: Settings) -> AsyncIterator[Metrics]:
    """What counts; it listens only where somebody asked for that."""
    if settings.metrics_at is None:
        yield metrics.NONE
        return
    async with Exposed(settings.metrics_at) as figures:
        log.info("Figures for Prometheus are at http://%s%s", settings.metrics_address, metrics.PATH)
        yield figures


def _gauges(app: App) -> metrics.Gauges:
    return {
        "presses_waiting": ("Answers to sessions that are not in a commit yet.", lambda: app.rsvps.waiting),
        "writes_waiting": ("Writes that wait for the next commit.", lambda: app.db.waiting),
        "cards_due": ("Cards that are to be edited.", lambda: app.cards.waiting),
        "reminders_due": ("Reminders that are due and not settled.", lambda: app.courier.unsettled),
        "gateway_connected": ("1 while connected to Discord.", lambda: float(_connected(app))),
        "disk_full": ("1 while nothing can be saved for want of room.", lambda: float(app.db.full)),
    }


def _connected(app: App) -> bool:
    return app.client.ws is not None and app.client.ws.open


class DatabaseUnusable(Exception):
    """DATABASE_PATH names something that cannot be a database file."""

    def __init__(self, path: Path, error: Exception) -> None:
        super().__init__(
            f"DATABASE_PATH: {path} cannot be used ({error}); name a file in a folder that may be written to"
        )


@contextlib.contextmanager
def _lock(settings: Settings) -> Iterator[None]:
    lock = InstanceLock(settings.database_path)
    try:
        lock.__enter__()
    except OSError as error:
        raise DatabaseUnusable(settings.database_path, error) from None
    try:
        yield
    finally:
        lock.__exit__()


async def _open(settings: Settings, crash: Crash) -> Database:
    try:
        return await Database.open(settings.database_path, crash)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(settings.database_path, error) from None


async def _prepare_home(app: App) -> None:
    settings = app.settings
    for name in ("discord_guild_id", "announce_channel_id", "log_channel_id"):
        if getattr(settings, name) is None:
            log.warning("%s is not set: %s", name.upper(), UNSET[name])
    try:
        await _furnish(app, settings)
    except NoRoom as error:  # reminders that are stored can be posted all the same
        log.error("The home guild was not prepared: %s", error)  # noqa: TRY400 - the words say it all


async def _furnish(app: App, settings: Settings) -> None:
    if settings.discord_guild_id is None:
        return
    await app.guilds.adopt(
        GuildConfig(
            settings.discord_guild_id,
            announce_channel_id=settings.announce_channel_id,
            log_channel_id=settings.log_channel_id,
            moderator_role_id=settings.moderator_role_id,
            ping_role_id=settings.ping_role_id,
        )
    )
    home, file = settings.discord_guild_id, settings.programme
    if file is not None and not await app.programme.imported_before(file, home):
        await app.programme.import_once(file, home)


async def _work(app: App, crash: Crash) -> None:
    """Stay connected and deliver, until a signal asks to stop."""
    assert app.settings.discord_token is not None
    token = app.settings.discord_token.get_secret_value()
    logged_in, patience = asyncio.Event(), Patience(app.settings.database_path)
    async with _stop_on_signals() as stop, contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(app.client.close)
        stack.push_async_callback(app.finish)  # while there is a client to do it with
        tasks = {
            asyncio.create_task(_connect(app, token, logged_in, patience), name="connection"),
            asyncio.create_task(_deliver(app, logged_in), name="delivery"),
            asyncio.create_task(_tell_commands(app, logged_in), name="commands"),
            asyncio.create_task(_show_health(app, logged_in, patience), name="health"),
            asyncio.create_task(_back_up(app, crash), name="backups"),
            asyncio.create_task(_tell_changes(app, logged_in), name="audit"),
            asyncio.create_task(app.privacy.watch(), name="privacy"),
            asyncio.create_task(_watch_room(app), name="room"),
            asyncio.create_task(_end_if_damaged(app, logged_in), name="database"),
            asyncio.create_task(stop.wait(), name="stop"),
        }
        notify(READY="1")
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            patience.ended_well()
        finally:
            notify(STOPPING="1")
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            log.info("The bot stops")


async def _connect(app: App, token: str, logged_in: asyncio.Event, patience: Patience) -> None:
    await patience.wait(app.clock)
    await stay_connected(app.client, token, app.clock, logged_in)


async def _deliver(app: App, logged_in: asyncio.Event) -> None:
    await logged_in.wait()  # before, every call would be refused, and too many of those get an address banned
    app.cards.start()
    await app.courier.run()


async def _tell_commands(app: App, logged_in: asyncio.Event) -> None:
    """Sync the commands beside everything else: reminders and buttons do not wait for them."""
    await logged_in.wait()
    pause = FIRST_SYNC_PAUSE
    while True:
        try:
            await app.client.sync_commands()
            break
        except (discord.DiscordException, OSError, aiohttp.ClientError, sqlite3.Error) as error:
            log.warning("Discord was not told the commands (%s); next try in %.0f s", error, pause)
        await app.clock.sleep(pause)
        pause = min(pause * 4, LONGEST_SYNC_PAUSE)
    await asyncio.Event().wait()


async def _end_if_damaged(app: App, logged_in: asyncio.Event) -> None:
    """Look through the database when the start is over; until then nothing, or nearly nothing, was to be written."""
    await logged_in.wait()
    await app.client.wait_until_ready()
    await app.db.sound()
    await asyncio.Event().wait()


async def _tell_changes(app: App, logged_in: asyncio.Event) -> None:
    await logged_in.wait()
    await app.audit_log.run()


async def _back_up(app: App, crash: Crash) -> None:
    await back_up_daily(app.settings.database_path, app.settings.backups_kept, app.clock, crash)


async def _watch_room(app: App) -> None:
    await watch_room(app.clock, app.db, app.courier.moderators, lambda: [guild.id for guild in app.client.guilds])


@contextlib.asynccontextmanager
async def _stop_on_signals() -> AsyncIterator[asyncio.Event]:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the last comes when the terminal is closed
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def _show_health(app: App, logged_in: asyncio.Event, patience: Patience) -> None:
    scanned_at = connected_at = app.clock.monotonic()
    while True:
        now = app.clock.monotonic()
        scanned_at = (app.courier.scanned_at or scanned_at) if logged_in.is_set() else now
        if patience.why or _connected(app):
            connected_at = now
        ailing = "the disk is full: nothing can be saved" if app.db.full else None
        signs = health.Signs(scan=now - scanned_at, gateway=now - connected_at, ailing=ailing, waits=patience.why)
        health.show(app.settings.database_path, signs, monotonic=now)
        await app.clock.sleep(HEALTH_EVERY)


def _say(words: object, code: int) -> int:
    sys.stderr.write(f"{words}\n")
    return code
