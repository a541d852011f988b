"""Watching live and hearing of the recording: the buttons, and what is answered to the person alone."""

from datetime import datetime

from bot.domain.attendance import Wish
from bot.domain.reminders import RECORDING, Reminder
from bot.domain.sessions import Phase, Session
from bot.ui.reply import Reply
from bot.ui.text import address, safe, stamp
from bot.ui.views import Component, Style, button, buttons, link

WATCH = "watch"
TELL = "tell"
ON, OFF = "on", "off"


def watch_button(session: Session) -> Component:
    """Shows the link as it is when it is pressed."""
    return button("Watch live", f"{WATCH}:{session.id}", emoji="📺", style=Style.SUCCESS)


def tell_button(session: Session, now: datetime) -> Component | None:
    """Asks for one message when the recording is up; None where there will be none, or it is up already."""
    over = session.phase(now) is Phase.OVER
    if session.phase(now) is Phase.CANCELLED or not session.recorded or (over and session.recording_url):
        return None
    return button("Tell me when the recording is up", f"{TELL}:{session.id}:{ON}", emoji="🔔")


def watching(session: Session, now: datetime, *, checked_in: bool) -> Reply:
    """The answer to "Watch live". `checked_in`: this press was noted as coming."""
    title, phase = safe(session.title), session.phase(now)
    if phase is Phase.CANCELLED:
        return Reply(content=f"🚫 **{title}** was cancelled, there is no stream.")
    if phase is Phase.OVER:
        return _over(session, now)
    if session.stream_url is None:
        return Reply(
            content=f"The link to **{title}** is not known yet. As soon as a moderator has set it, this button and "
            "`/stream` show it: please press again in a moment."
        )
    begins = f"\nIt starts {stamp(session.starts_at, 'R')}." if phase is Phase.UPCOMING else ""
    noted = "\n-# You are checked in." if checked_in else ""
    return Reply(
        content=f"📺 Watch **{title}** here: {address(session.stream_url)}{begins}{noted}",
        view=buttons([[link("Open the stream", session.stream_url, emoji="📺")]]),
    )


def wished(session: Session, wish: Wish) -> Reply:
    """The answer to "Tell me when the recording is up", and to taking that back."""
    title = safe(session.title)
    if wish is Wish.UP:
        watch = link("Watch the recording", session.recording_url, emoji="🎬")
        return Reply(content=f"🎬 The recording of **{title}** is up already.", view=buttons([[watch]]))
    if wish is Wish.NONE:
        return Reply(content=f"**{title}** will not be recorded as far as I know, so there is nothing to wait for.")
    if wish is Wish.OFF:
        return Reply(content=f"I will not write to you about the recording of **{title}**.")
    off = button("Don't write to me", f"{TELL}:{session.id}:{OFF}", emoji="🔕")
    return Reply(
        content=f"🔔 I send you one direct message when the recording of **{title}** is up, unless you watch it live. "
        "Please allow direct messages from this server.",
        view=buttons([[off]]),
    )


def recording_up(session: Session, reminder: Reminder) -> Reply:
    """The one direct message to a person who asked for it."""
    watch = link("Watch the recording", session.recording_url, emoji="🎬")
    # Its id marks the message as this one, for when it has to be found again.
    again = button("Show the link as it is now", f"{RECORDING}:{reminder.key}:{session.id}", emoji="🔄")
    where = address(session.recording_url) if session.recording_url else "`/stream` shows it"
    return Reply(
        content=f"🎬 **The recording is up:** {safe(session.title)}\n{where}\n"
        "-# You asked me to tell you. This was the only message about it.",
        view=buttons([[watch, again]]),
    )


def _over(session: Session, now: datetime) -> Reply:
    title = safe(session.title)
    if session.recording_url:
        watch = link("Watch the recording", session.recording_url, emoji="🎬")
        return Reply(
            content=f"**{title}** is over. Here is the recording: {address(session.recording_url)}",
            view=buttons([[watch]]),
        )
    later = " `/stream` shows the recording when it is up." if session.recorded else ""
    return Reply(content=f"**{title}** is over.{later}", view=buttons([[tell_button(session, now)]]))
