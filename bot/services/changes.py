"""Tells the rest of the house that something was written."""

from collections.abc import Callable

from bot.domain.sessions import SessionId


class Changes:
    """Services announce here after the commit; delivery listens. Listeners return at once and do not raise."""

    def __init__(self) -> None:
        self._reminders: list[Callable[[], None]] = []
        self._cards: list[Callable[[SessionId], None]] = []

    def on_reminders(self, listener: Callable[[], None]) -> None:
        """Call `listener` when rows of reminders were written: the next alarm may be another one."""
        self._reminders.append(listener)

    def on_card(self, listener: Callable[[SessionId], None]) -> None:
        """Call `listener` when the card of a session shows something that is no longer so."""
        self._cards.append(listener)

    def reminders(self) -> None:
        for listener in self._reminders:
            listener()

    def card(self, session_id: SessionId) -> None:
        for listener in self._cards:
            listener(session_id)
