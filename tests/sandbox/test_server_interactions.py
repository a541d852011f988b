"""Commands, presses, modals and autocomplete between people of the sandbox and a real client."""

import asyncio
import io
import time
from typing import Any

import aiohttp
import pytest

from bot.sandbox.remote import RemoteError, file
from tests.sandbox.running import GENERAL, HERE, MEMBER, MEMBER_2, MODERATOR, Bot, Opener, Running, discord, until

Interaction = discord.Interaction[Any]


class Buttons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Update", custom_id="update")
    async def update(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.edit_message(content=f"pressed by {interaction.user.display_name}")

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.send_modal(Question())

    @discord.ui.button(label="Acknowledge", custom_id="ack")
    async def acknowledge(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="edited later")

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: Interaction, _: Any) -> None:
        await interaction.response.send_message("you cannot press this")

    @discord.ui.select(
        custom_id="pick",
        options=[discord.SelectOption(label="A", value="a"), discord.SelectOption(label="B", value="b")],
    )
    async def pick(self, interaction: Interaction, select: discord.ui.Select[Any]) -> None:
        await interaction.response.send_message(f"picked {select.values[0]}", ephemeral=True)


class Question(discord.ui.Modal, title="Question"):
    name: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Name", custom_id="name", default="nobody", max_length=20
    )

    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.send_message(f"hello {self.name.value}", ephemeral=True)


def speaking() -> Bot:
    bot = Bot()

    @bot.tree.command()
    async def menu(interaction: Interaction) -> None:
        """Shows the buttons."""
        answer = await interaction.response.send_message("menu", view=Buttons())
        assert isinstance(answer.resource, discord.InteractionMessage)
        assert answer.resource.id == answer.message_id

    @bot.tree.command()
    async def whisper(interaction: Interaction) -> None:
        """Answers privately, later, and once more."""
        await interaction.response.defer(ephemeral=True)
        first = await interaction.followup.send("first", wait=True)
        assert first.flags.ephemeral
        assert first.edited_at is None
        await interaction.edit_original_response(content="changed")
        await interaction.followup.send("second", ephemeral=True)

    @bot.tree.command()
    async def silent(interaction: Interaction) -> None:
        """Never answers."""

    @bot.tree.command()
    @discord.app_commands.describe(word="A word")
    async def say(  # noqa: PLR0917  # discord.py calls it by name
        interaction: Interaction,
        word: str,
        who: discord.Member | None = None,
        where: discord.TextChannel | None = None,
        times: discord.app_commands.Range[int, 1, 5] = 1,
        paper: discord.Attachment | None = None,
    ) -> None:
        """Says what it was given."""
        content = (await paper.read()).decode() if paper else ""
        await interaction.response.send_message(f"{word} {who and who.id} {where and where.name} {times} {content}")

    @say.autocomplete("word")
    async def words(_: Interaction, current: str) -> list[discord.app_commands.Choice[str]]:
        return [discord.app_commands.Choice(name=current + each, value=current + each) for each in "ab"]

    group = discord.app_commands.Group(name="session", description="Sessions")

    @group.command()
    @discord.app_commands.checks.has_permissions(manage_messages=True)
    async def stream(interaction: Interaction) -> None:
        """For moderators."""
        await interaction.response.send_message(f"{interaction.command and interaction.command.qualified_name}")

    group.default_permissions = discord.Permissions(manage_messages=True)
    bot.tree.add_command(group)
    return bot


@pytest.fixture
async def spoken(sandbox: Running) -> Bot:
    return await sandbox.start(speaking())


async def test_a_command_is_answered_with_everything_resolved(sandbox: Running, spoken: Bot) -> None:
    options = {"word": "hi", "who": MEMBER_2, "where": str(GENERAL), "times": 3}
    attachments = {"paper": file("notes.txt", b"written down")}
    answer = await sandbox.remote.command(MEMBER, "say", **HERE, options=options, attachments=attachments)
    assert answer["state"] == "answered"
    assert answer["callback_type"] == 4
    assert answer["answered_after_ms"] < 3000
    assert answer["message"]["content"] == f"hi {MEMBER_2} general 3 written down"
    assert answer["message"]["interaction"]["name"] == "say"
    latency = await sandbox.remote.latency()
    assert latency["count"] == 1
    assert latency["p50_ms"] == answer["answered_after_ms"]


