"""What is stored about a person: to see it, and to end it."""

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import children
from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.services.changes import Changes
from bot.store import audit, privacy, traces
from bot.store.database import Database

log = logging.getLogger(__name__)

EVERY = 6 * 3600.0  # real seconds between two looks for what has become too old
SEARCH_TIMEOUT = 60.0  # seconds for a search through the files
ROLES = 8.0  # real seconds in which lent roles are usually taken back
SHORTEST_NAME = 4  # bytes; shorter ones stand anywhere
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Erasure:
    """What became of a wish to be forgotten.

    `rows` were deleted. `searched`: the files were looked through afterwards; `ids` and `names` is how often the
    person's id and names were found in them. `roles_left`: a lent role could not be taken back yet.
    """

    rows: int
    searched: bool = False
    ids: int = 0
    names: int = 0
    roles_left: bool = False


class PrivacyService:
    """`path` is the file of the database."""

    def __init__(self, db: Database, clock: Clock, changes: Changes, path: Path) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes
        self._path = path
        self._turn = asyncio.Lock()

    async def export(self, user_id: int) -> dict[str, list[dict[str, Any]]]:
        """All that is stored about a person, in every guild, by table."""
        return await self._db.read(privacy.export, user_id)

    async def erase(self, user_id: int, name: str) -> Erasure:
        """Delete all that is stored about a person, in every guild, and look through the files for what is left.

        One after the other: each may write the whole file anew.

        Args:
            user_id: the person.
            name: how the person is called now, to search for.

        Raises:
            Refusal: nothing is stored.
        """
        async with self._turn:
            erased = await self._db.write(privacy.erase, user_id, self._clock.now())
            if not erased.rows:
                raise Refusal("There is nothing stored about you, so there was nothing to erase.")
            self._changes.reminders()
            for session_id in erased.sessions:
                self._changes.card(session_id)
            roles_left = not await self._forgotten(user_id)
            return await self._verified(user_id, {name, *erased.names}, erased.rows, roles_left=roles_left)

    async def watch(self) -> None:
        """Delete what has become too old, now and again, until cancelled."""
        while True:
            try:
                now = self._clock.now()
                gone = await self._db.write(privacy.expire, now) + await self._db.write(audit.purge, now)
                log.log(logging.INFO if gone else logging.DEBUG, "%d rows were deleted because of their age", gone)
            except Exception:
                log.exception("What is too old could not be deleted; the next try follows")
            await self._clock.sleep(EVERY)

    async def _forgotten(self, user_id: int) -> bool:
        """Wait a moment for what has to be settled with Discord first."""
        deadline = self._clock.monotonic() + ROLES
        while await self._db.read(privacy.holds, user_id):
            if self._clock.monotonic() >= deadline:
                return False
            await self._clock.sleep(0.25)
        return True

    async def _verified(self, user_id: int, names: Iterable[str], rows: int, *, roles_left: bool) -> Erasure:
        # The painted card, the moderators' pages and the like are read anew: nothing is kept in memory.
        await self._db.leave_no_trace()
        ids, texts = traces.forms_of_id(user_id), [name.encode() for name in names]
        needles = [*ids, *(text for text in texts if len(text) >= SHORTEST_NAME)]
        found = await self._search(needles)
        if found is not None and any(found) and not roles_left:
            # Pages that were split may have kept bytes that no row has any more; a name may stand there by right.
            await self._db.leave_no_trace(rewrite=True)
            found = await self._search(needles)
        if found is None:
            return Erasure(rows, roles_left=roles_left)
        counts = sum(found[: len(ids)]), sum(found[len(ids) :])
        result = Erasure(rows, searched=True, ids=counts[0], names=counts[1], roles_left=roles_left)
        if result.ids and not roles_left:
            log.error("An id is left in the database file after it was erased: %d times", result.ids)
        return result

    async def _search(self, needles: list[bytes]) -> list[int] | None:
        paths = [str(self._path.absolute()), f"{self._path.absolute()}-wal"]
        asked = json.dumps({"paths": paths, "needles": [needle.hex() for needle in needles]}).encode()
        try:
            done = await children.run("bot.store.traces", asked, seconds=SEARCH_TIMEOUT, passed_on=_PASSED_ON)
        except TimeoutError:
            log.warning("The database was not searched within %d seconds", SEARCH_TIMEOUT)
            return None
        if done.code != 0:
            log.error("The database was not searched: %s", done.complaint.decode(errors="replace")[-2000:].strip())
            return None
        return list(json.loads(done.answer))
