"""Who may use which command and which button: every one that exists has a row here, or the test fails.

Commands and presses are read from the composed bot and sent through its own doors (the command tree and the router)
as Discord would send them, by each kind of person.
"""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.app import App, compose
from bot.clock import Clock
from bot.domain.guilds import GuildConfig
from bot.domain.programme import read_programme
from bot.domain.sessions import Session
from bot.settings import Settings
from bot.store import guilds, reminders, sessions
from bot.store.database import Database

ROOT = Path(__file__).resolve().parents[2]
HOME, ELSEWHERE, BOT = 900000000000000100, 900000000000000200, 900000000000000001
ROLE = 20  # of moderators, behind the guild's id
COMMAND, PRESS, SUBMIT = 2, 3, 5
NOW = datetime(2022, 5, 23, 12, tzinfo=UTC)
OTHER = "88"  # whoever a command is about
GARBAGE = "nothing-like-this"
FAILURE = "tell the moderators the reference"  # what is said where nobody had thought of it
NOT_MODERATOR, NOT_IN_GUILD = "the permission Manage Server", "only in a server"


class Who(StrEnum):
    ANYBODY = "anybody"  # also in direct messages, where the bot's own messages have buttons
    MEMBERS = "members"
    MODERATORS = "moderators"
    MANAGERS = "managers"  # Manage Server; the moderator role is not enough


class Person(StrEnum):
    """In the home guild, unless it is said otherwise."""

    MEMBER = "member"
    # Named among the organizers of the session. Those are names in a programme, not accounts, so they give no rights:
    # whoever organizes gets the moderator role.
    ORGANIZER = "organizer of that session"
    OTHERS_MODERATOR = "moderator of another guild"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"
    DIRECT = "in a direct message"


RIGHTS = {
    Person.MEMBER: {Who.ANYBODY, Who.MEMBERS},
    Person.ORGANIZER: {Who.ANYBODY, Who.MEMBERS},
    Person.OTHERS_MODERATOR: {Who.ANYBODY, Who.MEMBERS},
    Person.MODERATOR: {Who.ANYBODY, Who.MEMBERS, Who.MODERATORS},
    Person.ADMINISTRATOR: set(Who),
    Person.DIRECT: {Who.ANYBODY},
}

COMMANDS = {
    **dict.fromkeys(("schedule", "speaker", "talk", "stream", "rsvp", "about", "help", "calendar"), Who.MEMBERS),
    **dict.fromkeys(("now", "next"), Who.MEMBERS),
    "privacy": Who.ANYBODY,
    "my agenda": Who.MEMBERS,
    **dict.fromkeys(("my data", "my erase"), Who.ANYBODY),
    **{
        f"session {name}": Who.MODERATORS
        for name in (
            *("create", "edit", "move", "delay", "cancel", "reopen", "announce", "delete", "list"),
            *("stream", "recording", "import", "export", "repeat", "series", "copy"),
        )
    },
    **{f"programme talk {name}": Who.MODERATORS for name in ("add", "edit", "move", "time", "links", "remove")},
    **{f"programme speaker {name}": Who.MODERATORS for name in ("add", "edit", "remove")},
    **{
        f"attendee {name}": Who.MODERATORS
        for name in (
            *("list", "add", "move", "remove", "checkin", "export", "capacity"),
            *("close", "reopen", "deadline", "only", "lend", "offers"),
        )
    },
    **{f"reminders {name}": Who.MODERATORS for name in ("list", "set", "test", "pause", "resume")},
    **dict.fromkeys(("doctor", "audit", "stats", "rehearse"), Who.MODERATORS),
    "settings": Who.MANAGERS,
}
PRESSES = {
    **dict.fromkeys(("rm", "talk-rm", "my-erase", "recording"), Who.ANYBODY),
    **dict.fromkeys(("watch", "tell"), Who.MEMBERS),
    **dict.fromkeys(("attendees", "attendee-lift", "deadline-set"), Who.MODERATORS),
    **dict.fromkeys(("theme", "speakers", "talks", "speaker", "talk", "session-pick", "speaker-pick"), Who.MEMBERS),
    **dict.fromkeys(("talk-pick", "rsvp", "star", "star-pick", "unstar-pick", "remind", "my-remind"), Who.MEMBERS),
    **dict.fromkeys(("my-answer", "calendar-all"), Who.MEMBERS),
    **{
        f"plan-{name}": Who.MODERATORS
        for name in ("form", "again", "pick", "mode", "channel", "seats", "seats-form", "create")
    },
    **dict.fromkeys(("edit-form", "edit-again", "move-form", "move-again", "move-done"), Who.MODERATORS),
    **dict.fromkeys(("cancel-ask", "cancel-done", "delete-ask", "delete-done"), Who.MODERATORS),
    **dict.fromkeys(("never-mind", "session-list", "link-clear"), Who.MODERATORS),
    **dict.fromkeys(("import-apply", "import-cancel"), Who.MODERATORS),
    **dict.fromkeys(("copy-do", "repeat-do", "series-do", "series-no"), Who.MODERATORS),
    **{f"s-{name}": Who.MODERATORS for name in ("edit", "edit-again", "new", "new-again", "new-open", "remove")},
    **{f"t-{name}": Who.MODERATORS for name in ("add", "add-again", "edit", "edit-again", "keep", "link-clear")},
    **{f"t-{name}": Who.MODERATORS for name in ("remove", "start", "start-again", "start-open", "start-set")},
    **dict.fromkeys(("reminders-page", "doctor", "audit", "audit-undo", "rehearse-stop"), Who.MODERATORS),
    **dict.fromkeys(("settings", "settings-open"), Who.MANAGERS),
}


