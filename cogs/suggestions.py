"""What is suggested while a person types, and what was chosen in a menu."""

import logging
from collections.abc import Awaitable
from typing import Any

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.ui import limits
from bot.ui.text import plain

log = logging.getLogger(__name__)


async def suggest(found: Awaitable[list[tuple[str, str]]]) -> list[app_commands.Choice[str]]:
    """Names with ids as Discord takes them; nothing when they cannot be had: whatever was typed works too."""
    try:
        pairs = await found
    except Exception:
        log.exception("Suggestions failed")
        return []
    return [
        app_commands.Choice(name=plain(name, limits.CHOICE_NAME), value=value)
        for name, value in pairs[: limits.CHOICES]
    ]


def chosen(interaction: discord.Interaction) -> str:
    """What was chosen in a menu of one; it comes from outside and is looked up like anything typed.

    Raises:
        Refusal: nothing was.
    """
    data: Any = interaction.data or {}
    values = data.get("values")
    first = values[0] if isinstance(values, list) and values else None
    if not isinstance(first, str) or not first.strip():
        raise Refusal("Nothing was chosen. Please choose one of the lines in the menu.")
    return first[: limits.OPTION_VALUE]
