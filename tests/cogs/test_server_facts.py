"""Channels and roles as values, from a server as Discord describes it: what the bot may, and what a person may."""

from typing import Any

import discord
import pytest

from bot.domain.errors import Refusal
from bot.domain.places import TO_ANNOUNCE, TO_LOG, Badge, Place, Right, check_moderators, check_ping, check_place
from bot.sandbox import payloads
from bot.sandbox.seed import BASE, MODERATOR, OWNER, VIEW, starting_world
from bot.sandbox.world import APPLICATION_ID, World
from cogs.server_facts import badge, place

HOME, OTHER = BASE + 100, BASE + 200
ANNOUNCEMENTS, GENERAL, PRIVATE = HOME + 10, HOME + 11, HOME + 12
MODERATORS, PINGS = HOME + 20, HOME + 21


@pytest.fixture
def world() -> World:
    return starting_world()


def seen(world: World) -> discord.Guild:
    """The home server as discord.py keeps it after GUILD_CREATE."""
    client = discord.Client(intents=discord.Intents(guilds=True), member_cache_flags=discord.MemberCacheFlags.none())
    state: Any = client._connection
    state.user = discord.ClientUser(state=state, data=payloads.own_user(world.bot))  # type: ignore[arg-type] # JSON
    data: Any = payloads.guild_create(world, world.guilds[HOME])
    return discord.Guild(data=data, state=state)


def person(world: World, guild: discord.Guild, user_id: int) -> discord.Member:
    data: Any = payloads.member(world.guilds[HOME].members[user_id])
    return discord.Member(data=data, guild=guild, state=guild._state)


def test_rights_of_both_by_roles_and_overwrites(world: World) -> None:
    guild = seen(world)
    moderator, owner = person(world, guild, MODERATOR), person(world, guild, OWNER)
    announcements = place(guild, ANNOUNCEMENTS, moderator)
    assert (announcements.name, announcements.takes_posts) == ("announcements", True)
    assert announcements.mine == frozenset(Right)
    assert Right.SEND not in announcements.theirs
    assert place(guild, ANNOUNCEMENTS, owner).theirs == frozenset(Right)
    world.channels[PRIVATE].overwrites.pop(HOME + 22)  # of the bot's own role
    hidden = place(seen(world), PRIVATE, moderator)
    assert hidden.missing(TO_LOG) == TO_LOG


def test_what_is_of_another_server_is_nothing_here(world: World) -> None:
    guild = seen(world)
    assert place(guild, OTHER + 10, None) == Place(OTHER + 10)
    assert badge(guild, OTHER + 20, None, None) == Badge(OTHER + 20)
    with pytest.raises(Refusal, match="not in this server"):
        check_place(place(guild, OTHER + 10, person(world, guild, OWNER)), TO_ANNOUNCE)
    for check in (check_ping, check_moderators):
        with pytest.raises(Refusal, match="not in this server"):
            check(badge(guild, OTHER + 20, person(world, guild, OWNER), None))


def test_who_may_ping_which_role(world: World) -> None:
    guild = seen(world)
    moderator, owner = person(world, guild, MODERATOR), person(world, guild, OWNER)
    check_ping(badge(guild, PINGS, moderator, ANNOUNCEMENTS))
    shut = badge(guild, MODERATORS, owner, ANNOUNCEMENTS)
    assert (shut.i_may_ping, shut.they_may_ping) == (False, True)
    # The right to mention everyone makes the bot able to; the person needs it, too.
    world.guilds[HOME].roles[HOME + 22].permissions |= 1 << 17
    able = seen(world)
    check_ping(badge(able, MODERATORS, owner, ANNOUNCEMENTS))
    with pytest.raises(Refusal, match="You may not ping"):
        check_ping(badge(able, MODERATORS, moderator, ANNOUNCEMENTS))


def test_everyone_is_never_chosen(world: World) -> None:
    everyone = badge(seen(world), HOME, None, None)
    assert everyone.everyone
    for check in (check_ping, check_moderators):
        with pytest.raises(Refusal):
            check(everyone)


def test_a_category_takes_no_posts(world: World) -> None:
    world.channels[GENERAL].type = 4
    guild = seen(world)
    with pytest.raises(Refusal, match="takes no posts"):
        check_place(place(guild, GENERAL, person(world, guild, OWNER)), TO_LOG)


def test_where_a_person_may_not_write_the_bot_is_not_sent(world: World) -> None:
    guild = seen(world)
    moderator = person(world, guild, MODERATOR)
    with pytest.raises(Refusal, match="You may not write"):
        check_place(place(guild, ANNOUNCEMENTS, moderator), TO_ANNOUNCE)
    check_place(place(guild, GENERAL, moderator), TO_ANNOUNCE)
    world.channels[GENERAL].overwrites[APPLICATION_ID] = {
        "id": str(APPLICATION_ID),
        "type": 1,
        "allow": str(VIEW),
        "deny": str(1 << 16),
    }
    with pytest.raises(Refusal, match="Read Message History"):
        check_place(place(seen(world), GENERAL, moderator), TO_ANNOUNCE)
