"""The short form of the parts of the campaign that need no process of their own."""

from tests.campaign import daylight
from tests.campaign.tally import Order

SEED = 5


async def test_every_change_of_the_clocks_until_2037() -> None:
    tally = await daylight.run(Order(SEED, range(daylight.ROUNDS)))
    assert tally.clean, "\n".join(tally.failures)
    assert tally.rounds == 40
    assert tally.did["changes of the clocks"] > 700
