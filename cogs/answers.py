"""How a command, a press or a form is answered: always for the person alone."""

import discord

from bot.ui.reply import Reply


async def answer(interaction: discord.Interaction, reply: Reply) -> None:
    """Answer with a message that nobody else sees."""
    await interaction.response.send_message(**reply.kwargs(), ephemeral=True)


async def show(interaction: discord.Interaction, reply: Reply) -> None:
    """Replace the private message that was pressed, so that it cannot be answered twice; else `answer`."""
    message = interaction.message
    if message is not None and message.flags.ephemeral:
        await interaction.response.edit_message(**reply.edit_kwargs())
    else:
        await answer(interaction, reply)