# What stands in the ids of buttons behind their names, where it is not an id of ours and then small numbers.
ARGUMENTS = {"rm": ("k" * 20, "{id}", "online"), "rsvp": ("{id}", "online"), "tell": ("{id}", "on")}


class Answers(AsyncWebhookAdapter):
    """Keeps what the bot answers, instead of sending it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # discord.py's own
        self.said: list[str] = []

    async def request(self, route: Any, *_: Any, payload: Any = None, multipart: Any = None, **__: Any) -> Any:
        self.said.append(f"{payload} {[part.get('value') for part in multipart or []]}")
        if route.path.endswith("/callback"):
            return {"interaction": {"id": "1", "type": 2}}
        return _message(HOME)


@dataclass
class Scene:
    """The composed bot, and people who use it."""

    app: App
    path: Path
    session: Session
    answers: Answers = field(default_factory=Answers)
    ids: Iterator[int] = field(default_factory=lambda: count(1000))  # one that comes again is not answered again

    async def use(self, name: str, person: Person, guild_id: int = HOME) -> str:
        """Use a command; what was answered."""
        words = name.split(" ")
        command = self.app.client.tree.get_command(words[0])
        for word in words[1:]:
            assert isinstance(command, app_commands.Group)
            command = command.get_command(word)
        assert isinstance(command, app_commands.Command)
        data: dict[str, Any] = {"id": "1", "type": 1, "name": words[-1], "options": _options(command, guild_id)}
        data["resolved"] = {"attachments": {"1": {"id": "1", "filename": "x", "size": 1, "url": "", "proxy_url": ""}}}
        data["resolved"] |= _resolved(guild_id)
        for depth, word in enumerate(reversed(words[:-1])):
            data["type"] = 1 if depth == 0 else 2
            data = {"id": "1", "type": 1, "name": word, "options": [data], "resolved": data["resolved"]}
        interaction = self._interaction(COMMAND, data, person, guild_id)
        self.answers.said.clear()
        tree = self.app.client.tree
        try:
            await tree._call(interaction)
        except app_commands.AppCommandError as error:
            await tree.on_error(interaction, error)
        return "\n".join(self.answers.said)

    async def press(self, name: str, person: Person, guild_id: int = HOME, *, real: bool = False) -> str:
        """Press a button with this name, or submit a form of it; what was answered."""
        _, arguments = self.app.client.router._handlers[name]
        key = self._id_for(name) if real else "0" * 32
        custom_id = ":".join([name, *ARGUMENTS.get(name, ("{id}", *"1" * 9))[:arguments]]).format(id=key)
        kind = SUBMIT if name.endswith("-form") else PRESS
        values: list[str] = [key]
        data = {"custom_id": custom_id, "component_type": 3, "values": values, "components": []}
        self.answers.said.clear()
        await self.app.client.router.dispatch(self._interaction(kind, data, person, guild_id))
        return "\n".join(self.answers.said)

    def _id_for(self, name: str) -> str:
        talk = self.session.talks[0]
        if name.startswith(("t-", "talk", "star", "unstar")):
            return talk.id
        return talk.speakers[0].id if name.startswith("s-") or name == "speaker" else self.session.id

    def _interaction(self, kind: int, data: dict[str, Any], person: Person, guild_id: int) -> discord.Interaction[Any]:
        user = {"id": "77", "username": "person", "discriminator": "0", "avatar": None, "global_name": "Person"}
        payload: dict[str, Any] = {
            "id": str(next(self.ids)),
            "type": kind,
            "data": data,
            "token": "t",
            "version": 1,
            "application_id": str(BOT),
            "attachment_size_limit": 1,
            "entitlements": [],
            "authorizing_integration_owners": {},
        }
        if kind != COMMAND:
            payload["message"] = _message(guild_id)
        if person is Person.DIRECT:
            payload |= {"user": user, "channel": {"id": "5", "type": 1, "recipients": [user]}, "channel_id": "5"}
        else:
            roles, permissions = _rights(person, guild_id)
            member = {"user": user, "roles": roles, "permissions": permissions, "flags": 0}
            member |= {"joined_at": "2022-01-01T00:00:00+00:00", "deaf": False, "mute": False}
            payload |= {"guild_id": str(guild_id), "member": member, "channel": {"id": str(guild_id + 11), "type": 0}}
        return discord.Interaction(data=payload, state=self.app.client._connection)  # type: ignore[arg-type] # as Discord sends it

    def stored(self) -> list[str]:
        with sqlite3.connect(self.path) as conn:
            found = list(conn.iterdump())
        conn.close()
        return found


def _rights(person: Person, guild_id: int) -> tuple[list[str], str]:
    if person is Person.MODERATOR or (person is Person.OTHERS_MODERATOR and guild_id == ELSEWHERE):
        return [str(guild_id + ROLE)], str(1 << 10 | 1 << 11)
    if person is Person.ADMINISTRATOR:
        return [], str(1 << 3)
    return [], str(1 << 10 | 1 << 11)


def _resolved(guild_id: int) -> dict[str, Any]:
    """The person and the channel that options name."""
    user = {"id": OTHER, "username": "other", "discriminator": "0", "avatar": None, "global_name": "Other"}
    member = {"roles": [], "permissions": "0", "flags": 0, "joined_at": "2022-01-01T00:00:00+00:00"}
    channel = {"id": str(guild_id + 11), "type": 0, "name": "general", "permissions": "3072"}
    return {"users": {OTHER: user}, "members": {OTHER: member}, "channels": {channel["id"]: channel}}


def _message(guild_id: int) -> dict[str, Any]:
    """The private message that is pressed."""
    author = {"id": str(BOT), "username": "bot", "discriminator": "0", "avatar": None}
    lists = ("embeds", "attachments", "mentions", "mention_roles", "components")
    more = {"tts": False, "mention_everyone": False, "pinned": False, "edited_timestamp": None, "flags": 64}
    stamp = {"timestamp": "2022-05-23T12:00:00+00:00", "type": 0, "content": ""}
    return (
        {"id": "55", "channel_id": str(guild_id + 11), "author": author} | more | stamp | {name: [] for name in lists}
    )


def _options(command: app_commands.Command[Any, ..., Any], guild_id: int) -> list[dict[str, Any]]:
    given = []
    for parameter in command.parameters:
        kind = parameter.type.value
        if kind == 3:
            value: Any = parameter.choices[0].value if parameter.choices else GARBAGE
            given.append({"type": 3, "name": parameter.display_name, "value": value})
        elif parameter.required:
            value = {4: parameter.min_value or 1, 5: True, 6: OTHER, 7: str(guild_id + 11), 10: 1.0, 11: "1"}[kind]
            given.append({"type": kind, "name": parameter.display_name, "value": value})
    return given


def _guild(guild_id: int) -> dict[str, Any]:
    roles = [
        {"id": str(guild_id + offset), "name": "r", "permissions": "3072", "position": offset}
        | {"colors": {"primary_color": 0}, "color": 0, "hoist": False, "managed": False, "mentionable": False}
        for offset in (0, ROLE)
    ]
    channel = {"id": str(guild_id + 11), "type": 0, "name": "general", "position": 0, "permission_overwrites": []}
    bot = {"user": {"id": str(BOT), "username": "bot", "discriminator": "0", "avatar": None}, "roles": [], "flags": 0}
    bot |= {"joined_at": "2022-01-01T00:00:00+00:00", "deaf": False, "mute": False}
    return {"id": str(guild_id), "name": "g", "roles": roles, "channels": [channel], "members": [bot]}


@pytest.fixture
async def scene(tmp_path: Path, db: Database) -> AsyncIterator[Scene]:
    settings = Settings(_env_file=None, programme=None, database_path=tmp_path / "test.db")
    app = await compose(settings, db, Clock(NOW, speed=0))
    session = read_programme(ROOT / "data/desci-berlin.toml").session(HOME)
    await db.write(_furnish, session)
    state = app.client._connection
    user: Any = {"id": str(BOT), "username": "bot", "discriminator": "0", "avatar": None}
    state.user = discord.ClientUser(state=state, data=user)
    for guild_id in (HOME, ELSEWHERE):
        state._add_guild_from_data(_guild(guild_id))  # type: ignore[arg-type] # as much of it as is looked at
    found = Scene(app, tmp_path / "test.db", session)
    token = async_context.set(found.answers)
    try:
        yield found
    finally:
        async_context.reset(token)
        await app.finish()


def _furnish(conn: sqlite3.Connection, session: Session) -> None:
    for guild_id in (HOME, ELSEWHERE):
        guilds.save_config(conn, GuildConfig(guild_id, guild_id + 11, None, guild_id + ROLE))
    sessions.save(conn, session)
    reminders.rearm(conn, session, NOW)


def commands(app: App) -> set[str]:
    return {one.qualified_name for one in app.client.tree.walk_commands() if isinstance(one, app_commands.Command)}


async def test_every_command_and_every_press_has_a_row(scene: Scene) -> None:
    assert commands(scene.app) == set(COMMANDS), "add a row for what is new, take away those of what is gone"
    assert set(scene.app.client.router._handlers) == set(PRESSES), "add a row for what is new"


async def test_what_is_for_moderators_says_so_in_help(scene: Scene) -> None:
    for command in scene.app.client.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            extras = (command.root_parent or command).extras | command.extras
            marked = bool(extras.get("moderators", False))
            assert marked == (COMMANDS[command.qualified_name] in (Who.MODERATORS, Who.MANAGERS)), (
                command.qualified_name
            )


@pytest.mark.parametrize("person", list(Person))
async def test_rights(scene: Scene, person: Person) -> None:
    """Who may not is told so and changes nothing, though the ids are real; who may gets past the question."""
    before = scene.stored()
    refusal = NOT_IN_GUILD if person is Person.DIRECT else NOT_MODERATOR
    for refused in (True, False):
        answers = {
            f"/{name}": await scene.use(name, person)
            for name, who in COMMANDS.items()
            if (who in RIGHTS[person]) != refused
        } | {
            name: await scene.press(name, person, real=refused)
            for name, who in PRESSES.items()
            if (who in RIGHTS[person]) != refused
        }
        for name, answer in answers.items():
            assert answer, f"{name} was not answered"
            assert FAILURE not in answer, name
            # Discord offers no command in a direct message; a forged one fails where it names a channel.
            failed = person is Person.DIRECT and "does not fit that option" in answer
            assert (refusal in answer or failed) == refused, f"{name}: {answer}"
        if refused:
            assert scene.stored() == before


async def test_a_moderator_reaches_nothing_of_another_guild(scene: Scene) -> None:
    """With ids that are real, in a guild where they may do everything."""

    def at_home() -> list[str]:
        tables = ("session", "talk", "speaker", "talk_speaker", "rsvp", "reminder")
        return [line for line in scene.stored() if line.startswith(tuple(f'INSERT INTO "{name}"' for name in tables))]

    before = at_home()
    assert before
    for name, who in PRESSES.items():
        answer = await scene.press(name, Person.OTHERS_MODERATOR, ELSEWHERE, real=True)
        assert answer, f"{name} was not answered"
        assert FAILURE not in answer, name
        assert scene.session.title not in answer, name
        assert NOT_MODERATOR not in answer or who is Who.MANAGERS, name
    for name in COMMANDS:
        answer = await scene.use(name, Person.OTHERS_MODERATOR, ELSEWHERE)
        assert scene.session.title not in answer, name
    assert at_home() == before
