"""What the moderators are told about a card that can no longer be kept up to date."""

from bot.domain.sessions import Session
from bot.ui.text import safe


def deleted(session: Session) -> str:
    """The card is gone, and nobody posts it again by himself: it may have been deleted on purpose."""
    return (
        f"⚠️ The card of **{_title(session)}** was deleted, so its buttons are gone. "
        "`/session announce` posts it again; all answers are kept."
    )


def forbidden(session: Session) -> str:
    return (
        f"⚠️ I may not edit the card of **{_title(session)}**{_where(session)}, so it does not show the latest answers. "
        "Please allow me View Channel, Send Messages and Embed Links there; I try again every ten minutes."
    )


def refused(session: Session, code: int) -> str:
    return (
        f"⚠️ Discord refused a change of the card of **{_title(session)}**{_where(session)} (code {code}), so it may "
        "not show the latest. `/session announce` posts it anew; if that fails too, my log has the details."
    )


def _title(session: Session) -> str:
    return safe(session.title, 100)


def _where(session: Session) -> str:
    return f" in <#{session.card.channel_id}>" if session.card is not None else ""
