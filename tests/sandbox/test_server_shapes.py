"""What is stored and answered has Discord's shape, whatever shape came in: over plain HTTP, as any library may send."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.sandbox.running import ANNOUNCEMENTS, GENERAL, GUILD, MEMBER, PRIVATE, START, Bot, Running, discord, until

Json = dict[str, Any]
Call = Callable[..., Awaitable[tuple[int, Any]]]
APP, MEMBER_IN_MODERATORS = "900000000000000001", "900000000000000301"
MESSAGES = f"/channels/{GENERAL}/messages"
COMMANDS = f"/applications/{APP}/commands"
NOBODY: Json = {"allowed_mentions": {"parse": []}}
LAYOUT = 1 << 15


@pytest.fixture
async def call(sandbox: Running) -> AsyncIterator[Call]:
    """Sends one request as the bot and gives status and JSON."""
    async with aiohttp.ClientSession(headers={"Authorization": "Bot sandbox"}) as session:

        async def send(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
            async with session.request(method, f"{sandbox.url}/api/v10{path}", json=body, **more) as response:
                assert response.content_type == "application/json", await response.text()
                return response.status, await response.json()

        yield send


def upload(payload: Json, **files: bytes) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps(payload), content_type="application/json")
    for number, (name, content) in enumerate(files.items()):
        form.add_field(f"files[{number}]", content, filename=f"{name}.txt")
    return form


async def test_null_and_unknown_keys_are_not_kept(call: Call) -> None:
    embed = {
        "title": "t",
        "type": "article",
        "url": None,
        "color": 0,
        "flags": 3,
        "provider": {"name": "somebody"},
        "author": {"name": None, "url": None},
        "footer": {"text": "f", "icon_url": None},
        "fields": [{"name": "n", "value": "v", "inline": None, "other": 1}],
        "unheard_of": True,
    }
    button = {
        "type": 2,
        "style": 1,
        "custom_id": "b",
        "label": None,
        "url": None,
        "emoji": {"id": None, "name": "📍", "x": 1},
    }
    select = {
        "type": 3,
        "custom_id": "s",
        "placeholder": None,
        "disabled": None,
        "options": [{"label": "A", "value": "a", "description": None, "emoji": {"id": None, "name": "🌐"}}],
    }
    rows = [{"type": 1, "components": [each], "unheard_of": 1} for each in (button, select)]
    status, message = await call("POST", MESSAGES, {"embeds": [embed], "components": rows, **NOBODY})
    assert status == 200
    field = {"name": "n", "value": "v", "inline": False}
    assert message["embeds"] == [{"type": "rich", "title": "t", "color": 0, "footer": {"text": "f"}, "fields": [field]}]
    option = {"label": "A", "value": "a", "emoji": {"name": "🌐"}}
    selecting = {"type": 3, "id": 4, "custom_id": "s", "min_values": 1, "max_values": 1, "options": [option]}
    pressing = {"type": 2, "id": 2, "style": 1, "custom_id": "b", "emoji": {"name": "📍"}}
    rows = [{"type": 1, "id": 1, "components": [pressing]}, {"type": 1, "id": 3, "components": [selecting]}]
    assert message["components"] == rows
    _, edited = await call("PATCH", f"{MESSAGES}/{message['id']}", {"embeds": [embed | {"title": "new"}]})
    assert edited["embeds"] == [message["embeds"][0] | {"title": "new"}]
    assert edited["components"] == rows


async def test_files_of_a_layout_are_described(call: Call) -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "https://example.org/x.png"}, "spoiler": None}]}
    shown = {"type": 13, "file": {"url": "attachment://notes.txt"}}
    container = {"type": 17, "components": [gallery, {"type": 14}]}
    body = {"flags": LAYOUT, "components": [container, shown], **NOBODY}
    status, message = await call("POST", MESSAGES, data=upload(body, notes=b"written"))
    assert status == 200, message
    (stored, file), (attached,) = message["components"], message["attachments"]
    assert (stored["accent_color"], stored["spoiler"]) == (None, False)
    (item,) = stored["components"][0]["items"]
    assert (item["description"], item["spoiler"]) == (None, False)
    assert item["media"].keys() >= {"id", "url", "proxy_url"}
    assert stored["components"][1] | {"id": 0} == {"type": 14, "id": 0, "spacing": 1, "divider": True}
    assert (file["name"], file["size"]) == ("notes.txt", 7)
    assert (file["file"]["url"], file["file"]["attachment_id"]) == (attached["url"], attached["id"])


async def test_a_message_becomes_a_layout_only_when_it_is_emptied(call: Call) -> None:
    _, message = await call("POST", MESSAGES, {"content": "text", "embeds": [{"title": "t"}], **NOBODY})
    path, layout = f"{MESSAGES}/{message['id']}", {"flags": LAYOUT, "components": [{"type": 10, "content": "text"}]}
    for left, place in (({"embeds": []}, "content"), ({"content": None}, "embeds")):
        status, refused = await call("PATCH", path, layout | left)
        assert (status, refused["code"], list(refused["errors"])) == (400, 50035, [place])
    assert (await call("GET", path))[1]["content"] == "text"
    status, changed = await call("PATCH", path, layout | {"content": None, "embeds": None})
    assert (status, changed["content"], changed["embeds"]) == (200, "", [])


async def test_no_message_of_a_channel_is_ephemeral(call: Call) -> None:
    _, message = await call("POST", MESSAGES, {"content": "for all", "flags": 64 | 4, **NOBODY})
    assert message["flags"] == 4


async def test_a_layout_pings_like_a_text_and_only_readers_are_pinged(sandbox: Running, call: Call) -> None:
    text = {"type": 10, "content": f"<@{MEMBER}> <@{MEMBER_IN_MODERATORS}>"}
    section = {"type": 17, "components": [text]}
    body = {"flags": LAYOUT, "components": [section], "allowed_mentions": {"parse": ["users"]}}
    for channel, pinged in ((GENERAL, [MEMBER, MEMBER_IN_MODERATORS]), (PRIVATE, [MEMBER_IN_MODERATORS])):
        _, message = await call("POST", f"/channels/{channel}/messages", body)
        assert [each["id"] for each in message["mentions"]] == pinged


async def test_what_is_referred_to_must_be_there(call: Call) -> None:
    unknown = {"message_reference": {"message_id": "123"}}
    status, refused = await call("POST", MESSAGES, {"content": "re", **unknown, **NOBODY})
    assert (status, list(refused["errors"])) == (400, ["message_reference"])
    unknown["message_reference"]["fail_if_not_exists"] = False  # type: ignore[assignment]  # a flag among ids
    status, message = await call("POST", MESSAGES, {"content": "re", **unknown, **NOBODY})
    assert (status, message["type"]) == (200, 0)
    reference = {"message_reference": {"message_id": message["id"]}}
    _, reply = await call("POST", MESSAGES, {"content": "re", **reference, **NOBODY})
    assert (reply["type"], reply["message_reference"]["message_id"]) == (19, message["id"])
    assert reply["referenced_message"] == message

    lost = {"attachments": [{"id": 0, "filename": "x.txt"}]}
    for method, path in (("POST", MESSAGES), ("PATCH", f"{MESSAGES}/{message['id']}")):
        status, refused = await call(method, path, {"content": "x", **lost, **NOBODY})
        assert (status, list(refused["errors"]["attachments"])) == (400, ["0"])


async def test_one_command_is_named_by_its_own_places(call: Call) -> None:
    body = {"name": "one", "description": "d", "default_member_permissions": 32, "options": None, "x": 1}
    status, command = await call("POST", COMMANDS, body)
    assert (status, command["default_member_permissions"]) == (201, "32")
    assert "x" not in command
    _, everyone = await call("POST", COMMANDS, {"name": "two", "description": "d"})
    assert everyone["default_member_permissions"] is None
    path = f"{COMMANDS}/{command['id']}"
    for method, where, wrong, place in (
        ("POST", COMMANDS, {"name": "three", "description": ""}, "description"),
        ("PATCH", path, {"description": "x" * 101}, "description"),
        ("PATCH", path, {"name": "two"}, "name"),
    ):
        status, refused = await call(method, where, wrong)
        assert (status, list(refused["errors"])) == (400, [place])
    assert [each["name"] for each in (await call("GET", COMMANDS))[1]] == ["one", "two"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/channels/general", "channel_id"),
        (f"{MESSAGES}/undefined", "message_id"),
        (f"/guilds/{GUILD}/members/None", "user_id"),
    ],
)
async def test_a_path_with_no_id_where_one_belongs_is_a_bad_form(call: Call, path: str, place: str) -> None:
    status, refused = await call("GET", path)
    assert (status, refused["code"], list(refused["errors"])) == (400, 50035, [place])


async def test_active_threads_say_whether_there_are_more(call: Call) -> None:
    await call("POST", f"/channels/{GENERAL}/threads", {"name": "Questions", "type": 11})
    status, answer = await call("GET", f"/guilds/{GUILD}/threads/active")
    assert (status, len(answer["threads"]), answer["has_more"]) == (200, 1, False)


async def test_in_a_thread_the_right_to_send_in_threads_counts(sandbox: Running, bot: Bot) -> None:
    channel, me = bot.text_channel(ANNOUNCEMENTS), str(bot.guilds[0].me.id)
    thread = await (await channel.send("talk about it")).create_thread(name="Questions")
    deny: Json = {"channel": str(ANNOUNCEMENTS), "target": me, "type": "member", "deny": 1 << 11}
    await sandbox.remote.world("set_overwrite", **deny)
    sent = await thread.send(embed=discord.Embed(title="SEND_MESSAGES counts for nothing here"))
    assert sent.embeds
    await sandbox.remote.world("set_overwrite", **deny | {"deny": 1 << 38})
    with pytest.raises(discord.Forbidden):
        await thread.send("no")


async def test_a_failure_inside_the_sandbox_is_answered_and_noted(
    sandbox: Running, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("broken")

    monkeypatch.setattr("bot.sandbox.payloads.channel", fail)
    status, answer = await call("GET", f"/channels/{GENERAL}")
    assert (status, answer["code"]) == (500, 0)
    (entry,) = (await sandbox.remote.journal())["entries"]
    assert (entry["status"], entry["response"]) == (500, answer)
    (violation,) = await sandbox.remote.violations()
    assert violation["rule"] == "failure of the sandbox"
    assert "ZeroDivisionError: broken" in violation["words"]


async def test_a_broken_upload_is_a_bad_request(call: Call) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    status, refused = await call("POST", MESSAGES, data=b"no boundary here", headers=headers)
    assert (status, refused["code"]) == (400, 50035)


async def test_an_event_elsewhere_starts_and_ends_by_itself(sandbox: Running, call: Call) -> None:
    path, start, end = f"/guilds/{GUILD}/scheduled-events", START + timedelta(hours=1), START + timedelta(hours=2)
    body = {
        "name": "DeSci Berlin",
        "privacy_level": 2,
        "entity_type": 3,
        "entity_metadata": {"location": "Berlin"},
        "scheduled_start_time": start.isoformat(),
        "scheduled_end_time": end.isoformat(),
    }
    ids = [(await call("POST", path, body))[1]["id"] for _ in range(2)]

    async def status(event_id: str) -> int:
        return int((await call("GET", f"{path}/{event_id}"))[1]["status"])

    await call("PATCH", f"{path}/{ids[1]}", {"status": 4})
    await sandbox.remote.set_clock(now=start - timedelta(seconds=1), speed=0)
    assert await status(ids[0]) == 1
    await sandbox.remote.set_clock(now=start)
    assert await status(ids[0]) == 2
    # nobody moves the clock any more: it gets there by going
    await sandbox.remote.set_clock(now=end - timedelta(seconds=5), speed=100)
    shown = sandbox.server.sandbox.world.guilds[int(GUILD)].scheduled_events
    await until(lambda: shown[int(ids[0])]["status"] == 3)
    assert await status(ids[1]) == 4
    dispatched = (await sandbox.remote.gateway_journal())["entries"]
    updates = [each["data"]["status"] for each in dispatched if each["event"] == "GUILD_SCHEDULED_EVENT_UPDATE"]
    assert updates == [4, 2, 3]
