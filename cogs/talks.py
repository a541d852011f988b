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


async def setup(bot: "CommunityBot") -> None:
    await bot.add_cog(TalksCog(bot))
