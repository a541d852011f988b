"""What was filled into a modal, and how it is handed back when it cannot be taken."""

import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

import discord

from bot.domain.errors import Refusal
from bot.domain.meanwhile import OverwriteRefusal
from bot.ui import limits
from bot.ui.forms import Values, refused
from cogs.answers import answer

if TYPE_CHECKING:
    from bot.app import App

SEEN = "seen"  # in a draft, beside what was typed: the marks of what the form showed, see bot.domain.meanwhile
LONGEST_AGAIN = limits.CUSTOM_ID - len(":") - 32  # the id of a draft follows


def values(interaction: discord.Interaction) -> dict[str, str | list[str]]:
    """What was filled into a submitted modal, by the keys of its fields; it comes from outside, like anything typed."""
    data: Any = interaction.data or {}
    found: dict[str, str | list[str]] = {}
    for field in _fields(data.get("components")):
        name, text, chosen = field.get("custom_id"), field.get("value"), field.get("values")
        if isinstance(name, str) and isinstance(text, str):
            found[name] = text[: limits.TEXT_INPUT]
        elif isinstance(name, str) and isinstance(chosen, list):
            found[name] = [str(each)[: limits.OPTION_VALUE] for each in chosen[: limits.OPTIONS]]
    return found


@contextlib.asynccontextmanager
async def handing_back(
    app: "App", interaction: discord.Interaction, kind: str, typed: Values, *, again: str
) -> AsyncIterator[None]:
    """Answer a Refusal in the block with its words and a button "Edit again", which opens the form as it was filled in.

    The button's custom id is `again` with the id of the draft behind it; its handler asks `app.drafts.get` with the
    same `kind` for what was typed, and answers with the form. A submitted modal cannot be answered with one at once.
    """
    try:
        yield
    except Refusal as refusal:
        guild_id = interaction.guild_id
        if guild_id is None or len(again) > LONGEST_AGAIN:  # no id that we have made: it gets the words alone
            raise
        told = {SEEN: refusal.seen} if isinstance(refusal, OverwriteRefusal) else {}
        draft = await app.drafts.keep(guild_id, interaction.user.id, kind, {**typed, **told})
        reply = refused(str(refusal), f"{again}:{draft}")
        if interaction.response.is_done():
            await interaction.followup.send(**reply.kwargs(), ephemeral=True)
        else:
            await answer(interaction, reply)


def _fields(components: object) -> Iterable[dict[str, Any]]:
    """Each thing to fill in, out of the labels and rows that hold them."""
    if not isinstance(components, list):
        return
    for component in components:
        if isinstance(component, dict):
            inner = component.get("component")
            yield from _fields([inner] if inner is not None else component.get("components"))
            yield component
