"""What moderators do with sessions: `/session` with the subcommands of several files."""

from typing import TYPE_CHECKING

from cogs.session_acts import ActCommands
from cogs.session_changes import ChangeCommands
from cogs.session_exchange import ExchangeCommands
from cogs.session_group import SESSION
from cogs.session_links import LinkCommands
from cogs.session_plan import PlanCommands
from cogs.session_series import SeriesCommands

if TYPE_CHECKING:
    from bot.client import CommunityBot


class SessionsCog(PlanCommands, ChangeCommands, ActCommands, LinkCommands, ExchangeCommands, SeriesCommands):
    """One cog, since a command has but one; each base brings a few subcommands and their presses."""

    session = SESSION


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(SessionsCog(bot))
