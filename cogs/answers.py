"""How a press or a form is answered: in the message it came from, where only its author sees that one."""

import discord

from bot.ui.reply import Reply


async def show(interaction: discord.Interaction, reply: Reply) -> None:
    """Replace the private message that was pressed; for a command, answer with a private message."""
    message = interaction.message
    if message is not None and message.flags.ephemeral:
        await interaction.response.edit_message(**reply.edit_kwargs())
    else:
        await interaction.response.send_message(**reply.kwargs(), ephemeral=True)
