"""Stars on talks, the answer to `/my agenda`, and the switch for messages before talks."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.domain.agenda import Agenda, Entry, Reminding, Starred, Starring, blocks
from bot.domain.reminders import TALK_OFFSET
from bot.domain.rsvps import Rsvp
from bot.domain.sessions import Phase, Session, Talk, TalkId
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.rsvps import emoji, label
from bot.ui.sessions import COLOR, date
from bot.ui.text import address, listed, safe, stamp
from bot.ui.views import Component, Option, Style, button, buttons, select

STAR = "⭐"
LIST = 3500

_ASK = (
    "Shall I send you a direct message 10 minutes before each talk that you star? I do that only if you press the "
    "button."
)
_CLOSED = (
    "⚠️ I have turned your messages before talks off, because Discord did not let them reach you. Allow direct "
    "messages in the privacy settings of this server, then press the button to turn them on again."
)


def star_button(talk: Talk, *, starred: bool) -> Component:
    """The press sets what the button says; the same press again changes nothing."""
    if starred:
        return button("On your agenda: take it off", f"star:{talk.id}:off", emoji=STAR, style=Style.SUCCESS)
    return button("Put it on my agenda", f"star:{talk.id}:on", emoji=STAR)


def star_menu(talks: Sequence[Talk], starred: frozenset[TalkId]) -> Component | None:
    """Stars for a list of talks; the value of an option is what the button of `star_button` carries."""
    options = [
        Option(f"{STAR} {talk.position}. {talk.title}", f"{talk.id}:off", "On your agenda. Choose it to take it off")
        if talk.id in starred
        else Option(f"{talk.position}. {talk.title}", f"{talk.id}:on", "Choose it to put it on your agenda")
        for talk in talks
    ]
    return select("star-pick", f"{STAR} Put talks on your agenda", options)


def note(starring: Starring, now: datetime) -> str:
    """What became of a press on a star, for the person alone."""
    title, on = f"**{safe(starring.talk.title, 200)}**", starring.talk.id in starring.stars
    if starring.outcome is Starred.REPEATED:
        return "This press came in after a newer one of yours, so the newer one stands."
    already = " already" if starring.outcome is Starred.SAME else ""
    if not on:
        return f"{title} was not on your agenda." if already else f"{title} is off your agenda."
    words = f"{STAR} {title} is on your agenda{already}: `/my agenda`."
    more = _about_messages(starring, now)
    return f"{words}\n{more}" if more else words


def note_buttons(starring: Starring) -> list[Component]:
    """Below `note`: the question whether to be told, where it is to be asked."""
    if starring.talk.id not in starring.stars or starring.outcome is Starred.REPEATED:
        return []
    if starring.reminding is Reminding.CLOSED or (
        starring.reminding is Reminding.NEVER_ASKED and starring.outcome is Starred.SET
    ):
        return [_switch_on("remind")]
    return []


def reminding_set(state: Reminding) -> Reply:
    """The wish for messages was stored."""
    if state is Reminding.ON:
        return Reply(
            content="🔔 I send you a direct message 10 minutes before each talk with your star. "
            "Talks whose start nobody has fixed yet get theirs when it is.",
            view=buttons([[_switch_off("remind")]]),
        )
    return Reply(content="🔕 You get no messages before talks any more. Your stars stay.")


def agenda(found: Agenda, now: datetime) -> Reply:
    """What is on one's agenda, in order of time, with the ways to change it."""
    parts = [_coming(found, now)]
    if found.reminding is Reminding.CLOSED:
        parts.insert(0, _CLOSED)
    embed = discord.Embed(title="Your agenda", description="\n\n".join(parts), color=COLOR)
    if found.past:
        past = "\n".join(line for entry in found.past for line in _past(entry))
        embed.add_field(name="Over", value=listed(past.split("\n"), limits.FIELD_VALUE), inline=False)
    embed.set_footer(text="Only you see this.")
    switch = _switch_off("my-remind") if found.reminding is Reminding.ON else _switch_on("my-remind")
    rows = ([_unstar_menu(found)], [_answer_menu(found, now)], [switch])
    return Reply(embeds=(embed,), view=buttons(rows))


