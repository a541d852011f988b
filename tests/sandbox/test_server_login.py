"""Logging in, losing the connection, coming back: the real client against the gateway."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.running import GENERAL, GUILD, HERE, MEMBER, Bot, Opener, Running, discord, until


async def test_a_client_finds_the_world_as_the_contract_describes_it(bot: Bot) -> None:
    assert bot.user is not None
    assert (bot.user.id, bot.user.name, bot.application_id) == (900000000000000001, "Community Bot", bot.user.id)
    assert {guild.name for guild in bot.guilds} == {"Algovera", "DeSci Collective"}
    guild = bot.guilds[0]
    assert [channel.name for channel in guild.text_channels] == ["announcements", "general", "moderators"]
    assert guild.me.guild_permissions.is_superset(discord.Permissions(17901423807488))
    assert not guild.me.guild_permissions.administrator
    announcements = guild.text_channels[0]
    assert announcements.permissions_for(guild.me).send_messages
    assert not announcements.permissions_for(guild.default_role).send_messages


async def test_a_wrong_token_is_refused_at_login(sandbox: Running) -> None:
    with pytest.raises(discord.LoginFailure):
        await sandbox.start(Bot(), token="wrong")


async def test_privileged_intents_are_refused_unless_granted(sandbox: Running, open_sandbox: Opener) -> None:
    wants_members = discord.Intents(guilds=True, members=True)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await sandbox.start(Bot(intents=wants_members))
    granted = await open_sandbox(privileged=1 << 1)
    bot = await granted.start(Bot(intents=wants_members, chunk_guilds_at_startup=True))
    assert {member.name for member in bot.guilds[0].members} >= {"owner", "member_1", "Community Bot"}


def pinging(bot: Bot, into: list[int]) -> Bot:
    @bot.tree.command()
    async def ping(interaction: discord.Interaction[Any]) -> None:
        """Answers pong."""
        into.append(interaction.id)
        if not interaction.response.is_done():
            await interaction.response.send_message("pong")

    return bot


async def test_op_7_resumes_and_nothing_is_lost_meanwhile(sandbox: Running) -> None:
    calls: list[int] = []
    bot = await sandbox.start(pinging(Bot(), calls))
    await sandbox.remote.gateway("reconnect")
    answer = await sandbox.remote.command(MEMBER, "ping", **HERE)
    assert answer["state"] == "answered"
    assert len(calls) == 1
    await until(lambda: "resumed" in bot.seen)
    assert bot.seen.count("ready") == 1


async def test_a_cut_connection_is_resumed_and_missed_events_come_again(sandbox: Running) -> None:
    calls: list[int] = []
    bot = await sandbox.start(pinging(Bot(), calls))
    await sandbox.remote.gateway("abort")
    answer = await sandbox.remote.command(MEMBER, "ping", **HERE)
    assert answer["state"] == "answered"
    await until(lambda: "resumed" in bot.seen)


async def test_a_session_that_cannot_be_resumed_begins_anew(sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(*_: Any, **__: Any) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Bot, "before_identify_hook", at_once)  # the library waits 5 s before it identifies again
    bot = await sandbox.start(Bot())
    await sandbox.remote.gateway("invalid_session", resumable=False)
    await until(lambda: bot.seen.count("ready") == 2)
    assert "resumed" not in bot.seen


@pytest.mark.parametrize(
    ("order", "again"),
    [
        ({"action": "close", "code": 4000}, "resumed"),
        ({"action": "close", "code": 4008}, "resumed"),
        ({"action": "abort"}, "resumed"),
        ({"action": "hang_up"}, "resumed"),
        ({"action": "close", "code": 4007}, "ready"),
        ({"action": "close", "code": 4009}, "ready"),
        ({"action": "close", "code": 1000}, "ready"),
    ],
)
async def test_ways_to_lose_the_connection(
    sandbox: Running, monkeypatch: pytest.MonkeyPatch, order: dict[str, Any], again: str
) -> None:
    async def at_once(*_: Any, **__: Any) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Bot, "before_identify_hook", at_once)
    bot = await sandbox.start(Bot())
    await sandbox.remote.gateway(**order)
    await until(lambda: bot.seen[1:] == [again])


async def test_a_fatal_close_code_ends_the_client(sandbox: Running) -> None:
    bot = await sandbox.start(Bot())
    await sandbox.remote.gateway("close", code=4004)
    with pytest.raises(discord.ConnectionClosed):
        await asyncio.wait_for(sandbox.tasks[bot], 5)


async def test_repeated_dispatches_reach_the_client_again(sandbox: Running) -> None:
    calls: list[int] = []
    await sandbox.start(pinging(Bot(), calls))
    await sandbox.remote.command(MEMBER, "ping", **HERE)
    await sandbox.remote.gateway("replay", copies=3)
    await until(lambda: len(calls) == 4)
    assert len(set(calls)) == 1


async def test_a_silent_gateway_is_left_after_the_heartbeat_timeout(sandbox: Running) -> None:
    bot = await sandbox.start(Bot(heartbeat_timeout=0.5))
    await sandbox.remote.gateway("silence")
    await until(lambda: "resumed" in bot.seen)


async def test_two_copies_both_hear_and_the_second_answer_is_refused(sandbox: Running) -> None:
    calls: list[int] = []
    refused: list[int] = []
    for _ in range(2):
        copy = pinging(Bot(), calls)

        @copy.tree.error
        async def note(_: discord.Interaction[Any], error: Exception) -> None:
            cause = error.__cause__
            assert isinstance(cause, discord.HTTPException)
            refused.append(cause.code)

        await sandbox.start(copy)
    answer = await sandbox.remote.command(MEMBER, "ping", **HERE)
    assert answer["state"] == "answered"
    await until(lambda: refused == [40060])
    assert len(calls) == 2


async def test_a_guild_outage_is_no_removal(sandbox: Running) -> None:
    bot, heard = Bot(), []

    @bot.event
    async def on_guild_unavailable(guild: discord.Guild) -> None:
        heard.append(("unavailable", guild.id))

    @bot.event
    async def on_guild_available(guild: discord.Guild) -> None:
        heard.append(("available", guild.id))

    @bot.event
    async def on_guild_remove(guild: discord.Guild) -> None:
        heard.append(("removed", guild.id))

    @bot.event
    async def on_guild_join(guild: discord.Guild) -> None:
        heard.append(("joined", guild.id))

    await sandbox.start(bot)
    await until(lambda: len(heard) == 2)
    heard.clear()
    for op in ("guild_unavailable", "guild_available", "kick_bot", "invite_bot"):
        await sandbox.remote.world(op, guild=GUILD)
    await until(lambda: len(heard) == 4)
    assert [what for what, _ in heard] == ["unavailable", "available", "removed", "joined"]
    await bot.text_channel(GENERAL).send("still works after the new invitation")
