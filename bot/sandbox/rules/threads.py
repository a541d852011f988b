"""Limits of threads."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rules.form import Form
from bot.sandbox.rules.refusal import Problems

ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
THREAD_TYPES = (10, 11, 12)
MAX_SLOWMODE_SECONDS = 21600


def check_thread(body: dict[str, Any]) -> None:
    """Refuse the body of a new thread that Discord refuses, started from a message or without one.

    Raises:
        Refusal: 400 with 50035 and every problem.
    """
    problems = Problems()
    thread = Form(body, problems)
    thread.text("name", 100, 1, required=True)
    thread.one_of("auto_archive_duration", ARCHIVE_MINUTES)
    thread.integer("rate_limit_per_user", 0, MAX_SLOWMODE_SECONDS)
    thread.one_of("type", THREAD_TYPES)
    thread.flag("invitable")
    problems.refuse_if_any()
