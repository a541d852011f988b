"""What is about the person who asks: `/my` with the subcommands of several files."""

from typing import TYPE_CHECKING

from cogs.my_agenda import AgendaCommands
from cogs.my_data import DataCommands
from cogs.my_group import MY

if TYPE_CHECKING:
    from bot.client import CommunityBot


class MyCog(AgendaCommands, DataCommands):
    """One cog, since a command has but one; each base brings a few subcommands and their presses."""

    my = MY


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(MyCog(bot))
