"""Messages of channels: made, changed, found again, refused."""

import asyncio
import io
import time

import aiohttp
import pytest

from tests.sandbox.running import (
    ANNOUNCEMENTS,
    GENERAL,
    GUILD,
    MEMBER,
    MEMBER_2,
    PRIVATE,
    Bot,
    Opener,
    Running,
    discord,
)

SEND_MESSAGES, HISTORY, EMBED_LINKS, VIEW = 1 << 11, 1 << 16, 1 << 14, 1 << 10


async def test_a_message_lives_from_send_to_delete(sandbox: Running, bot: Bot) -> None:
    sent = await bot.text_channel().send("hello", embed=discord.Embed(title="Title"), view=discord.ui.View())
    assert (sent.content, sent.embeds[0].title, sent.author) == ("hello", "Title", bot.guilds[0].me)
    edited = await sent.edit(content="changed")
    assert edited.content == "changed"
    assert edited.edited_at is not None
    assert (await bot.text_channel().fetch_message(sent.id)).embeds[0].type == "rich"
    await sent.delete()
    with pytest.raises(discord.NotFound) as gone:
        await sent.edit(content="too late")
    assert gone.value.code == 10008
    assert await sandbox.remote.messages(str(GENERAL), MEMBER) == []


async def test_the_same_nonce_gives_the_same_message_until_it_is_deleted(bot: Bot) -> None:
    first = await bot.text_channel().send("one", nonce="r1key")
    again = await bot.text_channel().send("two", nonce="r1key")
    assert (again.id, again.content, again.nonce) == (first.id, "one", "r1key")
    await first.delete()
    with pytest.raises(discord.NotFound) as gone:
        await bot.text_channel().send("three", nonce="r1key")
    assert gone.value.code == 10008


async def test_a_nonce_is_forgotten_after_its_window(open_sandbox: Opener) -> None:
    sandbox = await open_sandbox(nonce_window=0.0)
    bot = await sandbox.start(Bot())
    first = await bot.text_channel().send("one", nonce="r1key")
    assert (await bot.text_channel().send("two", nonce="r1key")).id != first.id


async def test_history_comes_in_pages_from_both_ends(bot: Bot) -> None:
    channel = bot.text_channel()
    sent = [(await channel.send(str(number))).id for number in range(130)]
    newest_first = [message.id async for message in channel.history(limit=None)]
    assert newest_first == sent[::-1]
    tenth = discord.Object(sent[9])
    assert [message.id async for message in channel.history(limit=None, after=tenth, oldest_first=True)] == sent[10:]
    around = [message.id async for message in channel.history(limit=11, around=discord.Object(sent[50]))]
    assert sorted(around) == sent[45:56]


async def test_without_read_history_the_list_is_empty_and_no_error(sandbox: Running, bot: Bot) -> None:
    await bot.text_channel().send("hello")
    target = str(bot.guilds[0].me.id)
    await sandbox.remote.world("set_overwrite", channel=str(GENERAL), target=target, type="member", deny=HISTORY)
    assert [message async for message in bot.text_channel().history()] == []


@pytest.mark.parametrize(("deny", "code"), [(VIEW, 50001), (SEND_MESSAGES, 50013), (EMBED_LINKS, 50013)])
async def test_a_missing_permission_is_refused_with_its_code(sandbox: Running, bot: Bot, deny: int, code: int) -> None:
    target = str(bot.guilds[0].me.id)
    await sandbox.remote.world("set_overwrite", channel=str(GENERAL), target=target, type="member", deny=deny)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.get_partial_messageable(GENERAL).send(embed=discord.Embed(title="no"))
    assert refused.value.code == code


async def test_limits_are_refused_and_noted(sandbox: Running, bot: Bot) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await bot.text_channel().send("x" * 2001)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert [violation["rule"] for violation in await sandbox.remote.violations()] == ["refused body"]


async def test_who_is_pinged_is_worked_out(sandbox: Running, bot: Bot) -> None:
    text = f"@everyone <@{MEMBER}> <@&900000000000000121>"
    await bot.text_channel().send(text)
    only_role = discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(900000000000000121)])
    role = await bot.text_channel().send(text, allowed_mentions=only_role)
    shown = await sandbox.remote.messages(str(GENERAL), MEMBER)
    nobody = {"users": [], "roles": [], "everyone": False}
    assert [message["_pinged"] for message in shown] == [nobody, {**nobody, "roles": ["900000000000000121"]}]
    assert [each.id for each in role.role_mentions] == [900000000000000121]
    assert await sandbox.remote.violations() == []


async def test_two_posts_with_one_marker_are_a_violation(sandbox: Running, bot: Bot) -> None:
    for _ in range(2):
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Going", custom_id="rm:abc"))
        await bot.text_channel().send("reminder", view=view)
    assert [violation["rule"] for violation in await sandbox.remote.violations()] == ["posted twice"]


