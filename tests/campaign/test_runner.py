"""The runner's own parts: seeds, stretches, counts, the line that shows how far it is, the report."""

import io
from datetime import date

import pytest

from tests.campaign import points, report
from tests.campaign.__main__ import main
from tests.campaign.house import Pressed, lost_answers, shown
from tests.campaign.parts import PARTS, stretches
from tests.campaign.progress import Progress
from tests.campaign.tally import Order, Tally


def test_a_round_has_the_same_chance_wherever_it_is_done() -> None:
    assert Order(7, range(9)).rng(3).random() == Order(7, range(3, 4)).rng(3).random()
    assert Order(7, range(9)).rng(3).random() != Order(8, range(9)).rng(3).random()


def test_stretches_cover_all_rounds_once() -> None:
    assert stretches(range(7), 3) == [range(3), range(3, 5), range(5, 7)]
    assert stretches(range(1), 2) == [range(1)]


def test_every_point_has_its_rounds() -> None:
    assert PARTS["points"].short == len(points.POINTS)
    assert PARTS["points"].long == 50 * len(points.POINTS)


def test_a_fault_says_how_to_do_the_round_again() -> None:
    tally = Tally("kills", 123)
    tally.fault(17, "lost", "an answer")
    assert not tally.clean
    assert "--only kills --seed 123:17" in tally.failures[0]
    other = Tally("kills", 123, rounds=2, doubled=1)
    tally.add(other)
    assert (tally.rounds, tally.lost, tally.doubled) == (2, 1, 1)


def test_the_line_and_the_report_can_be_read() -> None:
    stream = io.StringIO()
    progress = Progress("kills", 1_000, stream)
    progress(500)
    progress.end()
    assert "500 of 1,000" in stream.getvalue()
    assert "\r" not in stream.getvalue(), "a file has lines"
    tally = Tally("fuzz", 5, rounds=100_000)
    text = report.table([(tally, 90.0)], seed=5, short=False, day=date(2026, 11, 22))
    assert "| fuzz | 100,000 | 0 | 0 | 0 | 0 |" in text
    assert "--seed 5`" in text
    assert " cores" in text


@pytest.mark.parametrize("arguments", [["--only", "nothing"], ["--seed", "x"], ["--seed", "1:2"]])
def test_what_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "error" in capsys.readouterr().err


def press(number: int, choice: str | None, *, confirmed: bool) -> Pressed:
    return Pressed(number, 1, "s", choice, confirmed)


def test_a_confirmed_answer_that_is_not_stored_is_seen() -> None:
    told = [press(1, "online", confirmed=True), press(2, "maybe", confirmed=False)]
    assert lost_answers(told, {1: "online"}) == lost_answers(told, {1: "maybe"}) == []
    assert len(lost_answers(told, {1: "declined"})) == len(lost_answers(told, {})) == 1
    assert lost_answers([press(1, None, confirmed=True)], {1: None}) == []
    assert lost_answers([press(2, "maybe", confirmed=False)], {}) == []


def test_counts_are_read_from_a_card() -> None:
    assert shown("📍 In person · 12\nWaiting list · 3", "Waiting list") == 3
    assert shown("📍 In person · 12", "Maybe") == 0
