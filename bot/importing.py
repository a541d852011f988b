"""`python -m bot import FILE`: a programme file into the home guild, without connecting."""

import sys
from pathlib import Path

from bot import exits
from bot.app import open_clock
from bot.domain.programme import Programme, ProgrammeError, read_programme
from bot.instance import AlreadyRunning, InstanceLock
from bot.services.changes import Changes
from bot.services.programme import ProgrammeService
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import NotOurs


async def import_file(settings: Settings, file: Path) -> int:
    """Import `file` all or nothing, say what was done, and return the exit code."""
    if settings.discord_guild_id is None:
        return _say("DISCORD_GUILD_ID is not set: the bot must know which server the programme is for.", exits.CONFIG)
    try:
        programme = read_programme(file)
        with InstanceLock(settings.database_path):
            return await _import(settings, programme)
    except ProgrammeError as error:
        return _say(error, exits.DATA)
    except AlreadyRunning as error:
        return _say(f"Nothing was imported: {error}. Stop it first.", exits.TRY_LATER)
    except NotOurs as error:
        return _say(f"The database {settings.database_path} was not opened: {error}", exits.DATA)


async def _import(settings: Settings, programme: Programme) -> int:
    assert settings.discord_guild_id is not None
    db = await Database.open(settings.database_path)
    try:
        async with open_clock(settings) as clock:
            service = ProgrammeService(db, clock, Changes())
            report = await service.import_programme(programme, settings.discord_guild_id)
    finally:
        await db.close()
    sys.stdout.write(f"{report}\n")
    return exits.OK


def _say(words: object, code: int) -> int:
    sys.stderr.write(f"{words}\n")
    return code
