"""Who changed what, for moderators: a page of the record, and lines for the log channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import discord

from bot.domain.audit import Change, Page
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import NOTHING, listed, safe, stamp
from bot.ui.views import Component, Style, button, buttons

LINE = 480  # characters of one change on a page: eight of them fit an embed's 4096
VALUE = 60  # of a value, before or after
FIELDS = 6  # of one change, before "and 2 more"
ALL = "all"  # in custom ids: changes to any session

NAMES = {
    "starts_at": "start",
    "ends_at": "end",
    "zone": "time zone",
    "mode": "how people take part",
    "capacity": "seats in person",
    "quiet": "pings nobody",
    "streamed": "has a stream",
    "recorded": "is recorded",
    "cancel_reason": "why it is cancelled",
    "channel_id": "channel for card and reminders",
    "stream_url": "link of the stream",
    "recording_url": "link of the recording",
    "slides_url": "link of the slides",
    "position": "place in the order",
    "closed": "closed for answers",
    "deadline_at": "answers until",
    "only_role_id": "only people with",
    "offer_minutes": "minutes that a free seat is offered for",
    "lend_role_id": "role lent to those who come",
    "lend_minutes": "minutes before the start from which it is lent",
    "announce_channel_id": "announcement channel",
    "log_channel_id": "log channel",
    "moderator_role_id": "role of the moderators",
    "ping_role_id": "role that is pinged",
    "reminder_minutes": "reminders, minutes before the start",
}
_NAMING = frozenset({"talk", "speaker"})  # told also where they stay: by them a reader knows what it is about
_CHOICES = frozenset({"mode", "status", "answer"})
_NONE = {"capacity": "no limit", "channel_id": "the usual one", "answer": "none"}


def audit(page: Page, now: datetime) -> Reply:
    """One page of the record, with the button that takes back the last change where that may be possible."""
    if not page.changes:
        return Reply(content="Nothing was changed yet. What moderators change from now on is listed here.")
    embed = discord.Embed(title="Who changed what", color=COLOR, timestamp=now)
    embed.description = "\n\n".join(line(change) for change in page.changes)[: limits.EMBED_DESCRIPTION]
    embed.set_footer(text=f"Page {page.number + 1} of {page.pages} · kept for 180 days")
    return Reply(embeds=(embed,), view=buttons([_turn(page), _undo(page)]))


def taken_back(change: Change) -> Reply:
    """The last change was taken back by `change`."""
    return Reply(content=f"Done. {line(change)}")


def log_entry(changes: Sequence[Change]) -> Reply:
    """What the log channel is told; pings nobody."""
    return Reply(content=listed([f"📝 {line(change)}" for change in changes], limits.MESSAGE_CONTENT))


def line(change: Change) -> str:
    """One change: number, moment, person, what, and the fields from old to new."""
    about = f" **{safe(change.title, 80)}**" if change.title else ""
    person = f" ({safe(change.person_name, 60)})" if change.person_name else ""
    undone = f" *(taken back by #{change.undone_by})*" if change.undone_by else ""
    head = (
        f"**#{change.number}** {stamp(change.at)} {safe(change.actor_name, 60)} "
        f"{safe(change.what, 100)}{about}{person}{undone}"
    )
    fields = _fields(change)
    return listed([head, *fields], LINE, "-# … and {} more")


def _fields(change: Change) -> list[str]:
    before, after = change.before or {}, change.after or {}
    names = dict.fromkeys((*before, *after))
    two_sided = change.before is not None and change.after is not None
    found = [_field(name, before.get(name), after.get(name), two_sided=two_sided) for name in names]
    lines = [f"-# {field}" for field in found if field]
    return lines if len(lines) <= FIELDS else [*lines[:FIELDS], f"-# and {len(lines) - FIELDS} more"]


def _field(name: str, before: Any, after: Any, *, two_sided: bool) -> str:
    """Empty where there is nothing to tell."""
    words = NAMES.get(name, safe(name.replace("_", " "), 40)).capitalize()
    old, new = _value(name, before), _value(name, after)
    if two_sided and (old != new or before != after):
        return f"{words}: {old} → {new}"
    value = after if before is None else before
    if value in (None, "", [], {}) or (two_sided and name not in _NAMING):
        return ""
    return f"{words}: {_value(name, value)}"


def _value(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _NONE.get(name, NOTHING)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_at") and isinstance(value, int):
        return f"<t:{value}:f>"
    if name.endswith("channel_id"):
        return f"<#{int(value)}>"
    if name.endswith("role_id"):
        return f"<@&{int(value)}>"
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if name in _CHOICES:
        value = str(value).replace("_", " ")
    return safe(str(value), VALUE)


def _turn(page: Page) -> list[Component | None]:
    """The ids name the page that is turned to; each is different from the others."""
    only = page.session_id or ALL
    newer = button("Newer", f"audit:{page.number - 1}:{only}", emoji="⬅️") if page.number else None
    older = button("Older", f"audit:{page.number + 1}:{only}", emoji="➡️") if page.number + 1 < page.pages else None
    return [newer, older]


def _undo(page: Page) -> list[Component | None]:
    if page.number or page.undoable is None or page.changes[0].number != page.undoable:
        return []
    return [button(f"Take back #{page.undoable}", f"audit-undo:{page.undoable}", emoji="↩️", style=Style.DANGER)]
