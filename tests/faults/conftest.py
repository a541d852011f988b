"""The sandbox and the bot of the end-to-end tests."""

from tests.e2e.conftest import e2e, nursery, world

__all__ = ["e2e", "nursery", "world"]
