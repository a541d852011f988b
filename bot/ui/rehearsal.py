"""A rehearsal: the posts of a session as they will look, marked, pinging nobody, with buttons that do nothing."""

from datetime import datetime

import discord

from bot.domain.rehearsal import Scene, seconds
from bot.domain.reminders import Reminder
from bot.domain.rsvps import Roster
from bot.domain.sessions import Session
from bot.ui import limits
from bot.ui.cards import card
from bot.ui.reminders import reminder_post
from bot.ui.reply import Reply
from bot.ui.text import safe, shorten, stamp
from bot.ui.views import Rows, Style, button, buttons

NAMES = {
    "fit-10": "One post after the other, within seconds",
    "fit-60": "All of it within a minute",
    "fit-300": "All of it within the next 5 minutes",
    "x60": "60 times as fast: an hour in a minute",
    "x600": "600 times as fast: an hour in 6 seconds",
    "x3600": "3600 times as fast: an hour in a second",
}


def opening(session: Session, scenes: tuple[Scene, ...], token: str, now: datetime) -> Reply:
    """The first post, with the button that stops the rehearsal."""
    ends = datetime.fromtimestamp(now.timestamp() + seconds(scenes), now.tzinfo)
    return Reply(
        content=f"🎭 **A rehearsal of {safe(session.title, 200)} begins.** What follows is what would be posted "
        f"between {stamp(scenes[0].at)} and {stamp(scenes[-1].at)}. Nobody is pinged and nothing is counted. "
        f"It is over {stamp(ends, 'R')}.",
        view=buttons([[stop_button(token)]]),
    )


def begun(jump_url: str, token: str) -> Reply:
    """To who asked for it."""
    return Reply(content=f"The rehearsal has begun: {jump_url}", view=buttons([[stop_button(token)]]))


def stop_button(token: str) -> dict[str, object]:
    return button("Stop the rehearsal", f"rehearse-stop:{token}", emoji="⏹️", style=Style.DANGER)


def closing(*, stopped: bool) -> Reply:
    return Reply(content="🎭 The rehearsal was stopped." if stopped else "🎭 The rehearsal is over.")


def rehearsed_card(session: Session, roster: Roster, moment: datetime) -> Reply:
    return _marked(card(session, roster, moment), moment)


def rehearsed_reminder(session: Session, reminder: Reminder, moment: datetime) -> Reply:
    return _marked(reminder_post(session, reminder, moment), moment)


def _marked(post: Reply, moment: datetime) -> Reply:
    mark = f"🎭 **Rehearsal** · as it looks {stamp(moment)} · buttons do nothing"
    content = shorten(f"{mark}\n{post.content}" if post.content else mark, limits.MESSAGE_CONTENT)
    return Reply(content=content, embeds=post.embeds, view=_switched_off(post.view))


def _switched_off(view: discord.ui.View | None) -> discord.ui.View | None:
    """The same buttons, but switched off and without their ids, by which real posts are looked for."""
    if view is None:
        return None
    rows = [
        [
            component | {"custom_id": f"rehearsal:{row}:{place}", "disabled": True}
            if "custom_id" in component
            else component
            for place, component in enumerate(each["components"])
        ]
        for row, each in enumerate(view.to_components())
    ]
    return Rows([{"type": 1, "components": row} for row in rows])
