"""Notices that another copy of the bot answers the same interactions, with a database of its own.

The lock beside the database keeps a second copy away on one machine; of one elsewhere this is all that is to be seen:
Discord refuses our answer, since there is one already. It also does so when it lost the reply to our own first try, so
one alone says nothing.
"""

import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock

log = logging.getLogger(__name__)

ENOUGH = 3
WITHIN = 600.0  # seconds
WORDS = (
    "🛑 Somebody else keeps answering in my place: most likely a second copy of this bot runs somewhere with the same "
    "token. Answers are then kept in two databases, and each has only a part. Whoever runs the bot: please stop one "
    "of them, or reset the token in Discord's developer portal and give the new one to the copy that is to stay."
)


class SecondCopy:
    """`tell` gives words to the moderators of a guild; `home_id` is the guild of whoever runs the bot."""

    def __init__(self, clock: Clock, tell: Callable[[int, str], Awaitable[bool]], home_id: int | None = None) -> None:
        self._clock = clock
        self._tell = tell
        self._home_id = home_id
        self._refused: dict[int, float] = {}

    async def noticed(self, interaction_id: int, guild_id: int | None) -> None:
        """The first answer to this interaction was refused, as it had one."""
        now = self._clock.monotonic()
        self._refused = {each: at for each, at in self._refused.items() if now - at < WITHIN}
        known = interaction_id in self._refused
        self._refused[interaction_id] = now
        if known or len(self._refused) < ENOUGH:
            return
        log.critical(
            "A second copy of the bot seems to run with this token: %d answers within %d minutes were refused because "
            "somebody had answered already (code 40060). Stop one of them, or reset the token.",
            len(self._refused),
            WITHIN // 60,
        )
        self._refused.clear()  # so that it is said again when it goes on, and not at every press
        place = self._home_id or guild_id
        if place is not None:
            await self._tell(place, WORDS)
