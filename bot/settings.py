"""The settings: one frozen model, read from the environment and .env, built in main and nowhere else."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DISCORD_API_URL = "https://discord.com/api/v10"
DISCORD_GATEWAY_URL = "wss://gateway.discord.gg/"
FIRST_PROGRAMME = Path("data/desci-berlin.toml")

# What each setting should look like: the second half of every complaint about it, and the table in the README.
SHAPES = {
    "discord_token": "the token of your application's bot, one word; leave it out to try the bot in the sandbox",
    "discord_guild_id": "the id of your server, 17 to 20 digits (Discord: right-click the server, Copy Server ID)",
    "discord_api_url": "an address like https://discord.com/api/v10; set it and DISCORD_GATEWAY_URL, or neither",
    "discord_gateway_url": "an address like wss://gateway.discord.gg/; set it and DISCORD_API_URL, or neither",
    "database_path": "a file path like data/community.db",
    "backups_kept": "a number of daily copies from 0 (make none) to 365",
    "programme": "the path of a programme file like data/desci-berlin.toml, or the word none",
    "announce_channel_id": "the id of a text channel, 17 to 20 digits (Discord: right-click it, Copy Channel ID)",
    "log_channel_id": "the id of a text channel, 17 to 20 digits (Discord: right-click it, Copy Channel ID)",
    "moderator_role_id": "the id of a role, 17 to 20 digits (Discord: Server Settings, Roles, Copy Role ID)",
    "ping_role_id": "the id of a role, 17 to 20 digits (Discord: Server Settings, Roles, Copy Role ID)",
    "log_level": "DEBUG, INFO, WARNING or ERROR",
    "log_format": "text or json",
    "metrics_address": "an address and a port like 127.0.0.1:9464, or 0.0.0.0:9464 inside a container",
    "clock_start": "an instant with its offset, like 2022-05-23T07:59:20Z",
    "clock_speed": "a number from 0 (the clock stands still) to 10000, 1 for real time",
    "clock_url": "a WebSocket address like ws://127.0.0.1:8017/_clock/follow",
    "sandbox_port": "a port from 1 to 65535 for the sandbox's page",
}


# What goes without saying nowhere else: what a bot does that was not told these.
UNSET = {
    "discord_guild_id": "no programme is imported, and the other ids below count for no server",
    "announce_channel_id": "cards and reminders wait until a moderator chooses a channel with /settings",
    "log_channel_id": "what could not be posted stands in this log alone, unless moderators choose one with /settings",
}


class SettingsError(Exception):
    """The settings cannot be used; `problems` has one sentence for each that is wrong or missing."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _one_word(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    if len(token.split()) != 1 or not token.isprintable():
        raise ValueError
    return value


def _existing(value: Path) -> Path:
    if not value.is_file():
        raise ValueError
    return value


def _with_port(value: str) -> str:
    host_and_port(value)
    return value


def host_and_port(value: str) -> tuple[str, int]:
    """`127.0.0.1:9464`, or `[::1]:9464`, in two. Raises ValueError."""
    parts = urlsplit(f"//{value}")
    if not parts.hostname or not parts.port or value != parts.netloc or "@" in value:
        raise ValueError
    return parts.hostname, parts.port


def _address(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError
        return value.rstrip("/") if parts.scheme.startswith("http") else value

    return AfterValidator(check)


# 17 digits came with the year 2015, 64 bits end at 20 digits (Discord: reference, "Snowflakes").
Snowflake = Annotated[int, Field(ge=10**16, lt=2**63)]
HttpAddress = Annotated[str, _address("http", "https")]
SocketAddress = Annotated[str, _address("ws", "wss")]


class Settings(BaseSettings):
    """What `.env.example` explains; the names in the environment are these in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: Annotated[SecretStr, AfterValidator(_one_word)] | None = None
    discord_guild_id: Snowflake | None = None
    discord_api_url: HttpAddress = DISCORD_API_URL
    discord_gateway_url: SocketAddress = DISCORD_GATEWAY_URL
    database_path: Path = Path("data/community.db")
    backups_kept: Annotated[int, Field(ge=0, le=365)] = 7
    programme: Annotated[Path, AfterValidator(_existing)] | None = FIRST_PROGRAMME
    announce_channel_id: Snowflake | None = None
    log_channel_id: Snowflake | None = None
    moderator_role_id: Snowflake | None = None
    ping_role_id: Snowflake | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics_address: Annotated[str, AfterValidator(_with_port)] | None = None
    clock_start: AwareDatetime | None = None
    clock_speed: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 1.0
    clock_url: SocketAddress | None = None
    sandbox_port: Annotated[int, Field(ge=1, le=65_535)] = 8017

    @model_validator(mode="before")
    @classmethod
    def _words(cls, values: dict[str, object]) -> dict[str, object]:
        """A person writes `none` and `info`, and leaves spaces at the end."""
        tidy = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        if str(tidy.get("programme", "")).lower() == "none":
            tidy["programme"] = None
        if isinstance(level := tidy.get("log_level"), str):
            tidy["log_level"] = level.upper()
        if isinstance(form := tidy.get("log_format"), str):
            tidy["log_format"] = form.lower()
        return tidy | _missing_address(tidy)

    @property
    def metrics_at(self) -> tuple[str, int] | None:
        """Host and port of `metrics_address`."""
        return None if self.metrics_address is None else host_and_port(self.metrics_address)

    @property
    def on_discord(self) -> bool:
        """Whether the bot talks to Discord itself, not to a sandbox or another server."""
        return self.discord_api_url == DISCORD_API_URL


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment and `env_file`.

    Raises:
        SettingsError: with every wrong setting at once, each named with what it should look like.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise SettingsError([_words(item["loc"], item["input"]) for item in error.errors()]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{env_file} cannot be read: {error}"]) from None


def _missing_address(values: dict[str, object]) -> dict[str, object]:
    """An empty address, which is refused, where one of the two that belong together was left out."""
    defaults = {"discord_api_url": DISCORD_API_URL, "discord_gateway_url": DISCORD_GATEWAY_URL}
    other = {name for name, default in defaults.items() if values.get(name, default) != default}
    return dict.fromkeys(defaults.keys() - other, "") if len(other) == 1 else {}


def _words(place: tuple[int | str, ...], value: object) -> str:
    name = str(place[0]).lower()
    shown = "what is there" if name == "discord_token" else repr(value)[:80]
    return f"{name.upper()}: {shown} cannot be used; it should be {SHAPES[name]}"
