"""What moderators fill in to make, edit and move sessions, and what they are shown before anything is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import discord

from bot.domain import limits as longest
from bot.domain.plans import Plan, Typed
from bot.domain.sessions import Mode, Session
from bot.domain.zones import Choice
from bot.ui import limits
from bot.ui.forms import Text, Values, filled, form, refused
from bot.ui.notices import place
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR, HOW
from bot.ui.text import safe, stamp
from bot.ui.views import Component, Option, Style, button, buttons, select

PLAN_FORM, PLAN_AGAIN, PLAN_PICK = "plan-form", "plan-again", "plan-pick"
PLAN_MODE, PLAN_CHANNEL, PLAN_SEATS, PLAN_SEATS_FORM = "plan-mode", "plan-channel", "plan-seats", "plan-seats-form"
PLAN_CREATE = "plan-create"
EDIT_FORM, EDIT_AGAIN = "edit-form", "edit-again"
MOVE_FORM, MOVE_AGAIN, MOVE_DONE = "move-form", "move-again", "move-done"
NEVER_MIND = "never-mind"

TIME, ZONE, SEATS = 100, 64, 9  # characters of a time, of the longest name of a zone, of a number
CHANNEL_SELECT, TEXT_CHANNELS = 8, [0, 5]
MODES = {Mode.HYBRID: "In person and online", Mode.IN_PERSON: "In person only", Mode.ONLINE: "Online only"}
NEVER_MIND_WORDS = "Nothing was changed."


def plan_form(plan: Plan, draft_id: str) -> discord.ui.Modal:
    typed = plan.typed
    return form("A new session", f"{PLAN_FORM}:{draft_id}", _plan_fields(typed))


def typed_plan(values: Values) -> Typed:
    """What was filled into `plan_form`."""
    return Typed(*(filled(values, key) for key in ("title", "start", "end", "zone", "place")))


def plan_refused(words: str, choices: Sequence[tuple[str, Choice]], draft_id: str) -> Reply:
    """Why the form was not taken; where a time can be meant in several ways, they can be chosen at once."""
    again = f"{PLAN_AGAIN}:{draft_id}"
    if not choices:
        return refused(words, again)
    options = [Option(f"{field.capitalize()}: {choice.text}", f"{field} {choice.text}") for field, choice in choices]
    kept = refused(words, again)
    menu = select(f"{PLAN_PICK}:{draft_id}", "Which time is meant?", options)
    edit = button("Edit again", again, emoji="✏️", style=Style.PRIMARY)
    return Reply(content=kept.content, view=buttons([[menu], [edit]]))


def plan_shown(plan: Plan, draft_id: str, default_channel_id: int | None) -> Reply:
    """The session as it would be, for the moderator to look at before it is made."""
    assert plan.starts_at is not None
    assert plan.ends_at is not None
    embed = discord.Embed(title=safe(plan.typed.title, limits.EMBED_TITLE), color=COLOR)
    embed.add_field(name="When", value=_times(plan.starts_at, plan.ends_at, plan.typed.zone), inline=False)
    embed.add_field(name="Where", value=_where(plan), inline=False)
    embed.add_field(name="Announced in", value=_channel(plan.channel_id or default_channel_id), inline=False)
    rows = (
        [_mode_select(plan, draft_id)],
        [_channel_select(plan, draft_id)],
        [
            button("Create", f"{PLAN_CREATE}:{draft_id}", emoji="✅", style=Style.SUCCESS),
            button("Edit again", f"{PLAN_AGAIN}:{draft_id}", emoji="✏️"),
            button("Seats", f"{PLAN_SEATS}:{draft_id}", emoji="💺"),
            button("Cancel", NEVER_MIND),
        ],
    )
    words = "Is this right? Times are shown in your own time zone. Nothing is saved before you press **Create**."
    return Reply(content=words, embeds=(embed,), view=buttons(rows))


def seats_form(plan: Plan, draft_id: str) -> discord.ui.Modal:
    return form("Seats in person", f"{PLAN_SEATS_FORM}:{draft_id}", [_seats(plan.capacity)])


def created(session: Session, channel_id: int | None) -> Reply:
    if channel_id is None:
        where = "No announcement channel is chosen: `/session announce` with the option `channel` posts its card."
    else:
        where = f"Its card comes in <#{channel_id}>."
    return Reply(content=f"✅ **{safe(session.title)}** is made. {where}\n{when(session)}")


def edit_form(shown: Mapping[str, str], session_id: str, seen: str) -> discord.ui.Modal:
    """Title, theme, venue, city and seats, as they stand in `shown`; `seen` are the marks of what was shown first."""
    most = longest.PLACE
    fields = [
        Text("title", "Title", shown["title"], help=f"Up to {longest.TITLE} characters", most=longest.TITLE),
        Text(
            "theme",
            "Theme",
            shown["theme"],
            help=f"What it is about, up to {longest.THEME} characters",
            required=False,
            most=longest.THEME,
            paragraph=True,
        ),
        Text(
            "venue", "Venue", shown["venue"], help=f"With the city up to {most} characters", required=False, most=most
        ),
        Text("city", "City", shown["city"], required=False, most=most),
        _seats(int(shown["capacity"]) if shown["capacity"].isdigit() else None, shown["capacity"]),
    ]
    return form("Edit the session", f"{EDIT_FORM}:{session_id}:{seen}", fields)


def move_form(start: str, end: str, zone: str, draft_id: str) -> discord.ui.Modal:
    fields = [
        Text(
            "start",
            "New start",
            start,
            example="tomorrow 8pm · 24 May 2027 10:00 · in 2 hours",
            help=f"In {zone}; empty: it stays as it is",
            required=False,
            most=TIME,
        ),
        Text(
            "end",
            "New end, or how long",
            end,
            example="21:30 · 90m · 1h30",
            help="Empty: as long as before",
            required=False,
            most=TIME,
        ),
    ]
    return form("Move the session", f"{MOVE_FORM}:{draft_id}", fields)


def move_shown(
    session: Session,
    times: tuple[datetime, datetime],
    coming: int,
    draft_id: str,
    deadline: tuple[datetime | None, datetime | None] = (None, None),
) -> Reply:
    """The new times as they were understood; `deadline` is the one for answers, now and then."""
    after = replace(session, starts_at=times[0], ends_at=times[1])
    lines = [
        f"Move **{safe(session.title)}**?",
        f"Before: {stamp(session.starts_at, 'F')} to {stamp(session.ends_at)}",
        f"Then: {stamp(times[0], 'F')} to {stamp(times[1])} ({stamp(times[0], 'R')})",
        *deadline_moved(session, after, *deadline),
        f"-# Shown in your own time zone; the session's is {session.zone}. {_told_then(coming)}",
    ]
    row = [
        button("Move it", f"{MOVE_DONE}:{draft_id}", emoji="✅", style=Style.SUCCESS),
        button("Edit again", f"{MOVE_AGAIN}:{draft_id}", emoji="✏️"),
        button("Leave it", NEVER_MIND),
    ]
    return Reply(content="\n".join(lines), view=buttons([row]))


def when(session: Session) -> str:
    return f"🗓️ {stamp(session.starts_at, 'F')} to {stamp(session.ends_at)} ({stamp(session.starts_at, 'R')})"


def told(count: int, unless: str) -> str:
    """A sentence about the people who get a message; `unless` names what keeps it back."""
    if not count:
        return "Nobody who comes or waits for a seat has to be told."
    people = "The one person who comes or waits" if count == 1 else f"The {count} people who come or wait"
    return f"{people} for a seat {'is' if count == 1 else 'are'} told in a minute, unless {unless}."


def deadline_moved(before: Session, after: Session, was: datetime | None, then: datetime | None) -> list[str]:
    """What a new time of the session means for the deadline for answers, as lines of a list."""
    if was is None or (before.starts_at, before.ends_at) == (after.starts_at, after.ends_at):
        return []
    if then is None:
        words = f"Answers are taken until it is over: the deadline {stamp(was)} does not fit the new time"
        return [f"• {words}. `/attendee deadline` sets another one."]
    if then != was:
        return [f"• Answers are taken until {stamp(then)}; before: {stamp(was)}"]
    if before.starts_at == after.starts_at:
        return []
    return [f"• The deadline for answers stays {stamp(was)}. `/attendee deadline` sets another one."]


def _told_then(coming: int) -> str:
    people = "1 person who comes or waits" if coming == 1 else f"{coming} people who come or wait"
    return f"{people} for a seat would be told." if coming else ""


def _plan_fields(typed: Typed) -> list[Text]:
    return [
        Text("title", "Title", typed.title, help=f"Up to {longest.TITLE} characters", most=longest.TITLE),
        Text("start", "Start", typed.start, example="tomorrow 8pm · 24 May 2027 10:00 · in 2 hours", most=TIME),
        Text("end", "End, or how long it lasts", typed.end, example="21:30 · 90m · 1h30", most=TIME),
        Text("zone", "Time zone of start and end", typed.zone, example="Europe/Berlin", most=ZONE),
        Text(
            "place",
            "Place",
            typed.place,
            example="House of Science, Berlin",
            help=f"Venue and city with a comma between, up to {longest.PLACE} characters; may stay empty",
            required=False,
            most=longest.PLACE,
        ),
    ]


def _seats(capacity: int | None, typed: str = "") -> Text:
    return Text(
        "capacity",
        "Seats in person",
        typed or str(capacity or ""),
        example="40",
        help=f"A number from 1 to {longest.CAPACITY:,}; empty: no limit",
        required=False,
        most=SEATS,
    )


def _times(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    return (
        f"{stamp(starts_at, 'F')} to {stamp(ends_at)}\n{stamp(starts_at, 'R')}\n-# Read as times in {safe(zone, ZONE)}"
    )


def _where(plan: Plan) -> str:
    seats = "" if plan.capacity is None else f"\n{plan.capacity:,} seat{'' if plan.capacity == 1 else 's'} in person"
    return "\n".join(filter(None, (place(*plan.place), HOW[plan.mode].capitalize()))) + seats


def _channel(channel_id: int | None) -> str:
    return f"<#{channel_id}>" if channel_id else "No channel is chosen yet: choose one below."


def _mode_select(plan: Plan, draft_id: str) -> Component | None:
    options = [Option(words, mode.value, chosen=mode is plan.mode) for mode, words in MODES.items()]
    return select(f"{PLAN_MODE}:{draft_id}", "How people take part", options)


def _channel_select(plan: Plan, draft_id: str) -> Component:
    menu: dict[str, Any] = {
        "type": CHANNEL_SELECT,
        "custom_id": f"{PLAN_CHANNEL}:{draft_id}",
        "placeholder": "Another channel for its card and reminders",
        "channel_types": TEXT_CHANNELS,
        "min_values": 0,
        "max_values": 1,
    }
    if plan.channel_id:
        menu["default_values"] = [{"id": str(plan.channel_id), "type": "channel"}]
    return menu
