"""A walk through the bot as people take it who type anything: through the real command tree and the real router.

The composed bot answers in the process, over discord.py's own objects; what it says is held against the sandbox's
rules. Commands, options, buttons and forms are those that exist: a new one is walked into by itself.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import discord
from discord import app_commands

from bot.sandbox.rules.interactions import check_interaction_response
from bot.sandbox.rules.mentions import pinged
from bot.sandbox.rules.messages import check_message
from bot.sandbox.rules.refusal import Refusal
from tests.campaign import corpus
from tests.campaign.ears import Failures, Listener
from tests.campaign.parsers import FILES, ROOT
from tests.campaign.tally import Kind
from tests.cogs.test_matrix import (
    COMMAND,
    COMMANDS,
    ELSEWHERE,
    FAILURE,
    HOME,
    OTHER,
    PRESS,
    PRESSES,
    RIGHTS,
    ROLE,
    SUBMIT,
    Person,
    Scene,
    _guild,
    _resolved,
)

AUTOCOMPLETE = 4
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE_OPTION, NUMBER, ATTACHMENT = 3, 4, 5, 6, 7, 8, 10, 11
MODAL, MENTIONABLE_ROLE = 9, str(HOME + ROLE)
SELECTS = range(3, 9)
_PROGRAMME = """
SELECT session.id, session.title, session.starts_at, session.ends_at, status, capacity, talk.id, talk.title, position
FROM session LEFT JOIN talk ON session_id = session.id WHERE guild_id = :guild ORDER BY session.id, talk.id
"""
KEPT = 60  # of the buttons that were seen last
Wrong = tuple[Kind, str]
WHO = (*Person, *(Person.MODERATOR, Person.ADMINISTRATOR) * 4)
# What fits a field or an option of that name, for walks that get somewhere.
FITTING = {
    **dict.fromkeys(("start", "to", "at", "time", "until"), corpus.TIMES),
    **dict.fromkeys(("end", "by", "times", "reminders"), corpus.LENGTHS),
    **dict.fromkeys(("url", "slides", "recording", "links"), corpus.LINKS[:2]),
    **dict.fromkeys(("number", "minutes", "capacity", "seats", "position"), ("40", "2", "none")),
    "zone": corpus.ZONES,
}


@dataclass
class Walk:
    """Steps one after the other; buttons and forms that were answered can be used in later ones."""

    scene: Scene
    listener: Listener
    failures: Failures
    rng: Random
    live: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.person = self.rng.choice(WHO)  # who takes most of the steps

    async def step(self) -> tuple[str, list[Wrong]]:
        """What was done, and what was wrong with the answer."""
        rng = self.rng
        person = self.person if rng.randrange(4) else rng.choice(WHO)
        guild_id = ELSEWHERE if rng.randrange(6) == 5 else HOME
        kind, name, data = self._next()
        interaction = self.scene._interaction(kind, data, person, guild_id)
        self.listener.heard.clear()
        before = await self._stored()
        await self._send(kind, interaction)
        wrong = [*self._judged(kind), *await self._overstepped(before, _may(name, person, guild_id), guild_id)]
        self._remember()
        return f"{person} at {guild_id}: {name} {json.dumps(data)[:600]}", wrong

    def _next(self) -> tuple[int, str, dict[str, Any]]:
        chance = self.rng.randrange(20)
        if self.forms and chance >= 15:
            form = self.rng.choice(self.forms[-10:])
            return SUBMIT, form["custom_id"], {"custom_id": form["custom_id"], "components": self._filled(form)}
        if self.live and chance >= 8:
            return self._pressed(self.rng.choice(self.live))
        if chance == 7:
            return self._pressed({"type": 2, "custom_id": self._forged()})
        return self._command()

    async def _send(self, kind: int, interaction: discord.Interaction[Any]) -> None:
        client = self.scene.app.client
        if kind in (COMMAND, AUTOCOMPLETE):
            try:
                await client.tree._call(interaction)
            except app_commands.AppCommandError as error:
                await client.tree.on_error(interaction, error)
        else:
            await client.router.dispatch(interaction)

    async def _stored(self) -> tuple[int, Any]:
        """How many rows were ever written, and what the programme of the home guild is."""
        return await self.scene.app.db._writer.run(
            lambda conn: (conn.total_changes, conn.execute(_PROGRAMME, {"guild": HOME}).fetchall())
        )

    async def _overstepped(self, before: tuple[int, Any], may: bool, guild_id: int) -> list[Wrong]:
        after = await self._stored()
        if not may and after != before:
            return [("corrupt", "it wrote, without the right to")]
        if guild_id != HOME and after[1] != before[1]:
            return [("corrupt", "it changed the programme of another guild")]
        return []

    def _judged(self, kind: int) -> Iterator[Wrong]:
        first = [said for said in self.listener.heard if said.first]
        if not first:
            yield "unanswered", "it was not answered"
        elif len(first) > 1:
            yield "doubled", "it was answered twice"
        for said in self.listener.heard:
            body = said.body.get("data") or {} if said.first else said.body
            if FAILURE in str(body):
                yield "unanswered", f"it failed: {self.failures.last}"
            try:
                if said.first:
                    check_interaction_response(kind, said.body, has_files=said.files)
                else:
                    check_message(body, is_edit=said.edit, has_files=said.files)
            except Refusal as refusal:
                yield "unanswered", f"Discord would refuse it: {refusal.body()}"
            found = pinged(
                body,
                default_parse={"users"},
                can_mention_everyone=True,
                roles=[{"id": MENTIONABLE_ROLE, "name": "r", "mentionable": True}],
                member_ids={"77", OTHER},
            )
            if any(found.values()):
                yield "corrupt", f"it pings {found}"

    def _remember(self) -> None:
        for said in self.listener.heard:
            data = said.body.get("data") or {} if said.first else said.body
            if said.first and said.body.get("type") == MODAL:
                self.forms.append(data)
            else:
                self.live += [part for part in _parts(data.get("components") or []) if "custom_id" in part]
        del self.live[:-KEPT]

    def _command(self) -> tuple[int, str, dict[str, Any]]:
        commands = sorted(
            (one for one in self.scene.app.client.tree.walk_commands() if isinstance(one, app_commands.Command)),
            key=lambda one: one.qualified_name,
        )
        command = self.rng.choice(commands)
        completed = [one for one in command.parameters if one.autocomplete]
        focus = self.rng.choice(completed).name if completed and self.rng.randrange(4) == 0 else None
        options = [option for one in command.parameters for option in self._option(one, focus)]
        words = command.qualified_name.split(" ")
        attachment = {"id": "1", "filename": self.rng.choice(("x", "x.json", "x.toml")), "size": 900}
        resolved = {
            "attachments": {
                "1": attachment | {"url": "https://cdn.discordapp.com/ephemeral-attachments/1/2/x", "proxy_url": ""}
            }
        }
        data: dict[str, Any] = {"id": "1", "type": 1, "name": words[-1], "options": options}
        data["resolved"] = resolved | _resolved(HOME) | {"roles": {MENTIONABLE_ROLE: _guild(HOME)["roles"][1]}}
        for depth, word in enumerate(reversed(words[:-1])):
            data["type"] = 1 if depth == 0 else 2
            data = {"id": "1", "type": 1, "name": word, "options": [data], "resolved": data["resolved"]}
        return AUTOCOMPLETE if focus else COMMAND, command.qualified_name, data

    def _option(self, one: app_commands.Parameter, focus: str | None) -> Iterator[dict[str, Any]]:
        if not one.required and one.name != focus and self.rng.randrange(3) == 0:
            return
        kind = one.type.value
        value = self._value(one, kind)
        yield {"type": kind, "name": one.display_name, "value": value} | (
            {"focused": True} if one.name == focus else {}
        )

    def _value(self, one: app_commands.Parameter, kind: int) -> Any:
        if one.choices:
            return self.rng.choice(one.choices).value
        low, high = int(one.min_value or 0), int(one.max_value or 6000)
        if kind == STRING:
            return self._text(high, one.name)
        if kind == INTEGER:
            return self.rng.choice((low, high, self.rng.randint(low, high)))
        channel = str(HOME + 11)
        return {BOOLEAN: True, USER: OTHER, CHANNEL: channel, ROLE_OPTION: MENTIONABLE_ROLE, NUMBER: 1.0}.get(kind, "1")

    def _text(self, most: int = 4000, name: str = "") -> str:
        """What fits the name, an id or a title that there is, something nearly right, or anything."""
        rng, session = self.rng, self.scene.session
        talk = rng.choice(session.talks)
        speaker = talk.speakers[0]
        fitting = FITTING | {"session": (session.id,), "talk": (talk.id,), "speaker": (speaker.id,)}
        if name in fitting and rng.randrange(3):
            return rng.choice(fitting[name])[:most]
        kind = rng.randrange(5)
        if kind < 2:
            return rng.choice((session.id, talk.id, speaker.id, session.title, talk.title))[:most]
        if kind == 2:
            return rng.choice((*corpus.TIMES, *corpus.LENGTHS, *corpus.LINKS[:1], *corpus.ZONES, "40", "3"))[:most]
        right = rng.choice((*corpus.TIMES, *corpus.LENGTHS, *corpus.LINKS, *corpus.ZONES, talk.title))
        text = corpus.spoiled(rng, right, most) if kind == 3 else corpus.anything(rng, most)
        return corpus.encodable(text)

    def _forged(self) -> str:
        """The id of a button as nobody has ever made it."""
        rng, handlers = self.rng, self.scene.app.client.router._handlers
        name = rng.choice(sorted(handlers))
        known = (self.scene.session.id, self.scene.session.talks[0].id, "online", "on", "1", "0", "k" * 20, "a:b", "-")
        given = [
            rng.choice(known) if rng.randrange(3) else corpus.encodable(corpus.anything(rng, 40))
            for _ in range(max(handlers[name][1] + rng.choice((*(0,) * 10, 1, -1)), 0))
        ]
        custom_id = ":".join((name, *given))
        return (corpus.spoiled(rng, custom_id) if rng.randrange(6) == 0 else custom_id)[:100]

    def _pressed(self, part: dict[str, Any]) -> tuple[int, str, dict[str, Any]]:
        kind = part["type"]
        data: dict[str, Any] = {"custom_id": part["custom_id"], "component_type": kind}
        if kind in SELECTS or part.get("type") == 2:
            data["values"] = self._picked(part)
            data["resolved"] = _resolved(HOME)
        return PRESS, part["custom_id"], data

    def _picked(self, part: dict[str, Any]) -> list[str]:
        offered = [option["value"] for option in part.get("options") or ()]
        if offered and self.rng.randrange(5):
            return [self.rng.choice(offered)]
        if part["type"] in SELECTS and part["type"] != STRING:
            return [{USER: OTHER, 8: str(HOME + 11)}.get(part["type"], MENTIONABLE_ROLE)]
        return [self._text(100)]

    def _filled(self, form: dict[str, Any]) -> list[dict[str, Any]]:
        filled = []
        for part in _parts(form["components"]):
            if part["type"] == 4:
                right = part.get("value") or ""
                most = part.get("max_length", 4000) * (1 + (self.rng.randrange(10) == 0))
                text = right if self.rng.randrange(3) == 0 else self._text(most, part["custom_id"])
                inner = {"type": 4, "custom_id": part["custom_id"], "value": text}
            elif "custom_id" in part:
                inner = {"type": part["type"], "custom_id": part["custom_id"], "values": self._picked(part)}
            else:
                continue
            filled.append({"type": 18, "id": 1, "component": inner})
        return filled


def attachment(rng: Random) -> bytes:
    """A file that somebody hands in."""
    text = (ROOT / rng.choice(FILES)).read_text("utf-8")
    return (text if rng.randrange(2) else corpus.spoiled(rng, text, 100_000)).encode("utf-8", "replace")


def _may(name: str, person: Person, guild_id: int) -> bool:
    who = COMMANDS.get(name) or PRESSES.get(name.partition(":")[0])
    if guild_id == ELSEWHERE and person is Person.OTHERS_MODERATOR:
        return True  # at home there
    return who is None or who in RIGHTS[person]


def _parts(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in components:
        yield part
        inner = part.get("component")
        yield from _parts([*(part.get("components") or ()), *([inner] if inner else ()), *_accessory(part)])


def _accessory(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if part.get("accessory"):
        yield part["accessory"]
