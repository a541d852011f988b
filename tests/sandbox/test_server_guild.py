"""Commands, native events, roles, threads: what else a bot does in a guild."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.running import GENERAL, GUILD, HERE, MEMBER, START, Bot, Opener, Running, discord, until

MANAGE_ROLES = 1 << 28
BOT_BITS = 17901423807488
BOT_ROLE, PINGS, MODERATOR_ROLE = 900000000000000122, 900000000000000121, 900000000000000120


async def test_commands_are_synced_kept_by_name_and_checked(sandbox: Running) -> None:
    bot = Bot()

    async def answer(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("ok")

    for name in ("one", "two"):
        bot.tree.command(name=name, description="A command")(answer)
    await sandbox.start(bot)
    before = {command.name: command.id for command in await bot.tree.fetch_commands()}
    bot.tree.remove_command("two")
    await bot.tree.sync()
    assert {command.name: command.id for command in await bot.tree.fetch_commands()} == {"one": before["one"]}
    home = discord.Object(int(GUILD))
    bot.tree.command(name="local", description="Only here", guild=home)(answer)
    await bot.tree.sync(guild=home)
    offered = (await sandbox.remote.state())["commands"]
    assert [command["name"] for command in offered[GUILD]] == ["local", "one"]
    assert [command["name"] for command in offered["900000000000000200"]] == ["one"]
    assert (await sandbox.remote.command(MEMBER, "local", **HERE))["state"] == "answered"


async def test_a_native_event_lives_through_its_states(sandbox: Running) -> None:
    bot = await sandbox.start(Bot(intents=discord.Intents(guilds=True, guild_scheduled_events=True)))
    guild = bot.guilds[0]
    start = START + timedelta(days=1)
    event = await guild.create_scheduled_event(
        name="DeSci Berlin",
        description="ref:abc",
        start_time=start,
        end_time=start + timedelta(hours=1),
        location="Berlin",
        entity_type=discord.EntityType.external,
        privacy_level=discord.PrivacyLevel.guild_only,
    )
    assert (event.start_time, event.location, event.status) == (start, "Berlin", discord.EventStatus.scheduled)
    await until(lambda: guild.get_scheduled_event(event.id))
    await sandbox.remote.world("event_interested", event=str(event.id), user=MEMBER, interested=True)
    assert [user.id async for user in event.users()] == [int(MEMBER)]
    renamed = await event.edit(name="DeSci Berlin, again")
    assert renamed.name == "DeSci Berlin, again"
    ended = await (await event.start()).end()
    assert ended.status is discord.EventStatus.completed
    with pytest.raises(discord.HTTPException) as over:
        await ended.edit(name="too late")
    assert over.value.code == 180000
    await event.delete()
    with pytest.raises(discord.NotFound) as gone:
        await guild.fetch_scheduled_event(event.id)
    assert gone.value.code == 10070


async def test_a_native_event_in_the_past_is_refused(bot: Bot) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await bot.guilds[0].create_scheduled_event(
            name="Yesterday",
            start_time=START - timedelta(days=1),
            end_time=START,
            location="Berlin",
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
        )
    assert refused.value.code == 50035


async def test_roles_need_the_right_and_a_lower_place(sandbox: Running, bot: Bot) -> None:
    guild = bot.guilds[0]
    member = await guild.fetch_member(int(MEMBER))
    with pytest.raises(discord.Forbidden):
        await member.add_roles(discord.Object(PINGS))
    changed: dict[str, Any] = {"guild": GUILD, "role": str(BOT_ROLE), "permissions": str(BOT_BITS | MANAGE_ROLES)}
    await sandbox.remote.world("set_role_permissions", **changed)
    await member.add_roles(discord.Object(PINGS))
    assert PINGS in [role.id for role in (await guild.fetch_member(int(MEMBER))).roles]
    await member.remove_roles(discord.Object(PINGS))
    with pytest.raises(discord.Forbidden):
        await member.add_roles(discord.Object(BOT_ROLE))
    await sandbox.remote.world("delete_role", guild=GUILD, role=str(PINGS))
    with pytest.raises(discord.NotFound) as gone:
        await member.add_roles(discord.Object(PINGS))
    assert gone.value.code == 10011


async def test_a_thread_under_a_message_exists_once(sandbox: Running, bot: Bot) -> None:
    message = await bot.text_channel().send("talk about it")
    thread = await message.create_thread(name="Questions")
    assert thread.id == message.id
    await thread.send("first")
    with pytest.raises(discord.HTTPException) as twice:
        await message.create_thread(name="Again")
    assert twice.value.code == 160004
    await thread.edit(archived=True)
    await thread.send("wakes it up")
    assert [each.content async for each in thread.history()] == ["wakes it up", "first"]


async def test_what_is_gone_is_unknown(sandbox: Running, bot: Bot) -> None:
    made = await sandbox.remote.world("create_channel", guild=GUILD, name="short-lived")
    channel_id = int(made["id"])
    await until(lambda: bot.get_channel(channel_id))
    await sandbox.remote.world("delete_channel", channel=made["id"])
    with pytest.raises(discord.NotFound) as gone:
        await bot.get_partial_messageable(channel_id).send("hello?")
    assert gone.value.code == 10003
    await sandbox.remote.world("kick_bot", guild=GUILD)
    with pytest.raises(discord.Forbidden) as left:
        await bot.get_partial_messageable(GENERAL).send("hello?")
    assert left.value.code == 50001
    with pytest.raises(discord.NotFound) as unknown:
        await bot.fetch_guild(int(GUILD))
    assert unknown.value.code == 10004


async def test_edits_of_old_messages_are_limited(open_sandbox: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.ratelimits.OLD_EDITS", (1, 0.05))
    sandbox = await open_sandbox()
    bot = await sandbox.start(Bot())
    message = await bot.text_channel().send("card")
    await sandbox.remote.set_clock(advance=2 * 3600)
    for number in range(3):
        await message.edit(content=str(number))
    entries = (await sandbox.remote.journal())["entries"]
    refused = [entry["response"]["code"] for entry in entries if entry["status"] == 429]
    assert 30046 in refused
    assert (await bot.text_channel().fetch_message(message.id)).content == "2"
