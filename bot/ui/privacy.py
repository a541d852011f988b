"""What is stored about people, in plain words; their export and their goodbye."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import discord

from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.views import Style, button, buttons

FILE = "my-data.json"
ASK, SURE = "ask", "sure"  # in custom ids: the first and the second question

INTRO = (
    "I keep what is needed to run the sessions, in one database file on the machine of whoever hosts me. "
    "Nothing of it is sold, shown to other servers or sent anywhere else than to Discord. "
    "I do not read messages, and I keep no list of members."
)
STORED = (
    "- **Your answers** to sessions: your Discord id, the name shown here, the answer, when, your place on a waiting "
    "list or a seat that is offered to you\n"
    "- **That you were there**: checked in at the door, or by opening the stream\n"
    "- **Your stars** on talks, whether you want messages before them, and for which recordings you wait\n"
    "- **Messages I sent you**: which and when, so that each is sent once\n"
    "- **A role that I lent you**, until it is taken back\n"
    "- **For moderators**: what you changed and when, and for 15 minutes what you typed into a form"
)
SEEN = (
    "The card of a session shows the names of those who answered, to everybody who sees its channel. Moderators see "
    "answers and check-ins, and can export them. Statistics are numbers without names."
)
KEPT = (
    "- Answers, check-ins, offers and my messages to you: until you erase them, and at most a year after the session\n"
    "- Stars: until you take them away or erase them, or their session is deleted\n"
    "- The record of changes: 180 days\n"
    "- All about a server: until 30 days after I was removed from it\n"
)
RIGHTS = (
    "{data} gives you everything about you as a file. {erase} deletes it: from all servers, at once, also from the "
    "free space of the file. Seats that you had go to those who wait. What Discord itself keeps, such as posts, is not "
    "in my hands."
)


def privacy(data: str, erase: str, backups: int) -> Reply:
    """All of it, on one page; `data` and `erase` are the two commands as Discord shows them."""
    embed = discord.Embed(title="What I know about you", description=INTRO, color=COLOR)
    copies = f"- Daily backups: {backups} days" if backups else "- There are no daily backups"
    for name, value in (
        ("What is stored", STORED),
        ("Who sees it", SEEN),
        ("For how long", KEPT + copies),
        ("What you can do", RIGHTS.format(data=data, erase=erase)),
    ):
        embed.add_field(name=name, value=value, inline=False)
    return Reply(embeds=(embed,))


def my_data(user_id: int, held: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime) -> Reply:
    """The export as a file, for the person alone."""
    if not held:
        return Reply(content="There is nothing stored about you.")
    document = {"user_id": str(user_id), "exported_at": now.isoformat(timespec="seconds"), "stored": held}
    file = io.BytesIO(json.dumps(document, ensure_ascii=False, indent=2).encode())
    rows = sum(map(len, held.values()))
    words = f"Everything that is stored about you, in all servers that I am in: {rows} {_entries(rows)}."
    return Reply(content=words, files=(discord.File(file, FILE, description="Your data as JSON"),))


def first_question() -> Reply:
    return Reply(
        content="**Erase everything that is stored about you?**\n"
        "That is your answers, seats and places on waiting lists, check-ins, stars and messages, in all servers that "
        "I am in. People who wait get your seats. What you changed as a moderator stays on record without your name.\n"
        "-# `/my data` gives you a copy first.",
        view=buttons([[button("Erase everything", f"my-erase:{ASK}", emoji="🗑️", style=Style.DANGER)]]),
    )


def second_question() -> Reply:
    return Reply(
        content="**Really? This cannot be taken back**, by nobody.",
        view=buttons([[button("Yes, erase it all now", f"my-erase:{SURE}", emoji="🗑️", style=Style.DANGER)]]),
    )


def erased(rows: int, *, searched: bool, ids: int, names: int, roles_left: bool, backups: int) -> Reply:
    """What became of it; the numbers are how often the person's id and names were found afterwards."""
    lines = [f"Done: {rows} {_entries(rows)} about you {'is' if rows == 1 else 'are'} erased."]
    if roles_left:
        lines.append(
            "A role that I lent you could not be taken back yet. That is still noted, and goes as soon as it is."
        )
    elif not searched:
        lines.append("I could not look through the whole file afterwards; please ask who hosts me to do it.")
    elif ids:
        lines.append("But a trace of your id is left in the file. Please tell who hosts me: the log has the details.")
    else:
        lines.append("I have looked through the whole database file, and your id is not in it any more.")
    if searched and names:
        lines.append(
            f"Your name stands in it {names} more {'time' if names == 1 else 'times'}: in what organizers wrote, such "
            "as the programme, or because somebody else is called the same."
        )
    if backups:
        lines.append(f"-# Backups made before hold it for up to {backups} more days. Old posts are Discord's.")
    return Reply(content="\n".join(lines))


def _entries(rows: int) -> str:
    return "entry" if rows == 1 else "entries"