@pytest.mark.parametrize(
    ("options", "words"),
    [({}, "missing: word"), ({"word": "x", "times": 9}, "too big"), ({"word": "x", "other": 1}, "no option other")],
)
async def test_what_a_client_would_not_send_is_refused(
    sandbox: Running, spoken: Bot, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(RemoteError, match=words):
        await sandbox.remote.command(MEMBER, "say", **HERE, options=options)


async def test_autocomplete_offers_choices(sandbox: Running, spoken: Bot) -> None:
    choices = await sandbox.remote.autocomplete(MEMBER, "say", "word", **HERE, options={"word": "x"})
    assert choices == [{"name": "xa", "value": "xa"}, {"name": "xb", "value": "xb"}]


async def test_default_permissions_hide_a_command_and_force_sends_it(sandbox: Running, spoken: Bot) -> None:
    allowed = await sandbox.remote.command(MODERATOR, "session stream", **HERE)
    assert allowed["message"]["content"] == "session stream"
    with pytest.raises(RemoteError, match="does not offer"):
        await sandbox.remote.command(MEMBER, "session stream", **HERE)

    refused = []

    @spoken.tree.error
    async def note(interaction: Interaction, error: Exception) -> None:
        refused.append(type(error))
        await interaction.response.send_message("no")

    await sandbox.remote.command(MEMBER, "session stream", **HERE, force=True)
    assert refused == [discord.app_commands.MissingPermissions]


async def test_a_deferred_private_answer_is_for_its_user_only(sandbox: Running, spoken: Bot) -> None:
    await sandbox.remote.command(MEMBER, "whisper", **HERE)

    async def seen(user: str) -> list[tuple[str, int]]:
        return [(each["content"], each["flags"]) for each in await sandbox.remote.messages(str(GENERAL), user)]

    whispers = sandbox.server.sandbox.world.channels[GENERAL].whispers
    await until(lambda: len(whispers) == 2)
    assert await seen(MEMBER) == [("changed", 64), ("second", 64)]
    assert [each.data["edited_timestamp"] is None for each in whispers.values()] == [False, True]
    assert await seen(MEMBER_2) == []
    assert [message async for message in spoken.text_channel().history()] == []
    whispered = (await sandbox.remote.messages(str(GENERAL), MEMBER))[0]
    with pytest.raises(discord.NotFound) as unreachable:
        await spoken.text_channel().fetch_message(int(whispered["id"]))
    assert unreachable.value.code == 10008


async def test_presses_update_the_message_they_are_on(sandbox: Running, spoken: Bot) -> None:
    message = (await sandbox.remote.command(MEMBER, "menu", **HERE))["message"]
    pressed = await sandbox.remote.press(MEMBER_2, message["id"], "update")
    assert (pressed["callback_type"], pressed["message"]["content"]) == (7, "pressed by Member 2")
    assert pressed["message"]["id"] == message["id"]
    assert pressed["message"]["edited_timestamp"] is not None
    later = await sandbox.remote.press(MEMBER, message["id"], "ack")
    assert later["callback_type"] == 6
    shown = sandbox.server.sandbox.world.messages[int(message["id"])]
    await until(lambda: shown.data["content"] == "edited later")
    picked = await sandbox.remote.press(MEMBER, message["id"], "pick", values=["b"])
    assert picked["message"]["content"] == "picked b"
    assert picked["message"]["message_reference"]["message_id"] == message["id"]


async def test_only_what_can_be_pressed_is_pressed(sandbox: Running, spoken: Bot) -> None:
    message = (await sandbox.remote.command(MEMBER, "menu", **HERE))["message"]
    for custom_id in ("off", "unknown"):
        with pytest.raises(RemoteError, match="404"):
            await sandbox.remote.press(MEMBER, message["id"], custom_id)
    with pytest.raises(RemoteError, match="not offered"):
        await sandbox.remote.press(MEMBER, message["id"], "pick", values=["c"])
    forged = await sandbox.remote.press(MEMBER, message["id"], "off", force=True)
    assert forged["message"]["content"] == "you cannot press this"


async def test_a_modal_goes_out_and_comes_back(sandbox: Running, spoken: Bot) -> None:
    message = (await sandbox.remote.command(MEMBER, "menu", **HERE))["message"]
    asked = await sandbox.remote.press(MEMBER, message["id"], "ask")
    assert asked["modal"]["title"] == "Question"
    with pytest.raises(RemoteError, match="0 to 20 characters"):
        await sandbox.remote.submit(MEMBER, asked["id"], {"name": "x" * 21})
    answered = await sandbox.remote.submit(MEMBER, asked["id"], {"name": "Ada"})
    assert (answered["kind"], answered["message"]["content"]) == ("submit", "hello Ada")
    with pytest.raises(RemoteError, match="already submitted"):
        await sandbox.remote.submit(MEMBER, asked["id"], {"name": "Ada"})
    again = await sandbox.remote.press(MEMBER, message["id"], "ask")
    kept = await sandbox.remote.submit(MEMBER, again["id"], {})
    assert kept["message"]["content"] == "hello nobody"


class Papers(discord.ui.Modal, title="Papers"):
    def __init__(self) -> None:
        super().__init__()
        self.files: discord.ui.FileUpload[Any] = discord.ui.FileUpload(custom_id="files", min_values=1, max_values=2)
        self.who: discord.ui.UserSelect[Any] = discord.ui.UserSelect(custom_id="who")
        for text, component in (("Files", self.files), ("Who", self.who)):
            self.add_item(discord.ui.Label(text=text, component=component))

    async def on_submit(self, interaction: Interaction) -> None:
        read = [f"{each.filename} {each.content_type} {(await each.read()).decode()}" for each in self.files.values]
        await interaction.response.send_message(f"{read} {[each.id for each in self.who.values]}", ephemeral=True)


async def test_files_and_people_in_a_modal_reach_the_bot(sandbox: Running) -> None:
    bot = Bot()

    @bot.tree.command()
    async def papers(interaction: Interaction) -> None:
        """Asks for files."""
        await interaction.response.send_modal(Papers())

    await sandbox.start(bot)
    asked = await sandbox.remote.command(MEMBER, "papers", **HERE)
    sent = file("a.txt", b"one", "text/plain")
    for refused, words in (([], "1 to 2 values"), ([sent] * 3, "1 to 2 values"), ([{"filename": "a"}], "base64")):
        with pytest.raises(RemoteError, match=words):
            await sandbox.remote.submit(MEMBER, asked["id"], {"files": refused, "who": [MEMBER_2]})
    values = {"files": [sent, file("b.bin", b"two")], "who": [MEMBER_2]}
    answered = await sandbox.remote.submit(MEMBER, asked["id"], values)
    expected = f"['a.txt text/plain one', 'b.bin application/octet-stream two'] [{MEMBER_2}]"
    assert answered["message"]["content"] == expected


async def test_a_modal_on_no_message_cannot_update_one(sandbox: Running) -> None:
    bot, refusals = Bot(), []

    class Stubborn(Question):
        async def on_submit(self, interaction: Interaction) -> None:
            with pytest.raises(discord.HTTPException) as refused:
                await interaction.response.edit_message(content="where?")
            refusals.append(refused.value)
            await interaction.response.send_message("here")

    @bot.tree.command()
    async def ask(interaction: Interaction) -> None:
        """Asks."""
        await interaction.response.send_modal(Stubborn())

    await sandbox.start(bot)
    asked = await sandbox.remote.command(MEMBER, "ask", **HERE)
    assert (await sandbox.remote.submit(MEMBER, asked["id"], {}))["message"]["content"] == "here"
    assert "(4, 5)" in refusals[0].text


async def test_an_answer_may_be_a_file_alone_and_a_layout_stays_one(sandbox: Running) -> None:
    bot = Bot()

    class Layout(discord.ui.LayoutView):
        def __init__(self, text: str) -> None:
            super().__init__(timeout=None)
            row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(Again())
            self.add_item(discord.ui.TextDisplay(text)).add_item(row)

    class Again(discord.ui.Button[Any]):
        def __init__(self) -> None:
            super().__init__(label="Again", custom_id="again")

        async def callback(self, interaction: Interaction) -> None:
            await interaction.response.edit_message(view=Layout("after"))

    @bot.tree.command()
    async def paper(interaction: Interaction) -> None:
        """Answers with a file, and with a layout."""
        await interaction.response.send_message(file=discord.File(io.BytesIO(b"x"), "x.txt"))
        await interaction.followup.send(view=Layout("before"))

    await sandbox.start(bot)
    answered = await sandbox.remote.command(MEMBER, "paper", **HERE)
    assert [each["filename"] for each in answered["message"]["attachments"]] == ["x.txt"]
    interaction = sandbox.server.sandbox.interactions.get(int(answered["id"]))
    assert interaction is not None
    await until(lambda: interaction.followups)
    pressed = await sandbox.remote.press(MEMBER, str(interaction.followups[0].id), "again")
    assert pressed["message"]["components"][0]["content"] == "after"


async def test_no_answer_in_time_is_a_failure_and_a_late_one_unknown(open_sandbox: Opener) -> None:
    sandbox = await open_sandbox(answer_seconds=0.05)
    bot, codes = Bot(), []

    @bot.tree.command()
    async def late(interaction: Interaction) -> None:
        """Answers too late."""
        await until(lambda: sandbox.server.sandbox.interactions.get(interaction.id).state == "failed")  # type: ignore[union-attr]
        with pytest.raises(discord.NotFound) as unknown:
            await interaction.response.send_message("late")
        codes.append(unknown.value.code)

    await sandbox.start(bot)
    answer = await sandbox.remote.command(MEMBER, "late", **HERE)
    assert (answer["state"], answer["failure"]) == ("failed", "The application did not respond")
    await until(lambda: codes == [10062])


async def test_the_token_dies(open_sandbox: Opener) -> None:
    sandbox = await open_sandbox(token_seconds=0.0)
    bot, codes = Bot(), []

    @bot.tree.command()
    async def more(interaction: Interaction) -> None:
        """Follows up too late."""
        await interaction.response.send_message("in time")
        with pytest.raises(discord.HTTPException) as dead:
            await interaction.followup.send("too late")
        codes.append((dead.value.status, dead.value.code))

    await sandbox.start(bot)
    await sandbox.remote.command(MEMBER, "more", **HERE)
    await until(lambda: codes == [(401, 50027)])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": 7, "data": {"content": "there is no message"}}, 50035),
        ({"type": 6}, 50035),
        ({"type": 8, "data": {"choices": []}}, 50035),
        ({"type": 4, "data": {"content": ""}}, 50006),
        ({"type": 4, "data": {"content": "x" * 2001}}, 50035),
        ({"type": 5, "data": {"flags": 4}}, 50035),
    ],
)
async def test_an_answer_that_does_not_fit_a_command_is_refused(
    sandbox: Running, spoken: Bot, body: dict[str, Any], code: int
) -> None:
    asked = await sandbox.remote.command(MEMBER, "silent", **HERE, wait=False)
    path = f"/api/v10/interactions/{asked['id']}/{token_of(sandbox, asked)}/callback"
    async with aiohttp.ClientSession() as session:
        response = await session.post(sandbox.url + path, json=body)
        assert (response.status, (await response.json())["code"]) == (400, code)
        # what was refused is no answer: the right one may still come
        right = {"type": 4, "data": {"content": "right", "allowed_mentions": {"parse": []}}}
        assert (await session.post(sandbox.url + path, json=right)).status == 204
        second = await session.post(sandbox.url + path, json=right)
        assert (second.status, (await second.json())["code"]) == (400, 40060)


