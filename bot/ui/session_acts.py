"""What moderators are told before and after they change, cancel or delete a session, and the list of all of them."""

from datetime import datetime

from bot.domain.attendance import Settled
from bot.domain.plans import Listed, Listing
from bot.domain.sessions import Mode, Session, Status
from bot.ui import limits
from bot.ui.attendance import followed
from bot.ui.notices import place
from bot.ui.reply import Reply
from bot.ui.session_forms import MODES, NEVER_MIND, deadline_moved, told, when
from bot.ui.text import safe, shorten, stamp
from bot.ui.views import Style, button, buttons

CANCEL_ASK, CANCEL_DONE = "cancel-ask", "cancel-done"
DELETE_ASK, DELETE_DONE = "delete-ask", "delete-done"
LIST = "session-list"

REOPENED = "you bring it back with `/session reopen`"
QUIET = "Its posts ping nobody, since you may not ping the role yourself"

Deadline = tuple[datetime | None, datetime | None]  # the one for answers, before and after

_PLAIN = {"title": "Title", "theme": "Theme", "zone": "Time zone", "foreword": "Foreword"}


def changed(
    before: Session, after: Session, count: int, deadline: Deadline = (None, None), seats: Settled | None = None
) -> Reply:
    """What is different now, and what came of another number of seats."""
    lines = _differences(before, after)
    if not lines:
        return Reply(content=f"**{safe(after.title)}** is as it was: there was nothing to change.")
    words = [f"✅ **{safe(after.title)}** is changed, and its card follows.", *lines]
    came = followed(seats) if seats is not None else []
    people = [told(count, "you change it back")] if count or not came else []
    words += [*deadline_moved(before, after, *deadline), *people, *came]
    return Reply(content=shorten("\n".join(words), limits.MESSAGE_CONTENT))


def moved_already(session: Session) -> Reply:
    return Reply(content=f"✅ **{safe(session.title)}** is moved already.\n{when(session)}")


def delayed(before: Session, after: Session, count: int, deadline: Deadline = (None, None)) -> Reply:
    minutes = round((after.ends_at - before.ends_at).total_seconds() / 60)
    moved = sum(old.starts_at != new.starts_at for old, new in zip(before.talks, after.talks, strict=True))
    talks = f" {moved} talk{' begins' if moved == 1 else 's begin'} later, too." if moved else ""
    lines = [
        f"⏱️ **{safe(after.title)}** runs {minutes} minutes late.{talks}",
        *_differences(before, after),
        *deadline_moved(before, after, *deadline),
        told(count, "you move it back"),
    ]
    return Reply(content="\n".join(lines))


def ask_cancel(session: Session, coming: int, draft_id: str, reason: str | None) -> Reply:
    lines = [f"Cancel **{safe(session.title)}**?", when(session), *([f"Why: {safe(reason, 300)}"] if reason else [])]
    lines.append(f"Its reminders stop, and the card says so. {told(coming, REOPENED)}")
    row = [
        button("Cancel the session", f"{CANCEL_DONE}:{draft_id}", emoji="🚫", style=Style.DANGER),
        button("Keep it", NEVER_MIND),
    ]
    return Reply(content="\n".join(lines), view=buttons([row]))


def cancelled(session: Session, count: int) -> Reply:
    return Reply(
        content=f"🚫 **{safe(session.title)}** is cancelled, and its card says so. {told(count, REOPENED)}\n"
        "`/session reopen` brings it back."
    )


def reopened(session: Session, count: int) -> Reply:
    news = told(count, "you cancel it again")
    return Reply(content=f"✅ **{safe(session.title)}** takes place after all. {news}\n{when(session)}")


def announced(session: Session, channel_id: int | None, *, quiet: bool) -> Reply:
    if channel_id is None:
        words = "No announcement channel is chosen: give the option `channel`, or choose one in the settings."
        return Reply(content=f"**{safe(session.title)}** cannot be posted yet. {words}")
    silent = f" {QUIET}." if quiet else ""
    return Reply(content=f"📣 The card of **{safe(session.title)}** comes in <#{channel_id}>.{silent}")