async def test_a_body_that_does_not_say_whom_it_pings_is_a_violation(sandbox: Running, bot: Bot) -> None:
    bot._connection.allowed_mentions = None
    await bot.text_channel().send("hello")
    assert [violation["rule"] for violation in await sandbox.remote.violations()] == ["allowed_mentions missing"]


async def test_files_are_kept_and_served(bot: Bot) -> None:
    file = discord.File(io.BytesIO(b"BEGIN:VCALENDAR"), "session.ics", description="The session")
    embed = discord.Embed(title="picture").set_image(url="attachment://session.ics")
    sent = await bot.text_channel().send(file=file, embed=embed)
    assert (sent.attachments[0].filename, sent.attachments[0].description) == ("session.ics", "The session")
    assert sent.embeds[0].image.url == sent.attachments[0].url
    assert await sent.attachments[0].read() == b"BEGIN:VCALENDAR"
    kept = await sent.edit(attachments=[])
    assert kept.attachments == []


async def test_direct_messages_reach_their_reader_unless_closed(sandbox: Running, bot: Bot) -> None:
    user = await bot.fetch_user(int(MEMBER))
    sent = await user.send("hello")
    assert isinstance(sent.channel, discord.DMChannel)
    shown = await sandbox.remote.messages(str(sent.channel.id), MEMBER)
    assert [message["content"] for message in shown] == ["hello"]
    await sandbox.remote.world("close_dms", user=MEMBER)
    with pytest.raises(discord.Forbidden) as closed:
        await user.send("again")
    assert closed.value.code == 50007


async def test_someone_without_a_common_guild_cannot_be_written_to(sandbox: Running, bot: Bot) -> None:
    user = await bot.fetch_user(int(MEMBER_2))
    await sandbox.remote.world("remove_member", guild=GUILD, user=MEMBER_2)
    with pytest.raises(discord.Forbidden) as refused:
        await user.send("hello")
    assert refused.value.code == 50278


async def test_others_messages_come_without_content(sandbox: Running, bot: Bot) -> None:
    await sandbox.remote.world("send_message", user=MEMBER, channel=str(GENERAL), content="secret")
    messages = [message async for message in bot.text_channel().history()]
    assert [message.content for message in messages] == [""]
    with pytest.raises(discord.Forbidden) as refused:
        await messages[0].edit(content="mine now")
    assert refused.value.code == 50005


async def test_the_private_channel_is_not_shown_to_members(sandbox: Running) -> None:
    with pytest.raises(Exception, match="403"):
        await sandbox.remote.messages(str(PRIVATE), MEMBER)


async def test_the_sixth_post_in_five_seconds_waits(open_sandbox: Opener) -> None:
    sandbox = await open_sandbox()
    bot = await sandbox.start(Bot())
    began = time.monotonic()
    await asyncio.gather(*(bot.text_channel(ANNOUNCEMENTS).send(str(number)) for number in range(6)))
    assert 4.0 < time.monotonic() - began < 8.0
    assert len(await sandbox.remote.messages(str(ANNOUNCEMENTS), MEMBER)) == 6


async def test_a_429_is_complete_and_counted(open_sandbox: Opener) -> None:
    sandbox = await open_sandbox()
    url = f"{sandbox.url}/api/v10/channels/{GENERAL}/messages"
    headers = {"Authorization": "Bot sandbox"}
    body = {"content": "x", "allowed_mentions": {"parse": []}}
    async with aiohttp.ClientSession(headers=headers) as session:
        for remaining in (4, 3, 2, 1, 0):
            async with session.post(url, json=body) as response:
                assert response.headers["X-RateLimit-Remaining"] == str(remaining)
                assert response.headers["Content-Type"] == "application/json"
        async with session.post(url, json=body) as response:
            answer = await response.json()
    assert response.status == 429
    assert 0 < answer["retry_after"] <= 5
    assert answer["global"] is False
    assert response.headers["X-RateLimit-Scope"] == "user"
    assert "Via" in response.headers
    assert await sandbox.remote.invalid_requests() == 1


async def test_the_global_limit_is_fifty_a_second_and_spares_interactions(open_sandbox: Opener) -> None:
    sandbox = await open_sandbox()
    async with aiohttp.ClientSession(headers={"Authorization": "Bot sandbox"}) as session:

        async def get(path: str) -> int:
            async with session.get(f"{sandbox.url}/api/v10{path}") as response:
                return response.status

        paths = [f"/users/{each}" for each in (MEMBER, "@me")] * 30
        statuses = await asyncio.gather(*map(get, paths))
        assert 429 in statuses
        assert await get("/webhooks/900000000000000001/unknown/messages/@original") == 404


async def test_unknown_routes_are_noted(sandbox: Running) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bot sandbox"}) as session:
        response = await session.get(f"{sandbox.url}/api/v10/nothing")
        assert response.status == 404
    assert [violation["rule"] for violation in await sandbox.remote.violations()] == ["unknown route"]
