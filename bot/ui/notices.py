"""The direct message to people who come or wait for a seat, when the session has changed."""

import discord

from bot.domain.notices import Facts
from bot.domain.reminders import Reminder
from bot.domain.rsvps import Answer, choices
from bot.domain.sessions import Mode, Session, Status
from bot.ui import limits
from bot.ui.reminders import marker
from bot.ui.reply import Reply
from bot.ui.rsvps import emoji
from bot.ui.text import safe, shorten, stamp
from bot.ui.views import Component, Style, button, buttons, link

_HOW = {Mode.HYBRID: "in person and online", Mode.IN_PERSON: "in person only", Mode.ONLINE: "online only"}

_WAYS = {Mode.ONLINE: "in person", Mode.IN_PERSON: "online"}  # what is not possible in this mode


def changed(
    session: Session, reminder: Reminder, before: Facts, answer: Answer | None = None, *, waits: bool = False
) -> Reply:
    """What was, and what is now, for somebody who said to come, by `answer`; or `waits` for a seat."""
    now = Facts.of(session)
    lines = [_heading(session, before, now)]
    if now.status is Status.CANCELLED:
        lines.append(f"It was to be {stamp(before.starts_at, 'F')}.")
        if session.cancel_reason:
            lines.append(f"Why: {safe(session.cancel_reason, 300)}")
    else:
        lines += [*_times(before, now), *_place(before, now)]
    if waits and now.mode is not Mode.ONLINE:
        lines.append(_waiting(now))
    anew = now.status is not Status.CANCELLED and answer is not None and answer not in choices(now.mode)
    if anew:
        lines.append(f"You said that you come {_WAYS[now.mode]}, which is no longer possible: **please answer anew.**")
    return Reply(content=shorten("\n".join(lines), limits.MESSAGE_CONTENT), view=_view(session, reminder, anew=anew))


def place(venue: str | None, city: str | None) -> str:
    """Where it is, as harmless text; empty where nothing was said."""
    return ", ".join(safe(part, 150) for part in (venue, city) if part)


def _heading(session: Session, before: Facts, now: Facts) -> str:
    title = safe(session.title)
    if now.status is Status.CANCELLED:
        return f"🚫 **Cancelled:** {title}"
    if before.status is Status.CANCELLED:
        return f"✅ **It takes place after all:** {title}"
    if before.starts_at != now.starts_at:
        return f"🗓️ **New time:** {title}"
    if before.ends_at != now.ends_at:
        return f"⏱️ **Another end:** {title}"
    return f"📍 **Changed:** {title}"


def _times(before: Facts, now: Facts) -> list[str]:
    is_now = f"Now: {stamp(now.starts_at, 'F')} to {stamp(now.ends_at, 't')} ({stamp(now.starts_at, 'R')})"
    if (before.starts_at, before.ends_at) == (now.starts_at, now.ends_at):
        return [is_now.removeprefix("Now: ")]
    return [f"Before: {stamp(before.starts_at, 'F')} to {stamp(before.ends_at, 't')}", is_now]


def _place(before: Facts, now: Facts) -> list[str]:
    lines = []
    was, is_now = place(before.venue, before.city), place(now.venue, now.city)
    if was != is_now:
        lines.append(f"Place: {is_now or 'not known yet'}" + (f" (before: {was})" if was else ""))
    if before.mode is not now.mode:
        lines.append(f"It is {_HOW[now.mode]} now (before: {_HOW[before.mode]}).")
    return lines


def _waiting(now: Facts) -> str:
    if now.status is Status.CANCELLED:
        return "You were on the waiting list for a seat."
    return "You keep your place on the waiting list: a message comes as soon as there is a seat for you."


def _view(session: Session, reminder: Reminder, *, anew: bool) -> discord.ui.View | None:
    card = session.card
    url = f"https://discord.com/channels/{session.guild_id}/{card.channel_id}/{card.message_id}" if card else None
    gone = session.status is Status.CANCELLED
    custom_id = f"{marker(reminder)}{session.id}:{Answer.DECLINED.value}"
    decline = None if gone else button("I can't come after all", custom_id, emoji="❌")
    return buttons([[_other_way(session, reminder) if anew else None, decline, link("Open the session", url)]])


def _other_way(session: Session, reminder: Reminder) -> Component:
    """For somebody who can no longer come as he said."""
    answer = Answer.ONLINE if session.mode is Mode.ONLINE else Answer.IN_PERSON
    words = "I join online" if answer is Answer.ONLINE else "I come in person"
    custom_id = f"{marker(reminder)}{session.id}:{answer.value}"
    return button(words, custom_id, emoji=emoji(answer), style=Style.PRIMARY)