def _about_messages(starring: Starring, now: datetime) -> str:
    starts_at = starring.talk.starts_at
    if starring.session.phase(now) in (Phase.OVER, Phase.CANCELLED):
        return ""
    if starring.reminding is Reminding.CLOSED:
        return _CLOSED
    if starring.reminding is Reminding.NEVER_ASKED and starring.outcome is Starred.SET:
        return _ASK
    if starring.reminding is not Reminding.ON:
        return ""
    if starts_at is None:
        return "🔔 Its start is not fixed yet. As soon as it is, you get a message 10 minutes before."
    if starts_at - TALK_OFFSET < now:
        return f"It starts {stamp(starts_at, 'R')}, so there is no message before it." if now < starts_at else ""
    return f"🔔 You get a message {stamp(starts_at - TALK_OFFSET, 'R')}, 10 minutes before it."


def _coming(found: Agenda, now: datetime) -> str:
    if not found.coming:
        return (
            f"Nothing is on your agenda. Press {STAR} on a talk (`/talk`) or answer to a session (`/rsvp`), and it "
            "stands here."
        )
    sections = [line for entry in found.coming for line in _section(entry, now)]
    if found.more_coming:
        sections.append("… and more sessions after these")
    return listed(sections, LIST)


def _section(entry: Entry, now: datetime) -> list[str]:
    session = entry.session
    marks = {Phase.CANCELLED: " 🚫 cancelled", Phase.RUNNING: " 🔴 on right now"}
    head = f"**{safe(session.title, 120)}**{marks.get(session.phase(now), '')}"
    lines = [head, f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})"]
    if entry.rsvp is not None:
        lines.append(_answer(session, entry.rsvp))
    return [*lines, *(_talk_line(talk) for talk in _in_order(entry))]


def _answer(session: Session, rsvp: Rsvp) -> str:
    assert rsvp.answer is not None
    line = f", number {rsvp.waiting} on the waiting list" if rsvp.waiting is not None else ""
    return f"{emoji(rsvp.answer)} {label(session.mode, rsvp.answer)}{line}"


def _talk_line(talk: Talk) -> str:
    at = f"{stamp(talk.starts_at, 't')} ({stamp(talk.starts_at, 'R')}) " if talk.starts_at else ""
    return f"{STAR} {at}{safe(talk.title, 120)}" + ("" if at else " (start not fixed yet)")


def _past(entry: Entry) -> list[str]:
    session = entry.session
    lines = [f"**{safe(session.title, 100)}** {stamp(session.starts_at, 'd')}"]
    for talk in entry.talks:
        links = [("slides", talk.slides_url), ("recording", talk.recording_url or session.recording_url)]
        shown = ", ".join(f"{name}: {address(url)}" for name, url in links if url)
        lines.append(f"{STAR} {safe(talk.title, 100)}" + (f" ({shown})" if shown else ""))
    return lines


def _in_order(entry: Entry) -> list[Talk]:
    starred = {talk.id for talk in entry.talks}
    return [talk for block in blocks(entry.session) for talk in block.talks if talk.id in starred]


def _unstar_menu(found: Agenda) -> Component | None:
    entries = (*found.coming, *found.past)
    options = [Option(talk.title, talk.id, entry.session.title) for entry in entries for talk in _in_order(entry)]
    return select("unstar-pick", "Take a talk off your agenda", options)


def _answer_menu(found: Agenda, now: datetime) -> Component | None:
    open_ones = [entry.session for entry in found.coming if entry.session.phase(now) is not Phase.CANCELLED]
    options = [Option(session.title, session.id, date(session)) for session in open_ones]
    return select("my-answer", "See or change your answer to a session", options)


def _switch_on(name: str) -> Component:
    return button("Remind me by direct message", f"{name}:on", emoji="🔔", style=Style.PRIMARY)


def _switch_off(name: str) -> Component:
    return button("No more messages before talks", f"{name}:off", emoji="🔕")
