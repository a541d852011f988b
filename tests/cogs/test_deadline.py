from bot.clock import Clock
from cogs.deadline import ANSWER_WITHIN, Deadline


def test_one_deadline_is_shared_by_all_that_wait() -> None:
    shared = Deadline(Clock())
    assert 0 < shared.left <= ANSWER_WITHIN
