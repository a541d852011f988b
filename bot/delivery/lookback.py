"""Finds out whether a post already stands in its channel."""

from typing import Protocol

from bot.clock import Clock
from bot.delivery.calls import Calls
from bot.delivery.case import Case
from bot.delivery.sender import PAGE, Seen, Sender
from bot.ui.reminders import marker

PAGES = 5  # in each direction: what one look may cost
SECOND_LOOK = 3.0  # real seconds until a post that was just made is surely in the history


class Pages(Protocol):
    """Messages of one channel, as `Sender.page` gives them."""

    async def __call__(self, *, before: int | None = None, after: int | None = None) -> list[Seen]: ...


class Search:
    """Looks for a reminder's post among our messages in a channel."""

    def __init__(self, clock: Clock, sender: Sender, calls: Calls) -> None:
        self._clock = clock
        self._sender = sender
        self._calls = calls

    async def possible(self, case: Case, channel_id: int) -> bool:
        """Whether what is not found is not there: needs the right to read the history."""
        if case.reminder.user_id is not None:
            return True
        return await self._calls.make(channel_id, lambda: self._sender.can_read_history(channel_id))

    async def newest(self, channel_id: int) -> int:
        """The newest id in the channel, for a server that has shown none so far; 1 when nothing is to be seen there."""
        page = await self._calls.make(channel_id, lambda: self._sender.page(channel_id))
        return max((message.id for message in page), default=1)

    async def find(self, case: Case, channel_id: int) -> int | None:
        """The message's id, sought twice a little apart: a post is not in the history at once."""

        async def pages(*, before: int | None = None, after: int | None = None) -> list[Seen]:
            return await self._calls.make(channel_id, lambda: self._sender.page(channel_id, before=before, after=after))

        found = await look_back(pages, marker(case.reminder), case.floor_id)
        if found is None:
            await self._clock.sleep(SECOND_LOOK)
            found = await look_back(pages, marker(case.reminder), case.floor_id)
        return found


async def look_back(pages: Pages, mark: str, floor: int) -> int | None:
    """The id of our message with a button whose id begins with `mark`, or None if there is none to be found.

    Sought are messages newer than `floor` (0: unknown), an id that the server had given out before the post can
    have been made: the bound is in the server's time, never in ours. Newest first; where so much was posted since
    that the floor is not reached, also from the floor upwards.
    """
    oldest: int | None = None
    for _ in range(PAGES):
        page = await pages(before=oldest)
        if (found := _marked(page, mark, floor)) is not None:
            return found
        oldest = min((message.id for message in page), default=0)
        if len(page) < PAGE or oldest <= floor:
            return None
    return await _upwards(pages, mark, floor) if floor else None


async def _upwards(pages: Pages, mark: str, floor: int) -> int | None:
    newest = floor
    for _ in range(PAGES):
        page = await pages(after=newest)
        if (found := _marked(page, mark, floor)) is not None:
            return found
        if len(page) < PAGE:
            return None
        newest = max(message.id for message in page)
    return None


def _marked(page: list[Seen], mark: str, floor: int) -> int | None:
    return next((message.id for message in page if message.id > floor and message.carries(mark)), None)
