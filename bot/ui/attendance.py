"""What moderators see of the people of a session: the list, the file, and what became of a change."""

import csv
import io
from datetime import UTC, datetime

import discord

from bot.domain.admission import Admission
from bot.domain.attendance import PAGE, Attendance, Attendee, Settled
from bot.domain.audit import Actor
from bot.domain.rsvps import Answer, Change, Outcome
from bot.domain.sessions import Mode, Session
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.rsvps import WAITING_EMOJI, emoji, group, label
from bot.ui.sessions import COLOR
from bot.ui.text import plain, safe, stamp
from bot.ui.views import Component, Style, button, buttons

PAGES = "attendees"
SET_DEADLINE = "deadline-set"
LIFT = "attendee-lift"
LIFTED = ONLY, LENDING, DEADLINE = "only", "lending", "deadline"

HEADER = ("Name", "Person", "Answer", "Waiting list", "Answered (UTC)", "Checked in (UTC)", "Checked in by")
# What a spreadsheet takes for the beginning of a formula, and the full-width forms of it.
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def people(found: Attendance) -> Reply:
    """A page of the list, with the buttons to the others."""
    session = found.session
    embed = discord.Embed(title=f"People of {safe(session.title, 200)}", description=_lines(found), color=COLOR)
    page, pages = found.first // PAGE, max(-(-found.total // PAGE), 1)
    people = "1 person" if found.total == 1 else f"{found.total:,} people"
    embed.set_footer(text=f"Page {page + 1} of {pages} · {people} · {found.checked_in:,} checked in")
    before = _page_button(session, page - 1, "Back", "◀️") if page else None
    after = _page_button(session, page + 1, "More", "▶️") if page + 1 < pages else None
    return Reply(embeds=(embed,), view=buttons([[before, after]]))


