"""The README cannot lie: it names exactly the commands, settings, exit codes and permissions that there are."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot import exits
from bot.__main__ import _parser
from bot.app import compose
from bot.client import CommunityBot
from bot.clock import Clock
from bot.settings import Settings
from bot.store.database import Database

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
async def client(db: Database, clock: Clock) -> AsyncIterator[CommunityBot]:
    app = await compose(Settings(_env_file=None), db, clock)
    yield app.client
    await app.finish()
    await app.client.close()


async def test_every_slash_command_stands_in_the_readme_and_no_other(client: CommunityBot) -> None:
    commands = {
        command.qualified_name for command in client.tree.walk_commands() if isinstance(command, app_commands.Command)
    }
    rows = re.findall(r"^\| `/([a-z -]+)", README, re.MULTILINE)
    named = {row: [command for command in commands if f"{row} ".startswith(f"{command} ")] for row in rows}
    assert [row for row, found in named.items() if not found] == []
    assert {max(found, key=len) for found in named.values()} == commands


async def test_commands_keep_discords_limits(client: CommunityBot) -> None:
    payload = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    names = [command["name"] for command in payload]
    assert len(names) == len(set(names)) <= 100  # Discord: interactions/application-commands
    for command in payload:
        assert command["contexts"] == [0], f"{command['name']} is for servers only"
        assert command["integration_types"] == [0]


def test_settings_table_names_all_settings() -> None:
    table = README.split("### Settings")[1].split("##")[0]
    named = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    assert {name.lower() for name in named} == set(Settings.model_fields)


def test_the_program_s_commands() -> None:
    (subparsers,) = [action for action in _parser()._actions if action.dest == "command"]
    assert subparsers.choices is not None
    named = set(re.findall(r"`python -m bot ([a-z]+)", README))
    assert named == set(subparsers.choices)


def test_exit_codes() -> None:
    sentence = README.split("Exit codes:")[1].split("After")[0]
    codes = {value for name, value in vars(exits).items() if name.isupper()}
    assert {int(number) for number in re.findall(r"\b(\d+)\b", sentence)} == codes


def test_the_invite_link_asks_for_what_is_listed() -> None:
    found = re.search(r"permissions=(\d+)", README)
    assert found is not None
    permissions = discord.Permissions(int(found[1]))
    assert {name for name, value in permissions if value} == {
        "read_messages",
        "send_messages",
        "embed_links",
        "attach_files",
        "read_message_history",
        "create_public_threads",
        "send_messages_in_threads",
        "create_events",
    }


def test_links_and_pictures_are_there() -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
