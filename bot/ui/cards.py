"""The card: the public message of a session, with who comes and the buttons to say so."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import discord

from bot.domain.admission import Admission
from bot.domain.rsvps import Answer, Roster, choices, is_open
from bot.domain.sessions import Mode, Phase, Session, Talk
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.rsvps import WAITING_EMOJI, choice_buttons, emoji, group
from bot.ui.text import NOTHING, address, safe, stamp
from bot.ui.views import Component, buttons, link
from bot.ui.watch import tell_button

# Shares of the 6000 characters that all texts of a message may have: 256 + 3000 + 5 x (60 + 450) + 100 = 5906.
DESCRIPTION = 3000
FIELD_NAME = 60
FIELD_VALUE = 450
SHUT = "No new answers are taken; you can still say that you can't come."
FOOTER = "Press a button to answer; a new press replaces your answer. /rsvp shows it."

_COLOURS = {
    Phase.UPCOMING: 0x5865F2,
    Phase.RUNNING: 0x23A55A,
    Phase.OVER: 0x80848E,
    Phase.CANCELLED: 0xDA373C,
}
_PEOPLE = 6  # speakers of one talk, or organizers, named before "and 2 more"


def card(session: Session, roster: Roster, now: datetime) -> Reply:
    """The card as it is true at `now`; without buttons once there is nothing more to answer."""
    takes_answers = is_open(session, now)
    embed = discord.Embed(
        title=_title(session, now),
        description=_description(session, roster.admission, now),
        colour=_COLOURS[session.phase(now)],
    )
    for name, value in _groups(session, roster):
        embed.add_field(name=name, value=value, inline=True)
    if takes_answers:
        embed.set_footer(text=SHUT if roster.admission.shut(now) else FOOTER)
        return Reply(embeds=(embed,), view=buttons([choice_buttons(session)]))
    return Reply(embeds=(embed,), view=buttons([_recordings(session, now)]))


def _recordings(session: Session, now: datetime) -> list[Component | None]:
    """What a card offers when its session is over: to watch it, or to be told when that is possible."""
    if session.phase(now) is not Phase.OVER:
        return []
    return [link("Watch the recording", session.recording_url, emoji="🎬"), tell_button(session, now)]


def _title(session: Session, now: datetime) -> str:
    mark = "Cancelled: " if session.phase(now) is Phase.CANCELLED else ""
    return mark + safe(session.title, limits.EMBED_TITLE - len(mark))


def _description(session: Session, admission: Admission, now: datetime) -> str:
    lines = [*_news(session, now), _when(session), *_where(session), *_terms(session, admission, now)]
    if session.organizers:
        organizers = [_person(organizer.name, organizer.affiliation) for organizer in session.organizers]
        lines.append(f"👥 Organized by {_some(organizers)}")
    return "\n".join([*lines, *_programme(session.talks, DESCRIPTION - len("\n".join(lines)))])


def _news(session: Session, now: datetime) -> list[str]:
    phase = session.phase(now)
    if phase is Phase.CANCELLED:
        why = [safe(session.cancel_reason, limits.FIELD_VALUE)] if session.cancel_reason else []
        return ["**This session was cancelled.** `/schedule` shows what comes next.", *why, ""]
    if phase is Phase.RUNNING:
        return ["**We are on.** `/stream` has the link." if _online(session) else "**We are on.**", ""]
    if phase is Phase.OVER:
        up = "Its recording is up." if session.recording_url else "`/schedule` shows what comes next."
        return [f"This session ended {stamp(session.ends_at, 'R')}. {up}", ""]
    return []


def _when(session: Session) -> str:
    starts, ends = session.starts_at, session.ends_at
    end = stamp(ends, "t" if (ends - starts).total_seconds() < 24 * 3600 else "f")
    return f"🗓️ {stamp(starts, 'F')} to {end} ({stamp(starts, 'R')})"


def _where(session: Session) -> list[str]:
    lines = []
    place = ", ".join(safe(part, 200) for part in (session.venue, session.city) if part)
    if place and session.mode is not Mode.ONLINE:
        lines.append(f"📍 {place}")
    if session.mode is Mode.ONLINE:
        lines.append("🌐 Online")
    elif _online(session):
        lines.append("🌐 Online, too: the stream is for everyone else")
    return lines


def _terms(session: Session, admission: Admission, now: datetime) -> list[str]:
    """Until when and from whom answers are taken, where it is not from everybody until the end."""
    if not is_open(session, now):
        return []
    lines = []
    if admission.closed:
        lines.append("🔒 Answers are closed")
    elif admission.deadline_at is not None:
        past = admission.shut(now)
        lines.append(f"{'🔒 Answers were taken' if past else '⏳ Please answer'} until {stamp(admission.deadline_at)}")
    if admission.only_role_id is not None:
        lines.append(f"🎫 For people with the role <@&{admission.only_role_id}>")
    return lines


def _online(session: Session) -> bool:
    return session.streamed or session.mode is not Mode.IN_PERSON


def _programme(talks: Sequence[Talk], room: int) -> list[str]:
    """The talks in order; those that do not fit are counted."""
    lines = ["", "**Programme**"]
    rest = room - len("\n\n**Programme**\n… and 1000 more: `/schedule`")
    for number, talk in enumerate(talks, 1):
        line = _talk(number, talk)
        rest -= len(line) + 1
        if rest < 0:
            return [*lines, f"… and {len(talks) - number + 1} more: `/schedule`"]
        lines.append(line)
    return lines if talks else []


def _talk(number: int, talk: Talk) -> str:
    at = f"{stamp(talk.starts_at, 't')} " if talk.starts_at is not None else ""
    people = [_person(speaker.name, speaker.affiliation) for speaker in talk.speakers]
    by = f" — {_some(people)}" if people else ""
    recorded = f"\n🎬 {address(talk.recording_url)}" if talk.recording_url else ""
    return f"{number}. {at}**{safe(talk.title, 200)}**{by}{recorded}"


def _person(name: str, affiliation: str | None) -> str:
    return f"{safe(name, 60)} ({safe(affiliation, 60)})" if affiliation else safe(name, 60)


def _some(people: Sequence[str]) -> str:
    more = [f"and {len(people) - _PEOPLE} more"] if len(people) > _PEOPLE else []
    return ", ".join([*people[:_PEOPLE], *more])


def _groups(session: Session, roster: Roster) -> Iterable[tuple[str, str]]:
    """Name and value of each field: the answers asked for, and others that people gave before the mode changed."""
    for answer in Answer:
        count, people = roster.counts.get(answer, 0), roster.names.get(answer, ())
        seatless = session.mode is Mode.ONLINE  # then nobody waits
        if answer is Answer.IN_PERSON and seatless:
            count, people = count + roster.waiting, (*people, *roster.waiting_names)
        if count or answer in choices(session.mode):
            heading = f"{emoji(answer)} {group(session.mode, answer)} · {count}"
            yield heading[:FIELD_NAME], _value(_seats(session, answer, roster), people, count)
        if answer is Answer.IN_PERSON and roster.waiting and not seatless:
            yield f"{WAITING_EMOJI} Waiting list · {roster.waiting}", _value("", roster.waiting_names, roster.waiting)


def _seats(session: Session, answer: Answer, roster: Roster) -> str:
    if answer is not Answer.IN_PERSON or session.seats is None:
        return ""
    waiting = f" · {roster.waiting} waiting" if roster.waiting else ""
    return f"{roster.counts.get(answer, 0)} of {session.seats} seats taken{waiting}"


def _value(seats: str, names: Sequence[str], count: int) -> str:
    lines = [line for line in (seats, _named(names, count, FIELD_VALUE - len(seats) - 1)) if line]
    return "\n".join(lines) or NOTHING


def _named(names: Sequence[str], count: int, room: int) -> str:
    """As many names as fit, then how many more there are."""
    shown: list[str] = []
    rest = room - len(" … and 5,000 more")
    for name in names:
        text = safe(name, 40)
        rest -= len(text) + 2
        if rest < 0:
            break
        shown.append(text)
    more = count - len(shown)
    if not shown:
        return ""
    return ", ".join(shown) + (f" … and {more:,} more" if more > 0 else "")
