"""Keeps what somebody has typed until it is saved, corrected or given up."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot.clock import Clock
from bot.domain.drafts import DraftKey
from bot.domain.errors import Refusal
from bot.store import drafts
from bot.store.database import Database

GONE = "What you typed here is not kept any more (that is for 15 minutes). Please use the command again."

DONE = "This was done already, so there is nothing left to press here."
_DONE = "done"  # the one thing that is kept of a draft that was saved


class DraftService:
    """Drafts of a person in a guild; `kind` names the form, and a draft of another kind is never found."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def keep(
        self, guild_id: int, user_id: int, kind: str, body: Mapping[str, Any], draft_id: str | None = None
    ) -> str:
        """Keep `body` (JSON) for 15 minutes, under its old id if there is one, and return the id: 32 characters."""
        key = DraftKey(draft_id or uuid4().hex, guild_id, user_id, kind)
        await self._db.write(drafts.keep, key, body, self._clock.now())
        return key.id

    async def get(self, guild_id: int, user_id: int, kind: str, draft_id: str) -> dict[str, Any]:
        """What was kept.

        Raises:
            Refusal: it is gone, or somebody else's, or was done already.
        """
        body = await self._db.read(drafts.get, DraftKey(draft_id, guild_id, user_id, kind), self._clock.now())
        if body is None:
            raise Refusal(GONE)
        if _DONE in body:
            raise Refusal(DONE)
        return body

    async def finish(self, guild_id: int, user_id: int, kind: str, draft_id: str) -> None:
        """Forget what was typed, and remember that it is done: a second press is told so."""
        await self.keep(guild_id, user_id, kind, {_DONE: True}, draft_id)

    async def drop(self, guild_id: int, user_id: int, draft_id: str) -> None:
        """Forget it, if it is there."""
        await self._db.write(drafts.drop, draft_id, guild_id, user_id)