def token_of(sandbox: Running, answer: dict[str, Any]) -> str:
    interaction = sandbox.server.sandbox.interactions.get(int(answer["id"]))
    assert interaction is not None
    return interaction.token


async def test_in_a_direct_message_there_is_no_member(sandbox: Running, spoken: Bot) -> None:
    answer = await sandbox.remote.command(MEMBER, "menu")
    assert answer["message"]["content"] == "menu"
    pressed = await sandbox.remote.press(MEMBER, answer["message"]["id"], "update")
    assert pressed["message"]["content"] == "pressed by Member 1"
    with pytest.raises(RemoteError, match="403"):
        await sandbox.remote.press(MEMBER_2, answer["message"]["id"], "update", force=True)


async def test_a_crowd_is_answered_in_time(sandbox: Running, spoken: Bot) -> None:
    users = await sandbox.remote.add_members(HERE["guild"], 200)
    message = (await sandbox.remote.command(MEMBER, "menu", **HERE))["message"]
    began = time.monotonic()
    answers = await asyncio.gather(*(sandbox.remote.press(user, message["id"], "update") for user in users))
    assert {answer["state"] for answer in answers} == {"answered"}
    assert time.monotonic() - began < 3


async def test_the_page_hears_of_what_its_user_sees(sandbox: Running, spoken: Bot) -> None:
    heard: dict[str, list[str]] = {MEMBER: [], MEMBER_2: []}

    async def listen(user: str) -> None:
        async for frame in sandbox.remote.events(user):
            heard[user].append(frame["type"])

    tasks = [asyncio.create_task(listen(user)) for user in heard]
    await until(lambda: len(sandbox.server.sandbox.events._listeners) == 2)
    await sandbox.remote.command(MEMBER, "whisper", **HERE)
    await spoken.text_channel().send("for all")
    await until(lambda: heard[MEMBER].count("message_create") == 3 and "message_create" in heard[MEMBER_2])
    assert heard[MEMBER_2] == ["message_create"]
    assert "interaction" in heard[MEMBER]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
