"""A session in numbers."""

from bot.domain.errors import Refusal
from bot.domain.sessions import SessionId
from bot.domain.stats import Figures
from bot.services.known import GONE
from bot.store import stats
from bot.store.database import Database


class StatsService:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def figures(self, guild_id: int, session_id: SessionId) -> Figures:
        """The numbers of a session.

        Raises:
            Refusal: the guild has no such session.
        """
        found = await self._db.read(stats.figures, guild_id, session_id)
        if found is None:
            raise Refusal(GONE)
        return found
