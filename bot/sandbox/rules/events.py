"""Limits of Discord's own scheduled events (native events)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.rules.form import Form
from bot.sandbox.rules.refusal import Problems, Refusal

if TYPE_CHECKING:
    from datetime import datetime

STAGE, VOICE, EXTERNAL = 1, 2, 3
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
NEXT = {SCHEDULED: (SCHEDULED, ACTIVE, CANCELED), ACTIVE: (ACTIVE, COMPLETED)}
MAX_OPEN = 100
TOO_MANY = 30038
FINISHED = 180000
GUILD_ONLY = 2
YEARLY, MONTHLY, WEEKLY, DAILY = 0, 1, 2, 3


def check_scheduled_event(body: dict[str, Any], before: dict[str, Any] | None, now: datetime, open_count: int) -> None:
    """Refuse a new native event (`before` is None) or a change to one that Discord refuses.

    `open_count` is how many events of the guild are scheduled or active; `now` is an aware moment.

    Raises:
        Refusal: 400 with 50035 and every problem, 30038 when the guild has 100 open events, 180000 when the event
            is over.
    """
    if before is not None and before.get("status") not in NEXT:
        raise Refusal(400, FINISHED, "Cannot update a finished event")
    problems = Problems()
    event = Form(body if before is None else {**before, **body}, problems)
    event.text("name", 100, 1, required=True)
    event.text("description", 1000)
    event.one_of("privacy_level", (GUILD_ONLY,), required=True)
    _check_times(event, body, before, now)
    _check_place(event)
    if before is not None:
        _check_status(event, before)
    if rule := event.child("recurrence_rule"):
        _check_recurrence(rule)
    problems.refuse_if_any()
    if before is None and open_count >= MAX_OPEN:
        raise Refusal(400, TOO_MANY, f"Maximum number of uncompleted guild scheduled events reached ({MAX_OPEN})")


def _check_times(event: Form, body: dict[str, Any], before: dict[str, Any] | None, now: datetime) -> None:
    start = event.instant("scheduled_start_time", required=True)
    end = event.instant("scheduled_end_time")
    if start is None:
        return
    is_new = before is None or _moment(before, "scheduled_start_time") != start
    if "scheduled_start_time" in body and is_new and start <= now:
        event.wrong("GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past.", "scheduled_start_time")
    if end is not None and end <= start:
        event.wrong(
            "GUILD_SCHEDULED_EVENT_END_BEFORE_START",
            "Cannot schedule the end of an event before its start.",
            "scheduled_end_time",
        )


def _moment(event: dict[str, Any], key: str) -> datetime | None:
    return Form(event, Problems()).instant(key)


def _check_place(event: Form) -> None:
    """Check that an event has the place of its kind: a channel, or a location and an end."""
    kind = event.one_of("entity_type", (STAGE, VOICE, EXTERNAL), required=True)
    if kind == EXTERNAL:
        if event.body.get("channel_id") is not None:
            event.wrong("GUILD_SCHEDULED_EVENT_CHANNEL_FORBIDDEN", "An external event has no channel.", "channel_id")
        event.instant("scheduled_end_time", required=True)
        if metadata := event.child("entity_metadata", required=True):
            metadata.text("location", 100, 1, required=True)
    elif kind is not None:
        event.snowflake("channel_id", required=True)
        if (event.body.get("entity_metadata") or {}).get("location") is not None:
            event.wrong(
                "GUILD_SCHEDULED_EVENT_METADATA_FORBIDDEN", "Only an external event has a location.", "entity_metadata"
            )


def _check_status(event: Form, before: dict[str, Any]) -> None:
    status = event.one_of("status", (SCHEDULED, ACTIVE, COMPLETED, CANCELED))
    if status is not None and status not in NEXT[before["status"]]:
        event.not_one_of(NEXT[before["status"]], "status")


def _check_recurrence(rule: Form) -> None:
    """Check the few kinds of recurrence that Discord takes; `count` and `end` are its own."""
    rule.instant("start", required=True)
    frequency = rule.one_of("frequency", (YEARLY, MONTHLY, WEEKLY, DAILY), required=True)
    rule.integer("interval", 1, 2 if frequency == WEEKLY else 1, required=True)
    for key in ("count", "end", "by_year_day"):
        if rule.body.get(key):
            rule.wrong("GUILD_SCHEDULED_EVENT_RECURRENCE_INVALID", f"{key} cannot be set.", key)
    if frequency == WEEKLY:
        rule.items("by_weekday", 1, 1, required=True)
    elif frequency == MONTHLY:
        rule.items("by_n_weekday", 1, 1, required=True)
