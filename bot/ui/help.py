"""The answer to `/help`: what there is to ask for, and how answers and reminders work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import safe

HOW = (
    "**Coming or not:** press a button on the card of a session, or use {rsvp}. You can change your answer until the "
    "session is over. When all seats are taken you get a place on the waiting list, and a message when one is free.\n"
    "**Reminders** are posted before a session (most often 24 hours, 1 hour and 10 minutes) and when it starts.\n"
    "**Your agenda:** press ⭐ on a talk ({talk}), see it with {agenda}, and have me remind you of talks if you like.\n"
    "Only you see my answers, and times are shown in your own time zone."
)

_NAMED = {"rsvp": "rsvp", "talk": "talk", "agenda": "my agenda"}  # commands in it


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its whole name ("session stream"), what it does, and under which heading it stands."""

    name: str
    description: str
    group: str
    moderators: bool = False


def help_page(entries: Sequence[Entry], ids: Mapping[str, int], *, moderator: bool) -> Reply:
    """The commands by heading; those of moderators for moderators alone. `ids` are of the commands that Discord knows.

    Lines that no longer fit into one message are left out.
    """
    embed = discord.Embed(title="What I can do", description=_how(ids), color=COLOR)
    groups: dict[str, list[str]] = {}
    for entry in entries:
        if moderator or not entry.moderators:
            groups.setdefault(entry.group, []).append(_line(entry, ids))
    for name, lines in groups.items():
        _add(embed, name, lines)
    return Reply(embeds=(embed,))


def _how(ids: Mapping[str, int]) -> str:
    return HOW.format(**{key: mention(name, ids) for key, name in _NAMED.items()})


def mention(name: str, ids: Mapping[str, int]) -> str:
    """A command that can be clicked, or its plain name before Discord has told its id."""
    known = ids.get(name.partition(" ")[0])
    return f"</{name}:{known}>" if known else f"`/{name}`"


def _line(entry: Entry, ids: Mapping[str, int]) -> str:
    return f"{mention(entry.name, ids)} {safe(entry.description, 120)}"


def _add(embed: discord.Embed, name: str, lines: list[str]) -> None:
    value = ""
    for line in lines:
        if value and len(value) + len(line) + 1 > limits.FIELD_VALUE:
            _add_field(embed, name, value)
            value = ""
        value = f"{value}\n{line}" if value else line
    _add_field(embed, name, value)


def _add_field(embed: discord.Embed, name: str, value: str) -> None:
    if len(embed.fields) < limits.EMBED_FIELDS and len(embed) + len(name) + len(value) <= limits.EMBED_TOTAL:
        embed.add_field(name=name, value=value, inline=False)
