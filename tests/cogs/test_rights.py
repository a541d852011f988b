"""Who counts as a moderator, by what Discord says of the person at this press."""

from dataclasses import dataclass, field
from typing import Any, cast

import discord
import pytest

from bot.domain.errors import Refusal
from bot.domain.guilds import GuildConfig
from cogs.rights import guild_of, is_moderator, require_moderator

GUILD, ROLE, OTHER_ROLE = 10, 20, 21


@dataclass
class Lookup:
    """Knows what one guild has chosen."""

    role: int | None

    async def config(self, guild_id: int) -> GuildConfig:
        return GuildConfig(guild_id, moderator_role_id=self.role)


@dataclass
class House:
    lookup: Lookup


@dataclass
class Asked:
    """What an interaction says: where it comes from, and what its author may do there."""

    guild_id: int | None
    user: Any
    permissions: discord.Permissions = field(default_factory=discord.Permissions.none)


def member(*roles: int) -> discord.Member:
    """A member as discord.py makes it from an interaction, in a guild that has both roles."""
    data: Any = {
        "id": GUILD,
        "roles": [
            {"id": role, "name": "r", "permissions": "0", "position": 1, "colors": {"primary_color": 0}, "color": 0}
            for role in (GUILD, ROLE, OTHER_ROLE)
        ],
    }
    state: Any = discord.Client(intents=discord.Intents.none())._connection
    guild = discord.Guild(data=data, state=state)
    person: Any = {
        "user": {"id": 1, "username": "m", "discriminator": "0", "avatar": None},
        "roles": list(roles),
        "flags": 0,
    }
    return discord.Member(data=person, guild=guild, state=state)


def asked(*roles: int, guild_id: int | None = GUILD, **permissions: bool) -> discord.Interaction:
    return cast("discord.Interaction", Asked(guild_id, member(*roles), discord.Permissions(**permissions)))


@pytest.mark.parametrize(
    ("interaction", "role", "may"),
    [
        (asked(), ROLE, False),
        (asked(OTHER_ROLE), ROLE, False),
        (asked(ROLE), ROLE, True),
        (asked(ROLE), None, False),
        (asked(manage_guild=True), None, True),
        (asked(administrator=True), ROLE, True),
        (asked(manage_messages=True), ROLE, False),
        (asked(999), 999, False),  # a role that the guild no longer has
    ],
)
async def test_only_moderators_pass(interaction: discord.Interaction, role: int | None, may: bool) -> None:
    app: Any = House(Lookup(role))
    if may:
        assert await require_moderator(app, interaction) == GUILD
    else:
        with pytest.raises(Refusal, match="Manage Server"):
            await require_moderator(app, interaction)


def test_rights_hold_in_their_own_guild_alone() -> None:
    assert not is_moderator(asked(ROLE, manage_guild=True), GuildConfig(11, moderator_role_id=ROLE))


async def test_outside_a_guild_there_is_a_refusal() -> None:
    outside = asked(guild_id=None, administrator=True)
    app: Any = House(Lookup(ROLE))
    with pytest.raises(Refusal, match="only in a server"):
        guild_of(outside)
    with pytest.raises(Refusal, match="only in a server"):
        await require_moderator(app, outside)
