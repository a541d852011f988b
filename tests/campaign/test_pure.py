"""The short form of the parts of the campaign that need no process of their own, and that they see what is wrong."""

import re
from random import Random

import pytest

from bot.delivery import postman
from bot.domain import lookup
from bot.presses import Router
from tests.campaign import daylight, fuzz, parsers, schedules
from tests.campaign.tally import Order, Tally
from tests.cogs.test_matrix import SUBMIT, Person

SEED = 5
_IDS = re.compile("[0-9a-f]{32}")  # ours, made anew each time


def _judge(tally: Tally) -> None:
    assert tally.clean, "\n".join(tally.failures)


async def test_every_change_of_the_clocks_until_2037() -> None:
    tally = await daylight.run(Order(SEED, range(daylight.ROUNDS)))
    _judge(tally)
    assert tally.rounds == 40
    assert tally.did["changes of the clocks"] > 700


async def test_fault_schedules() -> None:
    tally = await schedules.run(Order(SEED, range(40)))
    _judge(tally)
    assert tally.did["posts"] > 80
    assert tally.did["presses"] > 800


async def test_whatever_people_type() -> None:
    tally = await fuzz.run(Order(SEED, range(3000)))
    _judge(tally)
    assert (tally.rounds, tally.did["texts to parsers"], tally.did["interactions"]) == (3000, 2400, 600)


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
