"""The sandbox and the bot of the end-to-end tests, with a bot that looks for what is due more often."""

import json

import pytest

from tests.e2e.conftest import World, e2e, nursery
from tests.e2e.conftest import world as plain_world

__all__ = ["e2e", "nursery", "plain_world", "world"]

QUICK = json.dumps({"bot.delivery.courier.SCAN": 0.3, "bot.delivery.moderators.GATHER": 0.2})


@pytest.fixture
def world(plain_world: World) -> World:
    plain_world.environment["CONSTANTS"] = QUICK  # a test that gives others has those alone
    return plain_world
