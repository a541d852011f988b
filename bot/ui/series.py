"""What moderators see of sessions that repeat: what would be made, what is planned, what a change does to each."""

from collections.abc import Sequence
from datetime import date, datetime

import discord

from bot.domain.reminder_rules import minutes_words
from bot.domain.reminder_rules import rule_words as reminders_words
from bot.domain.repeats import Act, Along, Change, Effect, Member, Series, Step, Wish
from bot.domain.series import Occurrence, Rule, Scope, rule_words
from bot.domain.sessions import Phase, Session
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import listed, safe, stamp
from bot.ui.views import Style, button, buttons

REPEAT, COPY, CHANGE, DISMISS = "repeat-do", "copy-do", "series-do", "series-no"
WITH_TALKS, WITHOUT_TALKS = "talks", "none"
LINES = 3500  # of the 4096 of an embed's description

NOTHING_DONE = "Nothing was changed."
_ANNOUNCED = "Each is announced when the one before it is over, and six days before its start at the latest."
_WORDS = {Act.MOVE: "Move", Act.SKIP: "Skip", Act.CANCEL: "Cancel"}
_PHASES = {Phase.UPCOMING: "", Phase.RUNNING: " · on now", Phase.OVER: " · over", Phase.CANCELLED: " · cancelled"}


def repetition(
    session: Session,
    rule: Rule,
    every: str,
    planned: Sequence[Occurrence],
    *,
    along: Along,
    may_lend: int | None,
) -> Reply:
    """What would be made, with all its dates and what comes along; `every` is how the rule was asked for."""
    more = len(planned) - 1
    lines = [_planned(occurrence) for occurrence in planned]
    head = (
        f"{_sentence(rule, planned[0].local)}, at {planned[0].local:%H:%M} on the clocks of {safe(session.zone)}."
        f" That makes {_sessions(more)} more like this one: same title, theme, place, mode and seats, without the"
        f" talks. {_ANNOUNCED}"
    )
    embed = discord.Embed(
        title=f"Repeat {safe(session.title, 200)}",
        description=listed([head, *_along(along, may_lend), "", *lines], LINES),
        color=COLOR,
    )
    embed.set_footer(text="Nothing is saved yet.")
    custom_id = f"{REPEAT}:{session.id}:{every}:{_end(rule)}:{_unix(session.starts_at)}"
    return Reply(embeds=(embed,), view=_decide(f"Make {_sessions(more)}", custom_id))


def repeated(session: Session, rule: Rule, planned: Sequence[Occurrence]) -> Reply:
    """It is done."""
    return Reply(
        content=f"✅ **{safe(session.title)}** takes place {rule_words(rule, planned[0].local)}:"
        f" {_sessions(len(planned) - 1)} were made, the last one {stamp(planned[-1].starts_at, 'F')}. {_ANNOUNCED}\n"
        "Give each its talks as usual. `/session series` moves, skips or cancels one, or all that follow."
    )


def overview(series: Series, title: str, now: datetime) -> Reply:
    """The series with all its sessions."""
    head = f"{_sentence(series.rule, series.first_day)}, by the clocks of {safe(series.zone)}."
    lines = [_member(member, now) for member in series.members]
    embed = discord.Embed(title=safe(title, 200), description=listed([head, "", *lines], LINES), color=COLOR)
    return Reply(embeds=(embed,))


def change(title: str, wish: Wish, wanted: Change, seen: str) -> Reply:
    """What it would do to each session, for the decision; `seen` is the digest of it."""
    heading = f"{_WORDS[wish.act]} {'this session' if wish.scope is Scope.THIS else 'this session and all that follow'}"
    lines = [_step(step) for step in wanted.steps]
    description = listed([f"**{safe(title)}**", *_hints(wanted), "", *lines], LINES)
    embed = discord.Embed(title=heading, description=description, color=COLOR)
    embed.set_footer(text="Nothing is saved yet.")
    to = _unix(wish.to) if wish.to else 0
    custom_id = f"{CHANGE}:{wish.session_id}:{wish.act.value}:{wish.scope.value}:{to}:{seen}"
    number = len(wanted.steps)
    yes = f"{_WORDS[wish.act]} it" if number == 1 else f"{_WORDS[wish.act]} {number} sessions"
    return Reply(embeds=(embed,), view=_decide(yes, custom_id, danger=wish.act is not Act.MOVE))


def changed(wanted: Change) -> Reply:
    """It is done."""
    lines = [_step(step) for step in wanted.steps]
    return Reply(embeds=(discord.Embed(title="✅ Done", description=listed(lines, LINES), color=COLOR),))


