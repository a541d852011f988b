"""What a guild has chosen, and where the choice comes from."""

from bot.clock import Clock
from bot.domain.guilds import GuildConfig
from bot.services.changes import Changes
from bot.store import guilds
from bot.store.database import Database


class GuildService:
    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def adopt(self, wanted: GuildConfig) -> None:
        """Take over what the settings say about the home guild, where they say something new.

        A value that was taken over before and has not changed in the settings since leaves alone what moderators
        have chosen in Discord: whoever spoke last is heard.
        """
        await self._db.write(guilds.adopt, wanted)
