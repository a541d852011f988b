"""What moderators see of reminders: what comes when and where, what became of the others, and a test."""

from datetime import datetime

import discord

from bot.domain.reminder_rules import Entry, Page, rule_words
from bot.domain.reminders import Reminder, State
from bot.domain.sessions import Session
from bot.ui import limits
from bot.ui.reminders import name, pinging, reminder_post
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import plain, safe, shorten, stamp
from bot.ui.views import Component, Rows, button, buttons

PAGE = "reminders-page"  # reminders-page:<session id or all>:<page>
ALL = "all"
TEST = "reminders-test"  # buttons that cannot be pressed
LINE = 420  # of one entry; eight of them and the head fit an embed's 4096

_MARKS = {
    State.PENDING: "⏳",
    State.CLAIMED: "⏳",
    State.SENT: "✅",
    State.SKIPPED: "⏭️",
    State.FAILED: "❌",
}


def page(found: Page, now: datetime, said: str | None = None) -> Reply:
    """The list at `now`; `said` is what was just done, above it."""
    about = f" of {plain(found.session.title, 150)}" if found.session else ""
    head = _head(found)
    lines = [*head, *([""] if head else []), *(_line(entry, found, now) for entry in found.entries)]
    if not found.entries:
        lines.append("There is nothing to post yet. When a session is made, its reminders stand here.")
    embed = discord.Embed(
        title=f"Reminders{about}", description=shorten("\n".join(lines), limits.EMBED_DESCRIPTION), color=COLOR
    )
    embed.set_footer(text=_foot(found))
    return Reply(content=said, embeds=(embed,), view=buttons([_turning(found)]))


def paused(found: Page, now: datetime) -> Reply:
    """After `/reminders pause`."""
    said = (
        "⏸️ **Paused.** No announcement, reminder or start post appears in this server until `/reminders resume`. "
        "Messages to single people, about a free seat for instance, still go out."
    )
    return page(found, now, said)


def resumed(found: Page, now: datetime, skipped: int) -> Reply:
    """After `/reminders resume`."""
    late = ""
    if skipped:
        posts = "1 post" if skipped == 1 else f"{skipped} posts"
        late = f" {posts} came too late by now and will not be made up for."
    return page(found, now, f"▶️ **Reminders are posted again.**{late}")


def chosen(found: Page, now: datetime) -> Reply:
    """After `/reminders set`."""
    return page(found, now, f"✅ Reminders of this session are posted {rule_words(found.minutes)} from now on.")


def test_post(session: Session, reminder: Reminder, now: datetime, ping_role_id: int | None) -> Reply:
    """The reminder as it would be posted now, marked as a test; its buttons do nothing."""
    post = pinging(reminder_post(session, reminder, now), ping_role_id)
    head = "🧪 **This is a test by the moderators.** Nobody was pinged, and the buttons do nothing."
    content = shorten(f"{head}\n{post.content or ''}", limits.MESSAGE_CONTENT)
    return Reply(content=content, view=_dead(post.view))


def _head(found: Page) -> list[str]:
    lines = []
    if found.paused_since is not None:
        since = stamp(found.paused_since)
        lines.append(f"⏸️ **Paused since {since}: nothing is posted.** `/reminders resume` ends that.")
    if found.session is not None:
        whose = "its own times" if found.own else "the times of this server"
        lines.append(f"Reminders are posted {rule_words(found.minutes)} ({whose}).")
    if _is_homeless(found):
        lines.append(f"⚠️ No announcement channel is chosen, so {_what_stays_away(found)}: `/settings`.")
    return lines


def _is_homeless(found: Page) -> bool:
    """Whether something of the list has no channel to be posted in."""
    if found.config.announce_channel_id is not None:
        return False
    if found.session is not None:
        return found.session.channel_id is None
    coming = [entry for entry in found.entries if entry.reminder.is_open]
    return not coming or any(entry.channel_id is None for entry in coming)


def _what_stays_away(found: Page) -> str:
    if any(entry.channel_id for entry in found.entries):
        return "what stands here without a channel cannot be posted"
    return "nothing can be posted"


def _line(entry: Entry, found: Page, now: datetime) -> str:
    reminder = entry.reminder
    about = "" if found.session else f" · {safe(entry.session.title, 80)}"
    what = f"{_MARKS[reminder.state]} {stamp(reminder.due_at)} {_named(entry)}{_where(entry, found)}{about}"
    return shorten(f"{what}{_became(reminder, found, now)}", LINE)


def _named(entry: Entry) -> str:
    reminder = entry.reminder
    try:
        called = name(reminder.kind)
    except KeyError:  # of a release that knew other posts
        called = "post"
    if reminder.state is not State.SENT or reminder.message_id is None:
        return f"**{called}**"
    place = f"{entry.session.guild_id}/{reminder.channel_id}/{reminder.message_id}"
    return f"[{called}](https://discord.com/channels/{place})"


def _where(entry: Entry, found: Page) -> str:
    channel_id = entry.reminder.channel_id
    if channel_id is None and entry.reminder.is_open:
        channel_id = entry.channel_id or found.config.announce_channel_id
    return f" in <#{channel_id}>" if channel_id is not None else ""


def _became(reminder: Reminder, found: Page, now: datetime) -> str:
    reason = safe(reminder.reason, 250) if reminder.reason else ""
    if reminder.is_open:
        if now >= reminder.deadline_at:
            return " — too late by now" + (": paused" if found.paused_since else "")
        return f" — waits: {reason}" if reason else f" ({stamp(reminder.due_at, 'R')})"
    if reminder.state is State.SENT:
        return f" — {reason}" if reason else ""
    return f" — not posted: {reason}" if reason else " — not posted"


def _foot(found: Page) -> str:
    parts = [f"Page {found.page + 1} of {found.pages}"] if found.pages > 1 else []
    if found.direct:
        parts.append(f"{found.direct} direct message{'' if found.direct == 1 else 's'} to people, not listed")
    parts.append("⏳ to come · ✅ posted · ⏭️ skipped · ❌ failed")
    return " · ".join(parts)


def _turning(found: Page) -> list[Component]:
    if found.pages == 1:
        return []
    scope = found.session.id if found.session else ALL
    turns = [("Earlier page", found.page - 1, "◀️"), ("Next page", found.page + 1, "▶️")]
    return [
        button(label, f"{PAGE}:{scope}:{number}", emoji=emoji)
        for label, number, emoji in turns
        if 0 <= number < found.pages
    ]


def _dead(view: discord.ui.View | None) -> discord.ui.View | None:
    """The same buttons, switched off, and with ids of their own: by its ids the real post is looked for."""
    if view is None:
        return None
    rows = view.to_components()
    count = 0
    for row in rows:
        for component in row["components"]:
            if "custom_id" in component:
                component |= {"custom_id": f"{TEST}:{count}", "disabled": True}
                count += 1
    return Rows(rows)
