"""What moderators see of a session's two links: the one of the stream and the one of the recording."""

from dataclasses import replace
from datetime import datetime

from bot.domain.lookup import Broadcast
from bot.domain.sessions import Phase, Session
from bot.ui.reply import Reply
from bot.ui.streams import stream
from bot.ui.text import address, safe, stamp
from bot.ui.views import Style, button, buttons

STREAM = "stream"
RECORDING = "recording"
KINDS = (STREAM, RECORDING)


def present(session: Session, kind: str) -> Reply:
    """The link as it stands, with the button that removes it."""
    url = _url(session, kind)
    title = safe(session.title, 100)
    if url is None:
        return Reply(
            content=f"The {kind} of **{title}** has no link yet. Set it with `/session {kind}` and the option `url`."
        )
    remove = button("Remove the link", f"link-clear:{session.id}:{kind}", emoji="🗑️", style=Style.DANGER)
    return Reply(
        content=f"The link of the {kind} of **{title}** is {address(url)}\n"
        f"To change it, give `/session {kind}` another `url`.",
        view=buttons([[remove]]),
    )


def saved(broadcast: Broadcast, kind: str, now: datetime) -> Reply:
    """The change is made; below it what members see from now on."""
    session = broadcast.session
    done = "is set" if _url(session, kind) else "is removed"
    words = f"The link of the {kind} of **{safe(session.title, 100)}** {done}.{_later(session, kind, now)}"
    return replace(stream(broadcast, now), content=f"{words} Who asks for `/stream` now gets this answer:")


def _later(session: Session, kind: str, now: datetime) -> str:
    phase = session.phase(now)
    if kind == RECORDING and session.recording_url and phase in (Phase.UPCOMING, Phase.RUNNING):
        return f" Members see it when the session is over, {stamp(session.ends_at, 'R')}."
    if kind == STREAM and session.stream_url and phase is Phase.OVER:
        return " The session is over, though, so members see the recording instead."
    return ""


def _url(session: Session, kind: str) -> str | None:
    return session.stream_url if kind == STREAM else session.recording_url
