"""The command `/my`, to which several files add subcommands: what is about the person who asks, and nobody else."""

from typing import TYPE_CHECKING, TypeAlias

from discord import app_commands
from discord.ext import commands

if TYPE_CHECKING:
    from bot.app import App
    from bot.presses import Handler

# Name of a press or modal, to who handles it and how many arguments its custom id has.
Routes: TypeAlias = "dict[str, tuple[Handler, int]]"

MY = app_commands.Group(
    name="my",
    description="What is yours: what you noted, asked and answered",
    extras={"group": "About you"},
)


class MyCommands(commands.Cog):
    """What all files of subcommands build on; whatever they show or change belongs to the interaction's user."""

    _app: "App"

    def routes(self) -> Routes:
        """Presses and modals; a class adds its own to those of `super()`."""
        return {}