def export(found: Attendance) -> Reply:
    """All people as a file that spreadsheets open; nothing in it is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([cell(value) for value in _row(found.session, person)] for person in found.people)
    content = io.BytesIO(text.getvalue().encode("utf-8-sig"))  # without the mark, Excel reads it as Latin-1
    return Reply(
        content=f"The {found.total:,} people of **{safe(found.session.title)}**, for you alone. "
        "It holds personal data: please delete it when you no longer need it.",
        files=(discord.File(content, filename=f"people-{found.session.slug}.csv"),),
    )


def cell(value: str) -> str:
    """A text that a spreadsheet shows as it is: behind a quotation mark where it would be read as a formula."""
    visible = value.lstrip(" \u00a0\u3000\ufeff\u200b")
    return f"'{value}" if visible[:1] in _FORMULA and visible else value


def placed(settled: Settled, outcome: Outcome, person: Actor) -> Reply:
    """What a moderator did about one person."""
    who, title = safe(person.name, 60), safe(settled.session.title, 150)
    if outcome.change is Change.REPEATED:
        return Reply(content=f"Nothing was changed: {who} has answered anew in the meantime.")
    if outcome.answer is None:
        gone = "is off the list of" if outcome.change is Change.WITHDRAWN else "was not on the list of"
        lines = [f"**{who}** {gone} **{title}**."]
    else:
        stands = "stands already as" if outcome.change is Change.SAME else "is now"
        lines = [f"**{who}** {stands} “{_state(settled.session, outcome)}” at **{title}**."]
    if outcome.change is Change.SEATED:
        lines.append("I tell this person about the seat.")
    return Reply(content="\n".join([*lines, *_followed(settled)]))


def checked_in(session: Session, person: Actor, *, done: bool, undo: bool) -> Reply:
    who, title = safe(person.name, 60), safe(session.title, 150)
    if undo:
        return Reply(content=f"**{who}** is {'no longer' if done else 'not'} checked in at **{title}**.")
    return Reply(content=f"✅ **{who}** is checked in at **{title}**{'' if done else ' already'}.")


def capacity_set(settled: Settled) -> Reply:
    session = settled.session
    if session.capacity is None:
        lines = [f"**{safe(session.title, 150)}** has no limit of seats now."]
    else:
        lines = [f"**{safe(session.title, 150)}** has {_seats(session.capacity)} now."]
        if session.seats is None:
            lines.append("It is online only, so nobody needs one.")
    return Reply(content="\n".join([*lines, *_followed(settled)]))


def followed(settled: Settled) -> list[str]:
    """What else came of another number of seats, for answers that tell more than that."""
    return _followed(settled)


def changed(settled: Settled, what: str) -> Reply:
    """A change of how the session takes answers; `what` says which."""
    return Reply(content="\n".join([what, *_followed(settled), "", *terms(settled.session, settled.admission)]))


def overview(found: Attendance) -> Reply:
    """How the session takes answers, with the buttons that take a choice back."""
    session, chosen = found.session, found.admission
    seats = "no limit" if session.seats is None else f"{found.counts.get(Answer.IN_PERSON, 0)} of {session.seats}"
    online = "Online only: nobody needs a seat"
    taken = online if session.mode is Mode.ONLINE else f"Seats: {seats}; waiting: {found.waiting}"
    lines = [f"**{safe(session.title, 150)}**", taken]
    lift = [
        _lift(session, DEADLINE, "Take the deadline away") if chosen.deadline_at else None,
        _lift(session, ONLY, "Let everybody answer") if chosen.only_role_id else None,
        _lift(session, LENDING, "Stop lending the role") if chosen.lend_role_id else None,
    ]
    return Reply(content="\n".join([*lines, *terms(session, chosen)]), view=buttons([lift]))


def terms(session: Session, chosen: Admission) -> list[str]:
    """How answers are taken, as a list."""
    until = chosen.deadline_at or session.ends_at
    opened = "closed" if chosen.closed else f"taken until {stamp(until)}"
    offers = f"offered for {chosen.offer_minutes} minutes" if chosen.offer_minutes else "given to the next person"
    lines = [f"- Answers are {opened}", f"- Free seats are {offers}"]
    if chosen.only_role_id is not None:
        lines.append(f"- Only people with <@&{chosen.only_role_id}> can come")
    if chosen.lend_role_id is not None:
        start = f"{chosen.lend_minutes} minutes before the start" if chosen.lend_minutes else "as soon as they answer"
        lines.append(f"- <@&{chosen.lend_role_id}> is lent to those who come, from {start} to the end")
    return lines


def confirm_deadline(session: Session, deadline_at: datetime) -> Reply:
    """Shown before anything is saved: a time that was typed may have been meant otherwise."""
    save = button("Save", f"{SET_DEADLINE}:{session.id}:{int(deadline_at.timestamp())}", style=Style.SUCCESS)
    return Reply(
        content=f"Take answers to **{safe(session.title, 150)}** until {stamp(deadline_at, 'F')} "
        f"({stamp(deadline_at, 'R')})? Nothing is saved yet.",
        view=buttons([[save]]),
    )


def _lines(found: Attendance) -> str:
    lines: list[str] = []
    heading = ""
    for person in found.people:
        if (its := _heading(found, person)) != heading:
            heading = its
            lines += ["", f"**{its}**"] if lines else [f"**{its}**"]
        lines.append(_line(person))
    if not lines:
        return "Nobody has answered yet."
    return "\n".join(lines)[: limits.EMBED_DESCRIPTION]


def _heading(found: Attendance, person: Attendee) -> str:
    if person.answer is None:
        return f"🚶 Checked in without an answer · {found.walk_ins}"
    if person.waiting is not None:
        return f"{WAITING_EMOJI} Waiting list · {found.waiting}"
    seats = f" of {found.session.seats}" if person.answer is Answer.IN_PERSON and found.session.seats else ""
    name = group(found.session.mode, person.answer)
    return f"{emoji(person.answer)} {name} · {found.counts.get(person.answer, 0)}{seats}"


def _line(person: Attendee) -> str:
    place = f"{person.waiting}\\. " if person.waiting is not None else ""
    kept = f" 🎟️ offered until {stamp(person.kept_until, 't')}" if person.kept_until else ""
    there = f" ✅ {stamp(person.checked_in_at, 't')}" if person.checked_in_at else ""
    return f"{place}{safe(person.name, 60)} (<@{person.user_id}>){kept}{there}"


def _row(session: Session, person: Attendee) -> tuple[str, ...]:
    # The id as a mention: a bare number of 18 digits is rounded by spreadsheets.
    return (
        plain(person.name, 100),
        f"<@{person.user_id}>",
        "" if person.answer is None else label(session.mode, person.answer),
        "" if person.waiting is None else str(person.waiting),
        _utc(person.answered_at),
        _utc(person.checked_in_at),
        "" if person.door is None else person.door.value,
    )


def _utc(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _state(session: Session, outcome: Outcome) -> str:
    assert outcome.answer is not None
    name = label(session.mode, outcome.answer)
    return f"{name}, number {outcome.waiting} on the waiting list" if outcome.waiting is not None else name


def _followed(settled: Settled) -> list[str]:
    """What else came of it."""
    lines = []
    if settled.moved:
        who = "One person has moved" if settled.moved == 1 else f"{settled.moved:,} people have moved"
        lines.append(f"{who} up from the waiting list and will be told.")
    if settled.offered:
        who = "One person is" if settled.offered == 1 else f"{settled.offered:,} people are"
        lines.append(f"{who} offered a free seat by direct message.")
    if settled.over:
        more = "person has" if settled.over == 1 else "people have"
        lines.append(
            f"{settled.over:,} more {more} a seat than there are seats: nobody loses one, and free seats go to the "
            "waiting list only when there are enough."
        )
    if settled.kept and settled.kept_until:
        beyond = "is" if settled.kept == 1 else "are"
        lines.append(
            f"{_seats(settled.kept)} beyond that {beyond} still on offer until {stamp(settled.kept_until)}: whoever "
            "takes one has it."
        )
    return lines


def _seats(number: int) -> str:
    return "1 seat" if number == 1 else f"{number:,} seats"


def _page_button(session: Session, page: int, words: str, sign: str) -> Component:
    return button(words, f"{PAGES}:{session.id}:{page}", emoji=sign)


def _lift(session: Session, kind: str, words: str) -> Component:
    return button(words, f"{LIFT}:{session.id}:{kind}")
