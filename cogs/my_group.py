"""The command `/my`, to which several files add subcommands: what is about the person who asks, and nobody else."""

from discord import app_commands

from cogs.routed import RoutedCog

MY = app_commands.Group(
    name="my",
    description="What is yours: what you noted, asked and answered",
    extras={"group": "About you"},
)


class MyCommands(RoutedCog):
    """What all files of subcommands build on; whatever they show or change belongs to the interaction's user."""
