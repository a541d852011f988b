"""Every part of the bench runs, and what it says has the right form; how fast anything is, is not asked here."""

import io

import pytest
from PIL import Image

from tests.bench.__main__ import PARTS, bench
from tests.bench.report import picture, report
from tests.bench.size import TINY
from tests.bench.table import Part, Row, worst


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_measures_something_in_each_round(name: str) -> None:
    (part,) = await bench([name], TINY)
    for row in (*part.rows, *part.details):
        assert len(row.rounds()) == TINY.rounds, row.what
        assert row.goal == 0 or all(each > 0 for each in row.ours), row.what
    # Whatever is to happen never does not happen in a small number either.
    assert [row.what for row in part.rows if row.goal == 0 and not row.reached] == []
    assert all(row.line() in report([part], TINY) for row in part.rows)


def _row(ours: list[float], beside: list[float] | None = None, **more: object) -> Row:
    row = Row("so many", 1.15, "ms", **more)  # type: ignore[arg-type] # as given by the tests below
    for number, value in enumerate(ours):
        row.add(value, beside[number] if beside else 0.0)
    return row


@pytest.mark.parametrize(
    ("row", "told", "reached"),
    [
        (_row([110, 120, 180], [100, 100, 100], at_most=True), "1.20 (1.10 to 1.80)", False),
        (_row([110, 120, 180], [100, 100, 200], at_most=True), "1.10 (0.90 to 1.20)", True),
        (_row([110, 120, 180], [100, 100, 100]), "1.20 (1.10 to 1.80)", True),
        (_row([101, 101, 109], [100, 100, 100], at_most=True, compared="more"), "+1 (+1 to +9)", True),
        (_row([1, 1, 9], at_most=True, compared="value"), "1 (1 to 9)", True),
        (_row([3, 3, 3], at_most=True, compared="value"), "3", False),
    ],
)
def test_rounds_are_compared_one_by_one_and_the_median_counts(row: Row, told: str, reached: bool) -> None:
    assert row.told() == told
    assert row.reached is reached
    assert (row.score >= 1) is reached


def test_what_must_never_happen_counts_though_it_happened_once() -> None:
    row = Row("lost", 0, "", "value", at_most=True, ours=[0, 0, 1], beside=[0, 0, 0])
    assert not row.reached
    assert "**no**" in row.line()


def test_the_slowest_operation_stands_for_all() -> None:
    slow, fast = _row([120], [100], at_most=True), _row([90], [100], at_most=True)
    assert worst("the slowest", [fast, slow]).told() == "1.20"


def test_the_picture_is_readable_at_800_pixels_and_has_a_ground_of_its_own() -> None:
    rows = [_row([1], [1]), _row([1], [2]), _row([9], [1], at_most=True), _row([1], [90], at_most=True)]
    drawn = Image.open(io.BytesIO(picture([Part("All", "Words.", rows)])))
    assert drawn.width == 2 * 640
    assert drawn.convert("RGBA").getpixel((2, 2)) == (255, 255, 255, 255)
