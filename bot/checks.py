"""What `python -m bot check` looks at: settings, time zones, programme files, database. Nothing is changed."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import available_timezones

from bot.domain.programme import ProgrammeError, read_programme
from bot.domain.zones import WrongTimeError, day_words, find_zone, resolve
from bot.settings import Settings, SettingsError, load_settings
from bot.store import migrate

_ENV = Path(".env")
_DATA = Path("data")
# Known for certain: summer time in Berlin, two hours ahead of UTC.
_WALL, _MOMENT = datetime(2022, 5, 24, 10), datetime(2022, 5, 24, 8, tzinfo=UTC)  # noqa: DTZ001 - a wall clock


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: `words` say what is so, and what to do where `ok` is false."""

    ok: bool
    title: str
    words: str


async def run_checks(env_file: Path | None = _ENV, data: Path = _DATA) -> list[Check]:
    """Look at everything that can be looked at without Discord; `data` is the folder of the programme files."""
    try:
        settings = load_settings(env_file)
    except SettingsError as error:
        found = [Check(ok=False, title="Settings", words=problem) for problem in error.problems]
        later = Check(
            ok=False, title="Database", words="not looked at: DATABASE_PATH counts once the settings are right"
        )
        return [*found, _zones(), *await asyncio.to_thread(_programmes, None, data), later]
    return [
        Check(ok=True, title="Settings", words=_settings_words(settings)),
        _zones(),
        *await asyncio.to_thread(_programmes, settings.programme, data),
        await asyncio.to_thread(_database, settings.database_path),
    ]


def _settings_words(settings: Settings) -> str:
    if settings.discord_token is None:
        return "in order; DISCORD_TOKEN is not set, so the bot will start in the sandbox"
    if settings.discord_guild_id is None:
        return "in order; DISCORD_GUILD_ID is not set, so no programme will be imported at the start"
    return "in order"


def _zones() -> Check:
    try:
        right = resolve(_WALL, "Europe/Berlin") == _MOMENT
    except WrongTimeError:
        right = False
    if not right:
        words = "the rules of the time zones are missing or wrong: install the package tzdata"
        return Check(ok=False, title="Time zones", words=words)
    return Check(ok=True, title="Time zones", words=f"{len(available_timezones())} known")


def _programmes(chosen: Path | None, data: Path) -> list[Check]:
    """The file of the settings, and all that lie in the folder."""
    files = sorted(data.glob("*.toml"))
    if chosen is not None and chosen.resolve() not in {file.resolve() for file in files}:
        files.insert(0, chosen)
    if not files:
        return [Check(ok=True, title="Programme", words=f"there is no file in {data}, and none is asked for")]
    return [check for file in files for check in _programme(file)]


def _programme(file: Path) -> list[Check]:
    try:
        programme = read_programme(file)
    except ProgrammeError as error:
        return [Check(ok=False, title="Programme", words=str(problem)) for problem in error.problems]
    session = programme.session(guild_id=0)
    start = session.starts_at.astimezone(find_zone(session.zone))
    when = f"{day_words(start)}, {start:%H:%M} in {session.zone}"
    words = f"{file}: {session.title}; {when}; {len(session.talks)} talks"
    return [Check(ok=True, title="Programme", words=words)]


def _database(path: Path) -> Check:
    try:
        return Check(ok=True, title="Database", words=f"{path} {_state(path)}")
    except migrate.NotOurs as error:
        words = str(error)
    except (OSError, sqlite3.Error) as error:
        words = f"it cannot be read: {error}; correct its owner and rights, or name another file"
    return Check(ok=False, title="Database", words=f"{path}: {words}")


def _state(path: Path) -> str:
    if not path.exists():
        return _state_of_nothing(path)
    if not path.is_file():
        raise migrate.NotOurs("this is no file; name another one")
    if not os.access(path, os.W_OK):
        raise PermissionError("it may not be written to")
    with _untouched(path) as conn:
        migrate.check(conn)
        damage = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if damage != "ok":
            raise migrate.NotOurs(f"the file is damaged ({damage}); restore a backup, or name another file")
        version = conn.execute("PRAGMA user_version").fetchone()[0]
    newest = migrate.migrations()[-1][0]
    if version < newest:
        return f"is sound; its schema {version} will be brought to {newest} at the next start"
    return f"is sound, schema {version}"


def _state_of_nothing(path: Path) -> str:
    nearest = next(folder for folder in path.absolute().parents if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise PermissionError(f"it is not there yet, and {nearest} does not let it be made")
    return "is not there yet and will be made at the first start"


@contextmanager
def _untouched(path: Path) -> Iterator[sqlite3.Connection]:
    """The database opened so that neither it nor its log is changed, and no file beside it is made.

    A reader of a database in WAL mode makes the files -wal and -shm where they are missing, except with `immutable`,
    which in turn does not see what stands in the -wal. So what a dead process left is read from a copy.
    """
    log, index = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
    if not log.exists() or not log.stat().st_size:
        with closing(_connect(path, "immutable=1")) as conn:
            yield conn
    elif index.exists():
        with closing(_connect(path, "mode=ro")) as conn:
            yield conn
    else:
        with tempfile.TemporaryDirectory() as folder:
            copies = [Path(shutil.copy(file, folder)) for file in (path, log)]
            with closing(_connect(copies[0], "mode=ro")) as conn:
                yield conn


def _connect(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
