"""The short posts of a session: how long it is until it starts, what comes first, where to go."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.reminders import ANNOUNCE, MOVED_UP, START, Reminder, minutes_before
from bot.domain.rsvps import Answer, choices
from bot.domain.sessions import Mode, Session, Talk
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.rsvps import emoji, label
from bot.ui.text import safe, shorten, stamp
from bot.ui.views import Component, Style, button, buttons, link

LATE = timedelta(minutes=2)
LINK_SHOWN = timedelta(minutes=15)  # from here on the stream is worth opening

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def marker(reminder: Reminder) -> str:
    """How the ids of the post's buttons begin, and no other post's: by it the post is found again."""
    if reminder.kind == ANNOUNCE:
        return f"rsvp:{reminder.session_id}:"
    return f"rm:{reminder.key}:"


def reminder_post(session: Session, reminder: Reminder, now: datetime) -> Reply:
    """The reminder as it is true at `now`, however late it is."""
    lines = [
        _heading(session, now),
        f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})",
        *_first_talk(session),
        *_where(session, now),
    ]
    if now - reminder.due_at > LATE:
        lines.append("-# This reminder comes a little late, sorry.")
    answers = [_choice(reminder, answer, label(session.mode, answer)) for answer in choices(session.mode)]
    stream = link("Watch the stream", _stream(session, now), emoji="📺")
    return Reply(content=_content(lines), view=buttons([answers, [stream]]))


def moved_up(session: Session, reminder: Reminder) -> Reply:
    """To a person whose place on the waiting list has become a seat."""
    lines = [
        f"🎉 **You have a seat now:** {safe(session.title)}",
        "Somebody else cannot come, and you were next on the waiting list.",
        f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})",
        *_place(session),
    ]
    decline = _choice(reminder, Answer.DECLINED, "I can't come after all")
    return Reply(content=_content(lines), view=buttons([[decline, link("Open the session", _card_url(session))]]))


def pinging(reply: Reply, role_id: int | None) -> Reply:
    """`reply` with the role's mention before it; whether it pings is up to the allowed mentions of the sending."""
    if role_id is None:
        return reply
    mention = f"<@&{role_id}>"
    return replace(reply, content=f"{mention} {reply.content}" if reply.content else mention)


def name(kind: str) -> str:
    """What moderators call a post of this kind: "1-hour reminder"."""
    minutes = minutes_before(kind)
    if minutes is not None:
        return f"{_amount(timedelta(minutes=minutes)).replace(' ', '-')} reminder".replace("s ", " ")
    return {ANNOUNCE: "announcement", START: "“we are starting” post", MOVED_UP: "message about a free seat"}[kind]


def to_moderators(session: Session, reminder: Reminder, what: str) -> str:
    """A sentence about one post for the log channel; `what` goes on after its name: "was not posted: …"."""
    person = f" to <@{reminder.user_id}>" if reminder.user_id is not None else ""
    return f"⚠️ The {name(reminder.kind)}{person} of **{safe(session.title, 100)}** {what}"


def _heading(session: Session, now: datetime) -> str:
    title = safe(session.title)
    left = session.starts_at - now
    if left > timedelta():
        return f"⏰ **Starts in {_amount(left)}: {title}**"
    return f"▶️ **{'We are starting' if -left <= LATE else 'We have started'}: {title}**"


def _amount(span: timedelta) -> str:
    """In words, as exact as it matters at that distance: minutes up to three hours, hours up to a day and a half."""
    hours, minutes = divmod(max(round(span / _MINUTE), 1), 60)
    if span < 3 * _HOUR:
        return " ".join(filter(None, (_many(hours, "hour"), _many(minutes, "minute"))))
    if span < 1.5 * _DAY:
        return _many(round(span / _HOUR), "hour")
    return _many(round(span / _DAY), "day")


def _many(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}" if count else ""


def _first_talk(session: Session) -> list[str]:
    if not session.talks:
        return []
    talk = session.talks[0]
    at = f" at {stamp(talk.starts_at, 't')}" if talk.starts_at is not None else ""
    return [f"🎤 First{at}: {safe(talk.title, 200)}{_by(talk)}"]


def _by(talk: Talk) -> str:
    people = [
        safe(speaker.name, 80) + (f" ({safe(speaker.affiliation, 80)})" if speaker.affiliation else "")
        for speaker in talk.speakers
    ]
    return f" — {shorten(', '.join(people), 400)}" if people else ""


def _where(session: Session, now: datetime) -> list[str]:
    lines = _place(session)
    if session.mode is not Mode.IN_PERSON or session.streamed:
        lines.append(f"🌐 {_online(session, now)}")
    return lines


def _place(session: Session) -> list[str]:
    if session.mode is Mode.ONLINE:
        return []
    place = ", ".join(safe(part, 150) for part in (session.venue, session.city) if part)
    return [f"📍 {place}"] if place else []


def _online(session: Session, now: datetime) -> str:
    if _stream(session, now):
        return "Online: the button below opens the stream"
    if session.stream_url and now < session.starts_at:
        return "Online: `/stream` shows the link, and the last reminder brings it too"
    return "Online: the link is not known yet; `/stream` shows it as soon as it is"


def _stream(session: Session, now: datetime) -> str | None:
    return session.stream_url if session.starts_at - now <= LINK_SHOWN else None


def _choice(reminder: Reminder, answer: Answer, words: str) -> Component:
    style = Style.PRIMARY if answer in {Answer.IN_PERSON, Answer.ONLINE} else Style.SECONDARY
    custom_id = f"{marker(reminder)}{reminder.session_id}:{answer.value}"
    return button(words, custom_id, emoji=emoji(answer), style=style)


def _card_url(session: Session) -> str | None:
    if session.card is None:
        return None
    return f"https://discord.com/channels/{session.guild_id}/{session.card.channel_id}/{session.card.message_id}"


def _content(lines: list[str]) -> str:
    # Room for the mention of the role, which comes before it.
    return shorten("\n".join(lines), limits.MESSAGE_CONTENT - 30)
