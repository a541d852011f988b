"""What every cog with buttons, menus or forms builds on: they reach it by the first part of their custom_id."""

from typing import TYPE_CHECKING, TypeAlias

from discord.ext import commands

if TYPE_CHECKING:
    from bot.client import CommunityBot
    from bot.presses import Handler

# Name of a press or form, to who handles it and how many arguments its custom id has.
Routes: TypeAlias = "dict[str, tuple[Handler, int]]"


class RoutedCog(commands.Cog):
    """Its presses and forms are routed to it as long as it is loaded."""

    def __init__(self, bot: "CommunityBot") -> None:
        self._app = bot.app
        self._router = bot.router

    def routes(self) -> Routes:
        """A class adds its own to those of `super()`."""
        return {}

    async def cog_load(self) -> None:
        for name, (handler, arguments) in self.routes().items():
            self._router.on(name, handler, arguments=arguments)

    async def cog_unload(self) -> None:
        for name in self.routes():
            self._router.off(name)
