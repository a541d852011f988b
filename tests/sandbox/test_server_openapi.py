"""A long conversation of a real client with the sandbox, held against Discord's own description of its API."""

import io
from datetime import timedelta
from typing import Any

import pytest

from tests.openapi import WHY_SKIPPED, from_environment
from tests.sandbox.running import GUILD, HERE, MEMBER, MEMBER_2, START, Bot, Running, discord

pytestmark = pytest.mark.skipif(from_environment() is None, reason=WHY_SKIPPED)

Interaction = discord.Interaction[Any]


class Everything(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Page", url="https://example.org"))

    @discord.ui.button(label="Update", custom_id="update", emoji="📍", style=discord.ButtonStyle.success)
    async def update(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.edit_message(content="updated", view=self)

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later")

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.send_modal(Question())

    @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label="A", description="first", emoji="🌐")])
    async def pick(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.send_message("picked", ephemeral=True)


class Question(discord.ui.Modal, title="Question"):
    name: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Name", custom_id="name")

    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.send_message(self.name.value, ephemeral=True)


def talking() -> Bot:
    bot = Bot()

    @bot.tree.command(description="Everything a message can have")
    async def everything(interaction: Interaction, word: str = "x") -> None:
        embed = discord.Embed(
            title=word, description="text", url="https://example.org", colour=0x123456, timestamp=START
        )
        embed.add_field(name="Where", value="Berlin").set_footer(text="foot").set_author(name="Somebody")
        await interaction.response.send_message("hello", embed=embed, view=Everything())

    @everything.autocomplete("word")
    async def words(_: Interaction, current: str) -> list[discord.app_commands.Choice[str]]:
        return [discord.app_commands.Choice(name=current, value=current)]

    @bot.tree.command(description="Answers later")
    async def slow(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send("first", file=discord.File(io.BytesIO(b"x"), "x.txt"))
        second = await interaction.followup.send("second", ephemeral=True, wait=True)
        await interaction.original_response()
        await second.edit(content="changed")
        await second.delete()

    return bot


async def people_act(sandbox: Running) -> None:
    remote = sandbox.remote
    await remote.autocomplete(MEMBER, "everything", "word", **HERE, options={"word": "a"})
    message = (await remote.command(MEMBER, "everything", **HERE))["message"]
    for custom_id in ("update", "later"):
        await remote.press(MEMBER_2, message["id"], custom_id)
    await remote.press(MEMBER, message["id"], "pick", values=["A"])
    asked = await remote.press(MEMBER, message["id"], "ask")
    await remote.submit(MEMBER, asked["id"], {"name": "Ada"})
    await remote.command(MEMBER, "slow", **HERE)


async def bot_works(bot: Bot) -> None:
    channel, guild = bot.text_channel(), bot.guilds[0]
    pings = discord.AllowedMentions(roles=True, users=True)
    sent = await channel.send(f"<@{MEMBER}> <@&900000000000000121>", allowed_mentions=pings, nonce=5)
    await sent.edit(content="changed", embed=discord.Embed(title="t"))
    await sent.reply("an answer")
    thread = await sent.create_thread(name="Questions")
    await thread.send("in the thread", file=discord.File(io.BytesIO(b"x"), "x.png"))
    assert [message async for message in channel.history()]
    await channel.fetch_message(sent.id)
    await sent.delete()
    await (await bot.fetch_user(int(MEMBER))).send("hello")
    await bot.fetch_channel(channel.id)
    await bot.fetch_channel(thread.id)
    await guild.fetch_channels()
    await guild.fetch_roles()
    await guild.fetch_member(int(MEMBER))
    await bot.fetch_guild(guild.id)
    await bot.tree.fetch_commands()


async def bot_makes_an_event(bot: Bot, sandbox: Running) -> None:
    guild = bot.guilds[0]
    event = await guild.create_scheduled_event(
        name="DeSci Berlin",
        start_time=START + timedelta(days=1),
        end_time=START + timedelta(days=1, hours=1),
        location="Berlin",
        entity_type=discord.EntityType.external,
        privacy_level=discord.PrivacyLevel.guild_only,
    )
    await sandbox.remote.world("event_interested", event=str(event.id), user=MEMBER, interested=True)
    assert [user async for user in event.users()]
    await guild.fetch_scheduled_events()
    await event.edit(name="Again")
    await event.delete()


async def bot_errs(bot: Bot, sandbox: Running) -> None:
    for bad in ("", "x" * 2001):
        with pytest.raises(discord.HTTPException):
            await bot.text_channel().send(bad)
    with pytest.raises(discord.NotFound):
        await bot.text_channel().fetch_message(1)
    await sandbox.remote.world("kick_bot", guild=GUILD)
    with pytest.raises(discord.HTTPException):
        await bot.fetch_guild(int(GUILD))


async def test_all_bodies_in_both_directions_are_valid(sandbox: Running) -> None:
    contract = from_environment()
    assert contract is not None
    bot = await sandbox.start(talking())
    await people_act(sandbox)
    await bot_works(bot)
    await bot_makes_an_event(bot, sandbox)
    await bot_errs(bot, sandbox)
    entries = (await sandbox.remote.journal())["entries"]
    assert len({entry["route"] for entry in entries}) >= 20
    assert contract.journal_errors(entries) == []
