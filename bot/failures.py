"""The one door for failures: whatever goes wrong, the person gets an answer he understands."""

import logging
import secrets

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.lateness import was_told

log = logging.getLogger(__name__)

# Discord's codes, topics/opcodes-and-status-codes: the first answer came too late, or somebody had answered already.
UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060


async def answer_failure(interaction: discord.Interaction, error: BaseException) -> None:
    """Tell the person why it did not work; log what was not expected, with a reference that stands in both places."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, discord.HTTPException) and cause.code in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED):
        note_refusal(interaction, cause)
        # Nobody can be told any more. What was written stands, and the next press shows it.
        log.warning("An answer was refused with code %d: it came late, or a second copy of the bot runs", cause.code)
        return
    if isinstance(cause, discord.InteractionResponded) and was_told(interaction):
        return  # it was done all the same; the words said that it might be
    await _say(interaction, _words(interaction, cause))


def note_refusal(interaction: discord.Interaction, error: discord.HTTPException) -> None:
    """Let the client know (`on_answered_already`) if the answer was refused because somebody had answered already."""
    if error.code == ALREADY_ACKNOWLEDGED:
        interaction.client.dispatch("answered_already", interaction)


def _words(interaction: discord.Interaction, cause: BaseException) -> str:
    if isinstance(cause, Refusal):
        return str(cause)
    if isinstance(cause, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
        return "This command has just changed. Please reload Discord (Ctrl+R, or close and open the app) and try again."
    if isinstance(cause, app_commands.NoPrivateMessage):
        return "This works only in a server, not in direct messages."
    if isinstance(cause, app_commands.TransformerError):
        return f"“{str(cause.value)[:80]}” does not fit that option. Please pick one of the suggestions."
    reference = secrets.token_hex(3)
    log.error("Failure %s in interaction %s (%s)", reference, interaction.id, _name(interaction), exc_info=cause)
    return (
        "Sorry, that did not work, and nothing was changed. Please try again in a moment; "
        f"if it happens again, tell the moderators the reference `{reference}`."
    )


def _name(interaction: discord.Interaction) -> str:
    if interaction.command is not None:
        return interaction.command.qualified_name
    return interaction.custom_id or "?"


async def _say(interaction: discord.Interaction, words: str) -> None:
    try:
        if interaction.type is discord.InteractionType.autocomplete:
            if not interaction.response.is_done():
                await interaction.response.autocomplete([])
        elif interaction.response.is_done():
            await interaction.followup.send(words, ephemeral=True)
        else:
            await interaction.response.send_message(words, ephemeral=True)
    except discord.HTTPException as error:
        note_refusal(interaction, error)
        log.warning("A failure could not be told to its person: %s", error)
