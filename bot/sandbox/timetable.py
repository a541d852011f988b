"""Native events at a place outside Discord: they start and end by themselves when their time has come."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from bot.sandbox.wire import Json, parse_iso

if TYPE_CHECKING:
    from datetime import datetime

    from bot.sandbox.core import Sandbox
    from bot.sandbox.world import Guild

EXTERNAL = 3
SCHEDULED, ACTIVE, COMPLETED = 1, 2, 3
NEXT = {SCHEDULED: ("scheduled_start_time", ACTIVE), ACTIVE: ("scheduled_end_time", COMPLETED)}
LONGEST_WAIT = 3600.0  # seconds; then it looks again


class Step(NamedTuple):
    """What happens next to one event."""

    at: datetime
    event_id: int
    status: int
    guild: Guild


class Timetable:
    """Moves events on as the sandbox's clock passes their times.

    Recurring events are left alone: Discord moves those on to their next date, by rules of its own.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._timer: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Do what is due, and wait for what comes next. To be called when events or the clock have changed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while (step := self._next()) is not None and step.at <= self._sandbox.clock.now():
            event = {**step.guild.scheduled_events[step.event_id], "status": step.status}
            step.guild.scheduled_events[step.event_id] = event
            self._sandbox.tell_event("UPDATE", step.guild, event)
        if step is not None and self._sandbox.clock.speed > 0:
            seconds = (step.at - self._sandbox.clock.now()).total_seconds() / self._sandbox.clock.speed
            self._timer = asyncio.get_running_loop().call_later(min(max(seconds, 0.0), LONGEST_WAIT), self.look)

    def _next(self) -> Step | None:
        steps = (
            _step(guild, event)
            for guild in self._sandbox.world.guilds.values()
            for event in guild.scheduled_events.values()
        )
        return min((each for each in steps if each is not None), default=None, key=lambda step: step.at)


def _step(guild: Guild, event: Json) -> Step | None:
    if event["entity_type"] != EXTERNAL or event["recurrence_rule"] or event["status"] not in NEXT:
        return None
    key, status = NEXT[event["status"]]
    return Step(parse_iso(event[key]), int(event["id"]), status, guild)
