"""The short form of every part, with the same seed each time; CAMPAIGN_SEED looks elsewhere."""

import importlib
import os

import pytest

from tests.campaign.parts import PARTS
from tests.campaign.tally import Order

SEED = int(os.environ.get("CAMPAIGN_SEED", "2022"))


@pytest.mark.timeout(300)  # a minute on a busy machine
@pytest.mark.parametrize("name", PARTS)
async def test_nothing_is_lost_doubled_corrupt_or_unanswered(name: str) -> None:
    part = PARTS[name]
    module = importlib.import_module(part.module)
    tally = await module.run(Order(SEED, range(part.short)))
    assert tally.failures == []
    assert tally.clean
    assert tally.rounds == part.short
