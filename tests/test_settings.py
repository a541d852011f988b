"""Settings: every wrong one is named at once, with what it should look like."""

import re
from pathlib import Path

import pytest

from bot.settings import SHAPES, Settings, SettingsError, load_settings

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_defaults_need_nothing() -> None:
    settings = load_settings(None)
    assert settings.discord_token is None
    assert settings.on_discord
    assert settings.database_path == Path("data/community.db")
    assert settings.programme is not None
    assert (ROOT / settings.programme).is_file()


def test_reads_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("DISCORD_TOKEN=abc \nDISCORD_GUILD_ID=900000000000000100\nPROGRAMME=none\nLOG_LEVEL=debug\n")
    settings = load_settings(env)
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == "abc"
    assert settings.discord_guild_id == 900000000000000100
    assert settings.programme is None
    assert settings.log_level == "DEBUG"


def test_all_wrong_ones_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "DISCORD_TOKEN": "two words",
        "DISCORD_GUILD_ID": "algovera",
        "PROGRAMME": "data/nowhere.toml",
        "DATABASE_PATH": "data/community.db",
        "DISCORD_API_URL": "discord.com",
        "DISCORD_GATEWAY_URL": "http://x",
        "ANNOUNCE_CHANNEL_ID": "#announcements",
        "LOG_LEVEL": "chatty",
        "LOG_FORMAT": "yaml",
        "METRICS_ADDRESS": "9464",
        "CLOCK_START": "2022-05-23 07:59",
        "CLOCK_SPEED": "fast",
        "SANDBOX_PORT": "0",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert {problem.split(":")[0] for problem in caught.value.problems} == set(wrong) - {"DATABASE_PATH"}
    assert "two words" not in str(caught.value)
    for problem in caught.value.problems:
        assert SHAPES[problem.split(":")[0].lower()] in problem


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"DISCORD_API_URL": "http://127.0.0.1:1/api/v10"}, "DISCORD_GATEWAY_URL"),
        ({"DISCORD_GATEWAY_URL": "ws://127.0.0.1:1/"}, "DISCORD_API_URL"),
    ],
)
def test_one_address_alone_is_said_beside_everything_else(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    for name, value in (given | {"LOG_LEVEL": "loud"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert {problem.split(":")[0] for problem in caught.value.problems} == {missing, "LOG_LEVEL"}


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("[::1]:9464", ("::1", 9464)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("", None),
        *(
            (wrong, SettingsError)
            for wrong in ("9464", ":9464", "a:0", "a:65536", "a:b", "a:1/x", "u@a:1", "a", "::1:1")
        ),
    ],
)
def test_the_address_of_the_figures(monkeypatch: pytest.MonkeyPatch, address: str, parts: object) -> None:
    monkeypatch.setenv("METRICS_ADDRESS", address)
    if parts is SettingsError:
        with pytest.raises(SettingsError):
            load_settings(None)
    else:
        assert load_settings(None).metrics_at == parts


def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "canary-token")
    assert "canary-token" not in repr(load_settings(None))


def test_every_setting_has_a_shape_and_stands_in_the_example() -> None:
    example = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    names = set(Settings.model_fields)
    assert set(SHAPES) == names
    assert {name.lower() for name in example} == names


def test_the_example_itself_is_valid(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    env.write_text("\n".join(line.removeprefix("#") for line in lines if re.match(r"#?[A-Z_]+=.", line)))
    assert load_settings(env).clock_speed == 1
