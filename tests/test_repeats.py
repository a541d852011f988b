from bot.repeats import Repeats


def test_the_newest_are_remembered_and_no_more() -> None:
    repeats = Repeats(remembered=3)
    assert [repeats.again(number) for number in (1, 2, 1, 3, 4)] == [False, False, True, False, False]
    assert not repeats.again(1)
    assert repeats.again(4)
    assert len(repeats._seen) == 3
