"""An answer for whatever takes too long: Discord shows "did not respond" three seconds after a command or press.

What was begun goes on, for it may be written already. Should it end, it finds that its person has been answered.
"""

import asyncio
import logging
from collections import deque

import discord

from bot.clock import Clock

log = logging.getLogger(__name__)

# Seconds after the arrival. Presses on cards and RSVPs have an earlier deadline of their own (cogs/deadline.py); what
# is left of Discord's three is for the network, both ways.
LATE = 2.4
LOOK = 0.2
WORDS = "This takes longer than usual, and may still be done in a moment: please look before you do it again."


class Lateness:
    """Looks a few times a second at what was not answered when it was looked at last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[tuple[float, discord.Interaction]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def watch(self, interaction: discord.Interaction) -> None:
        """Answer `interaction` if nobody does."""
        if interaction.type is discord.InteractionType.autocomplete:
            return  # nobody reads a late suggestion
        self._waiting.append((self._clock.monotonic() + LATE, interaction))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK, self._look)

    def _look(self) -> None:
        now = self._clock.monotonic()
        unanswered = [each for each in self._waiting if not each[1].response.is_done()]
        self._waiting = deque(each for each in unanswered if each[0] > now)
        for at, interaction in unanswered:
            if at <= now:
                task = asyncio.create_task(_tell(interaction), name="late answer")
                self._telling.add(task)
                task.add_done_callback(self._telling.discard)
        self._timer = asyncio.get_running_loop().call_later(LOOK, self._look) if self._waiting else None


def was_told(interaction: discord.Interaction) -> bool:
    """Whether its person has read that it takes long."""
    return bool(interaction.extras.get("late"))


async def _tell(interaction: discord.Interaction) -> None:
    interaction.extras["late"] = True
    log.warning("Interaction %s was not answered within %s s", interaction.id, LATE)
    try:
        await interaction.response.send_message(WORDS, ephemeral=True)
    except discord.InteractionResponded:  # at the same moment
        pass
    except discord.HTTPException as error:  # an answer may have been on its way
        log.info("That it takes long could not be told: %s", error)
