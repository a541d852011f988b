"""What a guild has chosen is kept beside its community, each without touching the other."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.domain.guilds import Community, GuildConfig, Pathway
from bot.domain.sessions import Link
from bot.store import guilds, migrate

CHOSEN = GuildConfig(1, announce_channel_id=2, log_channel_id=3, moderator_role_id=4, ping_role_id=2**63 - 1)
COMMUNITY = Community(
    "Forest friends",
    "We plant “trees”. 🌱",
    "https://example.org/",
    (Pathway("Grants", "https://example.org/grants", "Money."),),
    (Link("Friends", "https://example.org/friends"),),
)


@pytest.fixture
def conn() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate.migrate(connection)
    yield connection
    connection.close()


def test_an_unknown_guild_has_chosen_nothing(conn: sqlite3.Connection) -> None:
    assert guilds.config(conn, 1) == GuildConfig(1)
    assert guilds.community(conn, 1) is None


def test_choices_and_community_do_not_disturb_each_other(conn: sqlite3.Connection) -> None:
    guilds.save_config(conn, CHOSEN)
    assert guilds.community(conn, 1) is None
    guilds.save_community(conn, 1, COMMUNITY)
    guilds.save_community(conn, 2, Community("Others", "Elsewhere"))
    assert guilds.config(conn, 1) == CHOSEN
    guilds.save_config(conn, GuildConfig(1, ping_role_id=9))
    assert guilds.config(conn, 1) == GuildConfig(1, ping_role_id=9)
    assert guilds.community(conn, 1) == COMMUNITY
    assert guilds.community(conn, 2) == Community("Others", "Elsewhere")
    assert guilds.config(conn, 2) == GuildConfig(2)


def test_settings_that_are_taken_away_are_taken_back_unless_moderators_have_chosen(conn: sqlite3.Connection) -> None:
    guilds.adopt(conn, GuildConfig(1, announce_channel_id=1, moderator_role_id=2, ping_role_id=3))
    guilds.save_config(conn, replace(guilds.config(conn, 1), announce_channel_id=9))
    guilds.adopt(conn, GuildConfig(1, log_channel_id=4))
    assert guilds.config(conn, 1) == GuildConfig(1, announce_channel_id=9, log_channel_id=4)
    guilds.adopt(conn, GuildConfig(1, log_channel_id=4))
    assert guilds.config(conn, 1) == GuildConfig(1, announce_channel_id=9, log_channel_id=4)
