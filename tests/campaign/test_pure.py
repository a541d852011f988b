"""The parts of the campaign that need no process of their own see what is wrong; test_short.py runs them."""

import re
from random import Random

import pytest

from bot.delivery import postman
from bot.domain import lookup
from bot.presses import Router
from tests.campaign import fuzz, parsers, schedules
from tests.campaign.tally import Order
from tests.cogs.test_matrix import SUBMIT, Person

SEED = 5
_IDS = re.compile("[0-9a-f]{32}")  # ours, made anew each time


async def test_a_schedule_without_a_look_back_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postman.Postman, "_must_look", lambda *_: False)
    assert (await schedules.run(Order(1, range(20)))).doubled


async def test_a_step_that_is_repeated_is_the_same_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk that is not answered is found out, and again when that step alone is asked for."""
    handle = Router._handle

    async def silent(self: Router, interaction: object) -> None:
        if "rsvp" not in str(getattr(interaction, "custom_id", "")):
            await handle(self, interaction)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(Router, "_handle", silent)
    found = await fuzz.run(Order(SEED, range(1000)))
    assert found.unanswered
    first = int(found.failures[0].split("round ")[1].split(":")[0])
    again = await fuzz.run(Order(SEED, range(first, first + 1)))
    assert again.unanswered
    assert _IDS.sub("", again.failures[0]) == _IDS.sub("", found.failures[0])


async def test_a_forged_form_is_refused_in_words() -> None:
    """The id of the button that would open it again is longer than Discord takes."""
    async with fuzz.house() as house:
        scene = house.scene
        data = {"custom_id": f"t-add:{scene.session.id}:{'0' * 40}", "components": []}
        await scene.app.client.router.dispatch(scene._interaction(SUBMIT, data, Person.MODERATOR, 900000000000000100))
        assert "The title is empty" in "\n".join(scene.answers.said)


def test_the_nearest_of_many_long_names_is_found_soon() -> None:
    names = [("ab" * 128)[: 256 - number % 30] + str(number) for number in range(200)]
    assert parsers.timed(lambda: lookup.nearest("ab" * 48 + "xyz", names)) < 0.1


def test_one_seed_makes_one_schedule() -> None:
    assert schedules.draw(Random("1:1")) == schedules.draw(Random("1:1"))
