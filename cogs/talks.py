"""What moderators do with talks and speakers: `/programme` with the subcommands of two files."""

from typing import TYPE_CHECKING

from cogs.programme_group import PROGRAMME
from cogs.speaker_commands import SpeakerCommands
from cogs.talk_commands import TalkCommands

if TYPE_CHECKING:
    from bot.client import CommunityBot


class TalksCog(TalkCommands, SpeakerCommands):
    """One cog, since a command has but one; each base brings a few subcommands and their presses."""

    programme = PROGRAMME

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
    await bot.add_cog(TalksCog(bot))
