"""Routes presses of buttons, choices in selects and submitted modals by their custom_id.

We route them ourselves, not through discord.ui's callbacks: the id holds all there is to know, so a button works
after any restart, nothing is kept in memory per message, an unknown one gets an answer too, and what a handler
raises goes through the one door for failures (discord.py only logs what a DynamicItem's callback raises).
"""

import logging
from collections.abc import Awaitable, Callable

import discord

from bot.domain.errors import Refusal
from bot.failures import answer_failure
from bot.repeats import Repeats

log = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[None]]
ROUTED = (discord.InteractionType.component, discord.InteractionType.modal_submit)
MAX_CUSTOM_ID = 100  # Discord: components/reference


class Router:
    """`name:argument:argument` to the handler of `name`, which gets the interaction and the arguments as text.

    Arguments come from outside: a handler looks them up within the interaction's guild and checks rights anew.
    """

    def __init__(self) -> None:
        self._handlers: dict[str, tuple[Handler, int]] = {}
        self._repeats = Repeats()

    def on(self, name: str, handler: Handler, *, arguments: int) -> None:
        """Send presses whose id begins with `name` and has that many arguments to `handler`."""
        if name in self._handlers:
            raise ValueError(f"two handlers for {name!r}")
        self._handlers[name] = (handler, arguments)

    def off(self, name: str) -> None:
        self._handlers.pop(name, None)

    async def dispatch(self, interaction: discord.Interaction) -> None:
        """Handle `interaction` if it is one of ours to route; every press gets an answer, and one alone."""
        if interaction.type not in ROUTED:
            return
        if self._repeats.again(interaction.id):
            log.info("Interaction %s was delivered again", interaction.id)
            return
        try:
            await self._handle(interaction)
        except Exception as error:  # noqa: BLE001 - the one door decides what is said and what is logged
            await answer_failure(interaction, error)

    async def _handle(self, interaction: discord.Interaction) -> None:
        custom_id = (interaction.custom_id or "")[:MAX_CUSTOM_ID]
        name, *arguments = custom_id.split(":")
        handler, count = self._handlers.get(name, (None, 0))
        if handler is None or len(arguments) != count:
            raise Refusal("This button is from an older version of the bot. Use `/schedule` to see what is on now.")
        await handler(interaction, *arguments)
