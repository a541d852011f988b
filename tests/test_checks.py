"""`python -m bot check`: each thing that can be wrong is said, and looking changes nothing."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.checks import Check, run_checks
from bot.settings import Settings
from bot.store import migrate
from bot.store.database import Database

FIRST = Path(__file__).parents[1] / "data" / "desci-berlin.toml"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one good programme, where the bot is at home; no setting comes from outside."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(FIRST, folder)
    return folder


async def check(data: Path, **settings: str) -> list[Check]:
    env = data.parent / ".env"
    env.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), "utf-8")
    return await run_checks(env, data)


def failures(checks: list[Check]) -> list[tuple[str, str]]:
    return [(each.title, each.words) for each in checks if not each.ok]


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


async def test_a_fresh_copy_is_in_order_and_nothing_is_made(data: Path) -> None:
    checks = await check(data)
    assert failures(checks) == []
    assert [each.title for each in checks] == ["Settings", "Time zones", "Programme", "Database"]
    words = " ".join(each.words for each in checks)
    for said in (
        "DISCORD_TOKEN is not set",
        "24 May 2022, 10:00 in Europe/Berlin",
        "5 talks",
        "will be made at the first",
    ):
        assert said in words
    assert list(files(data)) == ["desci-berlin.toml"]


async def test_every_wrong_setting_is_a_line(data: Path) -> None:
    found = failures(await check(data, CLOCK_SPEED="fast", LOG_LEVEL="loud"))
    assert [title for title, _ in found] == ["Settings", "Settings", "Database"]
    assert [words.partition(":")[0] for title, words in found if title == "Settings"] == ["LOG_LEVEL", "CLOCK_SPEED"]


async def test_every_mistake_of_every_programme_is_a_line(data: Path) -> None:
    text = FIRST.read_text("utf-8").replace("10:00", "10:00 CET").replace('"hybrid" ', '"hybird" ')
    (data / "other.toml").write_text(text, "utf-8")
    found = failures(await check(data, PROGRAMME="elsewhere.toml"))
    assert [title for title, _ in found] == ["Settings", "Programme", "Programme", "Database"]
    assert "PROGRAMME: 'elsewhere.toml' cannot be used" in found[0][1]
    assert "10:00 CET would be 09:00 UTC" in found[1][1]
    assert "session.mode" in found[2][1]


async def test_a_database_in_use_is_read_and_left_as_it_is(data: Path) -> None:
    path = data / "community.db"
    database = await Database.open(path)
    await database.write(lambda conn: conn.execute("INSERT INTO guild (guild_id) VALUES (1)").rowcount)
    before = {name: content for name, content in files(data).items() if not name.endswith("-shm")}
    assert before["community.db-wal"]
    checks = await check(data)
    assert failures(checks) == []
    assert checks[-1].words == f"{Path('data/community.db')} is sound, schema {migrate.migrations()[-1][0]}"
    assert {name: content for name, content in files(data).items() if not name.endswith("-shm")} == before
    await database.close()
    before = files(data)
    assert failures(await check(data)) == []
    assert files(data) == before


async def test_what_a_dead_process_left_is_read_too(data: Path, tmp_path: Path) -> None:
    living = await Database.open(tmp_path / "living.db")  # its schema stands in the log only
    for suffix in ("", "-wal"):
        shutil.copy(tmp_path / f"living.db{suffix}", data / f"community.db{suffix}")
    await living.close()
    before = files(data)
    checks = await check(data)
    assert (failures(checks), files(data)) == ([], before)
    assert "is sound" in checks[-1].words


def _damage(path: Path) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    migrate.migrate(conn)
    conn.executemany("INSERT INTO guild (guild_id, community) VALUES (?, ?)", [(n, "x" * 500) for n in range(500)])
    conn.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20_000] = b"\xa5" * 20_000
    path.write_bytes(content)


def _another_programs(path: Path) -> None:
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE songs (id INTEGER)")
    conn.close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_text("a letter " * 500), "no database"),
        (lambda path: path.mkdir(), "this is no file"),
        (_another_programs, "another program"),
        (_damage, "damaged"),
    ],
)
async def test_a_database_that_cannot_be_used_is_said_and_left_alone(
    data: Path, make: Callable[[Path], object], words: str
) -> None:
    make(data / "community.db")
    before = files(data)
    found = failures(await check(data))
    assert [title for title, _ in found] == ["Database"]
    assert words in found[0][1]
    assert files(data) == before


async def test_a_place_where_no_database_can_be_made(data: Path) -> None:
    found = failures(await check(data, DATABASE_PATH=f"{data}/desci-berlin.toml/community.db"))
    assert [title for title, _ in found] == ["Database"]
    assert "does not let it be made" in found[0][1]
