"""A session in numbers, in words and as the data of a picture."""

from datetime import datetime
from typing import Any

import discord

from bot.domain.rsvps import Answer, choices
from bot.domain.sessions import Session
from bot.domain.stats import GROUPS, WAITING, Figures, ShowUp, thinned
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.rsvps import WAITING_EMOJI, emoji, label
from bot.ui.sessions import COLOR
from bot.ui.text import safe, stamp

PICTURE = "answers.png"
ALT = 1024  # Discord: description of an attachment
NO_PICTURE = "-# The picture could not be made this time; the numbers are complete without it."


def picture_data(figures: Figures, now: datetime) -> dict[str, Any] | None:
    """What ui.pictures.answers_over_time takes, up to `now` or the end of the session; None with nothing to show."""
    session = figures.session
    if not figures.points:
        return None
    shown = thinned(figures.points)
    end = max(min(now, session.ends_at), shown[-1].at)
    moments = [*(int(point.at.timestamp()) for point in shown), int(end.timestamp())]
    counts = [*(point.counts for point in shown), shown[-1].counts]
    return {
        "series": {name: [each[name] for each in counts] for name in _asked(figures)},
        "moments": moments,
        "labels": {name: _name(session, name) for name in GROUPS},
        "zone": session.zone,
        "starts_at": int(session.starts_at.timestamp()),
    }


def stats(figures: Figures, picture: discord.File | None, now: datetime) -> Reply:
    """The numbers, with the picture above them if there is one."""
    session = figures.session
    embed = discord.Embed(
        title=f"Answers to {safe(session.title, 200)}", description=_description(figures, picture, now), color=COLOR
    )
    for name in _asked(figures):
        mark = WAITING_EMOJI if name == WAITING else emoji(Answer(name))
        embed.add_field(name=f"{mark} {_name(session, name)}", value=_count(figures, name), inline=True)
    if figures.known:
        embed.add_field(name="✅ Checked in", value=_checked_in(figures), inline=False)
        embed.add_field(name="📈 Show-up", value=_show_up(figures, now), inline=False)
    if picture is not None:
        embed.set_image(url=f"attachment://{PICTURE}")
    embed.set_footer(text="Only numbers are kept of how answers came in: nobody can be told from them.")
    return Reply(embeds=(embed,), files=() if picture is None else (picture,))


def alt_text(figures: Figures) -> str:
    """What the picture shows, for those who do not see it."""
    session, points = figures.session, figures.points
    ends = ", ".join(f"{_name(session, name)} {figures.counts[name]}" for name in _asked(figures))
    most = max(points, key=lambda point: point.counts[Answer.IN_PERSON] + point.counts[Answer.ONLINE])
    coming = most.counts[Answer.IN_PERSON] + most.counts[Answer.ONLINE]
    words = (
        f"Line chart of the answers over time, {_day(points[0].at)} to {_day(points[-1].at)} (UTC). "
        f"At the end: {ends}. Most people coming at one time: {coming}, from {_day(most.at)} on."
    )
    return words[:ALT]


def _day(moment: datetime) -> str:
    return f"{moment:%d %B %Y, %H:%M}"


def _asked(figures: Figures) -> list[str]:
    """The groups to show: those the session asks for, and others that somebody is in."""
    wanted: set[str] = {answer.value for answer in choices(figures.session.mode)}
    had = {name for point in figures.points for name, count in point.counts.items() if count}
    return [name for name in GROUPS if name in wanted | had]


def _name(session: Session, group: str) -> str:
    return "Waiting list" if group == WAITING else label(session.mode, Answer(group))


def _description(figures: Figures, picture: discord.File | None, now: datetime) -> str:
    session = figures.session
    lines = [f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})"]
    if not figures.points:
        lines.append("Nobody has answered yet.")
    else:
        lines.append(f"First answer {stamp(figures.points[0].at)}, last change {stamp(figures.points[-1].at)}.")
        day = _lately(figures, now)
        lines.append(f"In the last 24 hours: {day:+d} coming." if day else "In the last 24 hours: no change.")
        if picture is None:
            lines.append(NO_PICTURE)
    if not figures.known:
        lines.append("The single answers are erased by now, so nothing can be said about who showed up.")
    return "\n".join(lines)


def _lately(figures: Figures, now: datetime) -> int:
    old = [point.counts for point in figures.points if (now - point.at).total_seconds() >= 24 * 3600]
    before = old[-1] if old else {}
    firm = (Answer.IN_PERSON.value, Answer.ONLINE.value)
    return sum(figures.counts[name] - before.get(name, 0) for name in firm)


def _count(figures: Figures, name: str) -> str:
    count = figures.counts.get(name, 0)
    capacity = figures.session.seats
    return f"{count} of {capacity} seats" if name == Answer.IN_PERSON and capacity is not None else str(count)


def _checked_in(figures: Figures) -> str:
    doors = {"moderator": "at the door", "stream": "by opening the stream"}
    parts = [f"{count} {doors.get(door, safe(door, 40))}" for door, count in sorted(figures.doors.items())]
    people = sum(figures.doors.values())
    return f"{people}: {', '.join(parts)}"[: limits.FIELD_VALUE] if people else "Nobody yet"


def _show_up(figures: Figures, now: datetime) -> str:
    session = figures.session
    if now < session.starts_at:
        return f"Known from the start on, {stamp(session.starts_at, 'R')}"
    lines = [f"**{_rate(figures.total)}** of those who said they come"]
    if len(figures.show_up) > 1:
        lines += [f"{_name(session, name)}: {_rate(rate)}" for name, rate in sorted(figures.show_up.items())]
    if figures.others:
        lines.append(f"and {figures.others} more who had not said so")
    return "\n".join(lines)


def _rate(rate: ShowUp) -> str:
    return "nobody said so" if rate.rate is None else f"{rate.rate:.0%} ({rate.came} of {rate.said})"
