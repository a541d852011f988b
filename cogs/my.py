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

    def __init__(self, bot: "CommunityBot") -> None:
        self._app = bot.app
        self._router = bot.router

    async def cog_load(self) -> None:
        for name, (handler, arguments) in self.routes().items():
            self._router.on(name, handler, arguments=arguments)

    async def cog_unload(self) -> None:
        for name in self.routes():
            self._router.off(name)


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(MyCog(bot))
