"""The short posts of a session: how long it is until it starts, what comes first, where to go."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.reminders import (
    ANNOUNCE,
    CHANGED,
    MOVED_UP,
    RECORDING,
    SEAT_OFFER,
    START,
    Reminder,
    minutes_before,
    talk_of,
)
from bot.domain.rsvps import Answer, choices
from bot.domain.sessions import Mode, Session, Talk
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.rsvps import WITHDRAW, emoji, label
from bot.ui.streams import is_streamed
from bot.ui.text import address, safe, shorten, stamp
from bot.ui.views import Component, Style, button, buttons, link
from bot.ui.watch import watch_button

LATE = timedelta(minutes=2)
LINK_SHOWN = timedelta(minutes=15)  # from here on the stream is worth opening

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def marker(reminder: Reminder) -> str:
    """How the ids of the post's buttons begin, and no other post's: by it the post is found again."""
    if reminder.kind == ANNOUNCE:
        return f"rsvp:{reminder.session_id}:"
    if talk_of(reminder.kind) is not None:
        return f"talk-rm:{reminder.key}:"
    if reminder.kind == RECORDING:
        return f"{RECORDING}:{reminder.key}:"
    return f"rm:{reminder.key}:"


def expected_marker(post: Reply, reminder: Reminder) -> str | None:
    """The marker, if a button of `post` carries it: one that has links alone, or no button, cannot be told by it."""
    rows = post.view.to_components() if post.view is not None else []
    ids = (component.get("custom_id", "") for row in rows for component in row["components"])
    mark = marker(reminder)
    return mark if any(custom_id.startswith(mark) for custom_id in ids) else None


def reminder_post(session: Session, reminder: Reminder, now: datetime) -> Reply:
    """The reminder as it is true at `now`, however late it is."""
    lines = [
        _heading(session, now),
        f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})",
        *_first_talk(session),
        *_where(session, now, live=True),
    ]
    if now - reminder.due_at > LATE:
        lines.append("-# This reminder comes a little late, sorry.")
    answers = [_choice(reminder, answer, label(session.mode, answer)) for answer in choices(session.mode)]
    watch = watch_button(session) if _watchable(session, now) else None
    return Reply(content=_content(lines), view=buttons([answers, [watch]]))


def seat_offer(session: Session, reminder: Reminder, until: datetime) -> Reply:
    """To a person on the waiting list for whom a seat is kept until then."""
    lines = [
        f"🎟️ **A seat is free for you:** {safe(session.title)}",
        f"I keep it for you until {stamp(until)} ({stamp(until, 'R')}).",
        "After that it goes to the next person, and your place on the waiting list is given up.",
        f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})",
        *_place(session),
    ]
    take = _choice(reminder, Answer.IN_PERSON, "Take it")
    leave = button("Pass", f"{marker(reminder)}{reminder.session_id}:{WITHDRAW}", emoji="👋")
    return Reply(content=_content(lines), view=buttons([[take, leave, link("Open the session", _card_url(session))]]))


def moved_up(session: Session, reminder: Reminder) -> Reply:
    """To a person whose place on the waiting list has become a seat."""
    lines = [
        f"🎉 **You have a seat now:** {safe(session.title)}",
        "A seat has become free, and you were next on the waiting list.",
        f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})",
        *_place(session),
    ]
    decline = _choice(reminder, Answer.DECLINED, "I can't come after all")
    return Reply(content=_content(lines), view=buttons([[decline, link("Open the session", _card_url(session))]]))


def talk_soon(session: Session, reminder: Reminder, now: datetime) -> Reply:
    """To a person who has starred a talk and asked to be told before it begins."""
    talk = next(talk for talk in session.talks if talk.id == talk_of(reminder.kind))
    starts_at = talk.starts_at or session.starts_at
    lines = [
        f"⏰ **Starts in {_amount(starts_at - now)}: {safe(talk.title)}**{_by(talk)}",
        f"🗓️ {stamp(starts_at, 't')} ({stamp(starts_at, 'R')}), at **{safe(session.title)}**",
        *_where(session, now),
        "-# You have starred this talk and asked for a message.",
    ]
    stop = button("No more messages before talks", f"{marker(reminder)}off", emoji="🔕")
    stream = link("Watch the stream", _stream(session, now), emoji="📺")
    return Reply(
        content=_content(lines), view=buttons([[stream, link("Open the session", _card_url(session))], [stop]])
    )


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
    if talk_of(kind) is not None:
        return "direct message about a talk"
    return {
        ANNOUNCE: "announcement",
        START: "“we are starting” post",
        MOVED_UP: "message about a free seat",
        SEAT_OFFER: "message that offers a seat",
        RECORDING: "message about the recording",
        CHANGED: "message about a change",
    }[kind]


def to_moderators(session: Session, reminder: Reminder, what: str) -> str:
    """A sentence about one post for the log channel; `what` goes on after its name: "was not posted: …"."""
    # Who has starred a talk, or waits for a recording, is nobody else's business.
    named = reminder.user_id is not None and talk_of(reminder.kind) is None and reminder.kind != RECORDING
    person = f" to <@{reminder.user_id}>" if named else ""
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


def _where(session: Session, now: datetime, *, live: bool = False) -> list[str]:
    """`live`: the post has the button that shows the link."""
    lines = _place(session)
    if session.mode is not Mode.IN_PERSON or session.streamed:
        lines.append(f"🌐 {_online(session, now, live=live)}")
    return lines


def _place(session: Session) -> list[str]:
    if session.mode is Mode.ONLINE:
        return []
    place = ", ".join(safe(part, 150) for part in (session.venue, session.city) if part)
    return [f"📍 {place}"] if place else []


def _online(session: Session, now: datetime, *, live: bool) -> str:
    if live and _watchable(session, now):
        if session.stream_url is None:
            return (
                "Online: the link is not known yet; **Watch live** below and `/stream` show it as soon as it is known"
            )
        return f"Online: press **Watch live** below\n-# Should the button not answer: <{address(session.stream_url)}>"
    if _stream(session, now):
        return "Online: the button below opens the stream"
    if session.stream_url and now < session.starts_at:
        return "Online: `/stream` shows the link, and the last reminder brings it too"
    return "Online: the link is not known yet; `/stream` shows it as soon as it is known"


def _stream(session: Session, now: datetime) -> str | None:
    return session.stream_url if session.starts_at - now <= LINK_SHOWN else None


def _watchable(session: Session, now: datetime) -> bool:
    """Whether it is time for the button that shows the link: then no new post is needed when the link changes."""
    return is_streamed(session) and session.starts_at - now <= LINK_SHOWN


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