def copying(session: Session, starts_at: datetime, along: Along, may_lend: int | None) -> Reply:
    """The new time as it was understood, what comes along, and whether the talks do."""
    ends_at = starts_at + (session.ends_at - session.starts_at)
    talks = len(session.talks)
    head = (
        f"A new session like **{safe(session.title)}**, {stamp(starts_at, 'F')} to {stamp(ends_at, 't')}"
        f" ({stamp(starts_at, 'R')}), with its theme, place, mode and seats."
    )
    own = f"{COPY}:{session.id}:{_unix(starts_at)}"
    with_talks = button(f"Make it with the {talks} talks", f"{own}:{WITH_TALKS}", style=Style.SUCCESS)
    without = button("Make it without talks" if talks else "Make it", f"{own}:{WITHOUT_TALKS}", style=Style.SUCCESS)
    cancel = button("Cancel", DISMISS)
    content = "\n".join([head, *_along(along, may_lend)])
    return Reply(content=content, view=buttons([[with_talks if talks else None, without, cancel]]))


def copied(session: Session) -> Reply:
    """It is done."""
    with_talks = f" with {len(session.talks)} talks" if session.talks else ""
    return Reply(content=f"✅ **{safe(session.title)}** is here{with_talks}, {stamp(session.starts_at, 'F')}.")


def _along(along: Along, may_lend: int | None) -> list[str]:
    """What comes along of all that was chosen for the session beside its programme, and what does not."""
    chosen, carried = along.admission, along.carried(may_lend)
    lines = []
    if carried.only_role_id is not None:
        lines.append(f"- Only people with <@&{carried.only_role_id}> can come")
    if carried.offer_minutes:
        lines.append(f"- Free seats are offered for {minutes_words(carried.offer_minutes)}")
    if carried.lend_role_id is not None:
        before = f"{minutes_words(carried.lend_minutes)} before the start" if carried.lend_minutes else "their answer"
        lines.append(f"- <@&{carried.lend_role_id}> is lent to those who come, from {before} to the end")
    elif chosen.lend_role_id is not None:
        lines.append(f"- <@&{chosen.lend_role_id}> is not lent, since you or I may not give it to people")
    if along.minutes is not None:
        lines.append(f"- Reminders come {reminders_words(along.minutes)}")
    if chosen.closed or chosen.deadline_at is not None:
        lines.append("- Answers are open until the end: a deadline, or closing them, is for one session alone")
    return ["What else holds there:", *lines] if lines else []


def _decide(yes: str, custom_id: str, *, danger: bool = False) -> discord.ui.View | None:
    style = Style.DANGER if danger else Style.SUCCESS
    return buttons([[button(yes, custom_id, style=style), button("Leave it as it is", DISMISS)]])


def _planned(occurrence: Occurrence) -> str:
    note = f" · ⚠️ {safe(occurrence.note, 200)}" if occurrence.note else ""
    return f"{occurrence.number}\\. {stamp(occurrence.starts_at, 'F')}{note}"


def _member(member: Member, now: datetime) -> str:
    number = member.planned.number
    if member.session is None:
        return f"{number}\\. {stamp(member.planned.starts_at, 'F')} · skipped"
    moved = " · moved" if member.moved else ""
    return f"{number}\\. {stamp(member.session.starts_at, 'F')}{moved}{_PHASES[member.session.phase(now)]}"


def _step(step: Step) -> str:
    old = stamp(step.session.starts_at, "F")
    if step.effect is Effect.MOVED:
        note = f" · ⚠️ {safe(step.note, 200)}" if step.note else ""
        return f"{step.number}\\. {old} → {stamp(step.starts_at, 'F')}{note}"
    done = (
        "cancelled, and those who come or wait for a seat are told"
        if step.effect is Effect.CANCELLED
        else "taken off the programme"
    )
    return f"{step.number}\\. {old}: {done}"


def _hints(wanted: Change) -> list[str]:
    if any(step.effect is Effect.MOVED for step in wanted.steps):
        return [
            "Those who come or wait for a seat are told. Sessions given a time of their own stay where they are.",
            "Deadlines for answers that are still to come move along.",
        ]
    if len({step.effect for step in wanted.steps}) > 1:
        return ["What was announced is cancelled, so that people are told; what nobody knows of is taken off."]
    return []


def _sentence(rule: Rule, first: date) -> str:
    words = rule_words(rule, first)
    return words[:1].upper() + words[1:]


def _sessions(number: int) -> str:
    return "1 session" if number == 1 else f"{number} sessions"


def _end(rule: Rule) -> str:
    """In a custom id: how many, or the last day."""
    return f"u{rule.until:%Y%m%d}" if rule.until else f"n{rule.count}"


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
