"""The answer to `/stream`: the link, when it will be there, or the recording; told as it is at this moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import discord

from bot.domain.lookup import Broadcast
from bot.domain.reminders import SHORT_OFFSET
from bot.domain.sessions import Mode, Phase, Session, Talk
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import address, listed, safe, stamp
from bot.ui.views import Component, buttons, link
from bot.ui.watch import tell_button


def stream(broadcast: Broadcast, now: datetime) -> Reply:
    """Where to watch a session, now or later."""
    session = broadcast.session
    phase = session.phase(now)
    words = {
        Phase.UPCOMING: _upcoming,
        Phase.RUNNING: _running,
        Phase.OVER: _over,
        Phase.CANCELLED: _cancelled,
    }[phase](broadcast, now)
    embed = discord.Embed(title=safe(session.title, limits.EMBED_TITLE), description=words, color=COLOR)
    recordings = _recordings(session.talks) if phase is Phase.OVER else ""
    if recordings:
        embed.add_field(name="Recordings of the talks", value=recordings, inline=False)
    return Reply(embeds=(embed,), view=buttons([[_main_button(session, phase), tell_button(session, now)]]))


def is_streamed(session: Session) -> bool:
    """Whether there is, or will be, anything to watch from elsewhere."""
    return session.streamed or session.mode is not Mode.IN_PERSON or session.stream_url is not None


def _upcoming(broadcast: Broadcast, now: datetime) -> str:
    session = broadcast.session
    starts = f"It starts {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})."
    if not is_streamed(session):
        return f"This session takes place in person only; it is not streamed. {starts}{_will_be_recorded(session)}"
    if session.stream_url:
        return f"📺 The stream will be here: {address(session.stream_url)}\n{starts}"
    return f"The link is not announced yet. {starts}\n{_when_posted(broadcast, now)}"


def _running(broadcast: Broadcast, _now: datetime) -> str:
    session = broadcast.session
    if not is_streamed(session):
        return f"This session is on right now, in person only; it is not streamed.{_will_be_recorded(session)}"
    until = f"It goes on until {stamp(session.ends_at, 't')}."
    if session.stream_url:
        return f"🔴 The session is on right now. Watch it here: {address(session.stream_url)}\n{until}"
    return (
        f"The session is on right now, but the link is not announced yet. {until}\n"
        "As soon as a moderator has set it, `/stream` shows it."
    )


def _over(broadcast: Broadcast, _now: datetime) -> str:
    session = broadcast.session
    if session.recording_url:
        return f"🎬 The session is over. Here is the recording: {address(session.recording_url)}"
    if session.recorded:
        return "The session is over. It was recorded, but the recording is not up yet. `/stream` shows it when it is."
    if any(talk.recording_url for talk in session.talks):
        return "The session is over. There is no recording of the whole of it, but of talks."
    return "The session is over. No recording was announced."


def _cancelled(broadcast: Broadcast, _now: datetime) -> str:
    recording = broadcast.session.recording_url
    return "🚫 This session was cancelled, there is no stream." + (f" {address(recording)}" if recording else "")


def _when_posted(broadcast: Broadcast, now: datetime) -> str:
    starts = broadcast.session.starts_at
    where = f"<#{broadcast.announce_channel_id}>" if broadcast.announce_channel_id else "the announcement channel"
    moments = f"at the start, {stamp(starts, 't')}"
    # The last reminders before the start carry the link; of these the first is what people wait for.
    late = [span for minutes in broadcast.reminder_minutes if (span := timedelta(minutes=minutes)) <= SHORT_OFFSET]
    if late and now < starts - max(late):
        moments = f"{max(late) // timedelta(minutes=1)} minutes before, {stamp(starts - max(late), 't')}, and {moments}"
    return f"As soon as a moderator has set it, `/stream` shows it; it is also posted in {where} {moments}."


def _will_be_recorded(session: Session) -> str:
    return " It is recorded, though: `/stream` shows the recording afterwards." if session.recorded else ""


def _recordings(talks: Sequence[Talk]) -> str:
    lines = [f"{safe(talk.title, 100)}: {address(talk.recording_url)}" for talk in talks if talk.recording_url]
    return listed(lines, limits.FIELD_VALUE, "… and {} more, see `/talk`")


def _main_button(session: Session, phase: Phase) -> Component | None:
    if phase is Phase.OVER:
        return link("Watch the recording", session.recording_url, emoji="🎬")
    if phase is Phase.CANCELLED:
        return None
    return link("Watch the stream", session.stream_url, emoji="📺")
