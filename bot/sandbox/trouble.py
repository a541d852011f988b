"""What our own API answers when an order cannot be carried out."""

from __future__ import annotations


class TroubleError(Exception):
    """A status and words for whoever gave the order."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