def ask_delete(session: Session, answers: int, coming: int, *, upcoming: bool) -> Reply:
    """The first question."""
    lines = [f"Delete **{safe(session.title)}**?", when(session), _lost(session, answers)]
    cancel = None
    if upcoming and coming:
        lines.append(
            "Nobody would be told. If it does not take place, cancel it instead: then all who come or wait for a seat"
            " are told."
        )
        cancel = button("Cancel it instead", f"{CANCEL_ASK}:{session.id}", style=Style.PRIMARY)
    go_on = button("Delete it …", f"{DELETE_ASK}:{session.id}", emoji="🗑️", style=Style.DANGER)
    return Reply(content="\n".join(lines), view=buttons([[go_on, cancel, button("Keep it", NEVER_MIND)]]))


def ask_delete_again(session: Session, answers: int) -> Reply:
    """The second question."""
    row = [
        button("Yes, delete it for good", f"{DELETE_DONE}:{session.id}", emoji="🗑️", style=Style.DANGER),
        button("Keep it", NEVER_MIND),
    ]
    words = f"Really? **{safe(session.title)}** cannot be brought back. {_lost(session, answers)}"
    return Reply(content=words, view=buttons([row]))


def deleted(session: Session) -> Reply:
    return Reply(content=f"🗑️ **{safe(session.title)}** is deleted, with its talks, answers and reminders.")


def listing(found: Listing) -> Reply:
    """A page of all sessions."""
    if not found.total:
        return Reply(content="There is no session yet. `/session create` makes one.")
    lines = [f"**{found.total} session{'' if found.total == 1 else 's'}**, those to come first"]
    lines += [_line(listed) for listed in found.sessions]
    row = []
    if found.pages > 1:
        lines.append(f"-# Page {found.page + 1} of {found.pages}")
        row = [
            button("Back", f"{LIST}:{found.page - 1}", emoji="◀️") if found.page else None,
            button("On", f"{LIST}:{found.page + 1}", emoji="▶️") if found.page + 1 < found.pages else None,
        ]
    return Reply(content="\n".join(lines), view=buttons([row]))


def _line(listed: Listed) -> str:
    session = listed.session
    # The list is rendered at the moment it was read: what is past is past.
    state = " · 🚫 cancelled" if session.status is Status.CANCELLED else ""
    people = f" · {listed.coming} coming" if listed.coming else ""
    return f"• {stamp(session.starts_at)} **{safe(session.title, 80)}**{state}{people}"


def _lost(session: Session, answers: int) -> str:
    talks = len(session.talks)
    parts = [f"{talks} talk{'' if talks == 1 else 's'}", f"{answers} answer{'' if answers == 1 else 's'} of people"]
    return f"Its {' and '.join(parts)} go with it, and so does its card."


def _differences(before: Session, after: Session) -> list[str]:
    lines = [_text(name, words, before, after) for name, words in _PLAIN.items()]
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        lines.append(f"Time: {_span(after)}; before: {_span(before)}")
    where, was = place(after.venue, after.city), place(before.venue, before.city)
    if where != was:
        lines.append(f"Place: {where or 'none'}; before: {was or 'none'}")
    if before.mode is not after.mode:
        lines.append(f"{_mode(after.mode)}; before: {_mode(before.mode)}")
    if before.capacity != after.capacity:
        lines.append(f"Seats in person: {_seats(after.capacity)}; before: {_seats(before.capacity)}")
    if before.channel_id != after.channel_id:
        channel = f"<#{after.channel_id}>" if after.channel_id else "the usual one of this server"
        lines.append(f"Channel for card and reminders: {channel}")
    if before.quiet != after.quiet:
        lines.append(QUIET if after.quiet else "Its posts ping the role again")
    return [f"• {line}" for line in lines if line]


def _text(name: str, words: str, before: Session, after: Session) -> str:
    old, new = getattr(before, name), getattr(after, name)
    return "" if old == new else f"{words}: {safe(new, 200) if new else 'none'}"


def _span(session: Session) -> str:
    return f"{stamp(session.starts_at, 'F')} to {stamp(session.ends_at, 't')}"


def _mode(mode: Mode) -> str:
    return MODES[mode]


def _seats(capacity: int | None) -> str:
    return "no limit" if capacity is None else f"{capacity:,}"
