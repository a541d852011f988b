"""Figures on request: nothing is loaded without one, labels stay few, and what was counted is shown."""

import subprocess
import sys

import pytest

from bot.domain.reminders import MOVED_UP, START, about_talk, before
from bot.domain.sessions import TalkId
from bot.metrics import NONE, Exposed


def test_nothing_of_it_is_loaded_where_nobody_asked() -> None:
    program = "import sys, bot.run; sys.exit(any(name.startswith('prometheus') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_where_nobody_asked_counting_does_nothing() -> None:
    NONE.delivered(START, "posted", 1.0)
    NONE.retried(START)
    NONE.answered(0.1)
    NONE.lagged(0.1)
    NONE.watch({"x": ("X.", lambda: 1 / 0)})


@pytest.fixture
def figures() -> Exposed:
    return Exposed(("127.0.0.1", 1))


def test_what_was_counted_is_shown(figures: Exposed) -> None:
    figures.delivered(START, "posted", 3.0)
    figures.delivered(START, "posted", -0.2)  # the clock was set back in between
    figures.delivered(MOVED_UP, "undeliverable")
    figures.retried(START)
    figures.answered(0.02)
    figures.lagged(0.3)
    value = 4.0
    figures.watch({"cards_due": ("Cards.", lambda: value)})
    seen = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in figures.registry.collect()
        for sample in family.samples
    }
    of_start = ("kind", START)
    assert seen["community_bot_reminders_total", of_start, ("result", "posted")] == 2
    assert seen["community_bot_reminders_total", ("kind", MOVED_UP), ("result", "undeliverable")] == 1
    assert seen["community_bot_reminder_lateness_seconds_bucket", of_start, ("le", "1.0")] == 1
    assert seen["community_bot_reminder_lateness_seconds_bucket", of_start, ("le", "5.0")] == 2
    assert ("community_bot_reminder_lateness_seconds_count", ("kind", MOVED_UP)) not in seen
    assert seen["community_bot_reminder_retries_total", of_start] == 1
    assert seen["community_bot_rsvp_seconds_sum",] == 0.02
    assert seen["community_bot_loop_lag_seconds_bucket", ("le", "0.25")] == 0
    assert seen["community_bot_cards_due",] == 4
    value = 5.0
    assert figures.registry.get_sample_value("community_bot_cards_due") == 5


def test_moderators_and_talks_make_no_label_of_their_own(figures: Exposed) -> None:
    for number in range(200):
        figures.retried(before(number))
        figures.retried(about_talk(TalkId(f"{number:032x}")))
    kinds = {
        sample.labels["kind"]
        for family in figures.registry.collect()
        for sample in family.samples
        if sample.name == "community_bot_reminder_retries_total"
    }
    assert kinds == {"before-60", "before-10", "before-other", "talk"}
