"""What the bot says when it comes to a server, or comes back."""

import discord

from bot.ui.reply import Reply
from bot.ui.settings import OPEN
from bot.ui.views import Style, button, buttons

HELLO = (
    "👋 **Hello! I keep the programme of your sessions**: what is on and when, who speaks, who comes, where to watch; "
    "and I post reminders.\n"
    "To whoever invited me: press the button and choose the channel where I announce sessions, and who may look after "
    "them (that needs the permission “Manage Server”; only you see the panel). Then `/session create` makes the first "
    "one, and `/help` shows the rest."
)
BACK = (
    "👋 **I am back.** Your sessions, answers and settings are as they were. What fell due while I was away and is too "
    "late by now is not posted; `/reminders list` shows it."
)


def hello() -> Reply:
    return Reply(content=HELLO, view=_panel("Set me up"))


def back() -> Reply:
    return Reply(content=BACK, view=_panel("Settings"))


def _panel(label: str) -> discord.ui.View | None:
    return buttons([[button(label, OPEN, emoji="⚙️", style=Style.PRIMARY)]])
