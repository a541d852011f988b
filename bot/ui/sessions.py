"""The answer to `/schedule`: one session on a page, its theme in full, and the way to the others."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import discord

from bot.domain.lookup import Overview
from bot.domain.rsvps import is_open
from bot.domain.sessions import Headline, Link, Mode, Organizer, Phase, Session, Talk
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.rsvps import choice_buttons
from bot.ui.text import ELLIPSIS, address, listed, plain, prose, safe, shorten, split, stamp
from bot.ui.views import Component, Option, button, buttons, link, select

COLOR = 0x2F7D6B
THEME_SHOWN = 350  # of the theme; the rest is one press away
THEME_WHOLE = 5000  # two embeds, and room in the 6000 of a message for the foreword
OTHERS_SHOWN = 3
NAMES_SHOWN = 4
FOREWORD = "Foreword"
MORE_SESSIONS = "More sessions"
MORE_TALKS = len("\n… and 999 more")
TALK_ROOM = 700  # no talk takes more with its speakers
DAY = timedelta(hours=12)  # from here on the end needs its date too

HOW = {
    Mode.HYBRID: "in person and online",
    Mode.IN_PERSON: "in person",
    Mode.ONLINE: "online",
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
STATE = {
    Phase.UPCOMING: "",
    Phase.RUNNING: "🔴 **This session is on right now.**",
    Phase.OVER: "**This session is over.**",
    Phase.CANCELLED: "🚫 **This session was cancelled.** It does not take place.",
}


@lru_cache(maxsize=8)  # many ask for the same in the same second
def schedule(overview: Overview, now: datetime) -> Reply:
    """The session with all that a member may want next, and the others to switch to."""
    session = overview.session
    phase = session.phase(now)
    theme = prose(session.theme or "", THEME_SHOWN)
    embed = discord.Embed(
        title=safe(session.title, limits.EMBED_TITLE),
        description="\n\n".join(filter(None, (STATE[phase], theme))) or None,
        color=COLOR,
    )
    _add_facts(embed, session)
    others = [headline for headline in (*overview.upcoming, *overview.past) if headline.id != session.id]
    listed = _others(overview) if others else ""
    _add_talks(embed, session.talks, limits.EMBED_TOTAL - len(embed) - len(MORE_SESSIONS) - len(listed))
    if listed:
        embed.add_field(name=MORE_SESSIONS, value=listed, inline=False)
    rows = (
        _page_buttons(session, phase, more_to_read=theme.endswith(ELLIPSIS) or bool(session.foreword)),
        choice_buttons(session) if is_open(session, now) else (),
        (_switch(others),),
    )
    return Reply(embeds=(embed,), view=buttons(rows))


def theme(session: Session) -> Reply:
    """The theme in full, and the foreword as far as it fits."""
    title = safe(session.title, limits.EMBED_TITLE)
    whole = split(prose(session.theme or "", THEME_WHOLE), limits.EMBED_DESCRIPTION)
    embeds = [discord.Embed(description=piece, color=COLOR) for piece in whole]
    room = limits.EMBED_TOTAL - sum(map(len, whole)) - len(title) - len(FOREWORD)
    foreword = prose(session.foreword or "", min(limits.EMBED_DESCRIPTION, room))
    if foreword:
        embeds.append(discord.Embed(title=FOREWORD, description=foreword, color=COLOR))
    if not embeds:
        return Reply(content=f"**{title}** has no description yet.")
    if whole:
        embeds[0].title = title
    return Reply(embeds=tuple(embeds))


def when(session: Headline) -> str:
    """Start, end and how far off it is, in the reader's own zone."""
    end = stamp(session.ends_at, "t" if session.ends_at - session.starts_at < DAY else "f")
    return f"{stamp(session.starts_at, 'F')} to {end}\n{stamp(session.starts_at, 'R')}"


def date(session: Headline) -> str:
    """The day at the session's own place, for menus, which cannot hold a time that Discord turns to the reader's."""
    day = session.starts_at.astimezone(ZoneInfo(session.zone))
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def names(people: Sequence[tuple[str, str | None]]) -> str:
    """People with where they are from, the first few by name: "Ada (Analytical Engines), Grace and 2 more"."""
    shown = [f"{safe(name, 80)} ({safe(from_, 80)})" if from_ else safe(name, 80) for name, from_ in people]
    more = len(shown) - NAMES_SHOWN
    return ", ".join(shown) if more <= 0 else f"{', '.join(shown[:NAMES_SHOWN])} and {more} more"


def _add_facts(embed: discord.Embed, session: Session) -> None:
    embed.add_field(name="When", value=when(session), inline=False)
    embed.add_field(name="Where", value=_where(session), inline=False)
    if session.organizers:
        embed.add_field(name="Organized by", value=_organizers(session.organizers), inline=False)
    if session.links:
        embed.add_field(name="Links", value=_links(session.links), inline=False)


def _where(session: Session) -> str:
    place = ", ".join(safe(part, 200) for part in (session.venue, session.city) if part)
    how = HOW[session.mode]
    if session.mode is Mode.IN_PERSON and session.streamed:
        how += ", with a stream"
    return f"{place}\n{how.capitalize()}" if place else how.capitalize()


def _organizers(people: Sequence[Organizer]) -> str:
    return names([(person.name, person.affiliation) for person in people])


def _links(links: Sequence[Link]) -> str:
    return listed([f"{safe(item.label, 80)}: {address(item.url)}" for item in links], limits.FIELD_VALUE)


def _add_talks(embed: discord.Embed, talks: Sequence[Talk], room: int) -> None:
    """As many talks as fit into `room` characters, in as many fields as they need; the rest is counted."""
    lines = [_talk_line(talk) for talk in talks] or ["No talks are announced yet."]
    name = "Talks"
    while lines:
        space = min(limits.FIELD_VALUE, room - len(name)) - MORE_TALKS
        fitting = _fitting(lines, space)
        value, lines = "\n".join(lines[:fitting]), lines[fitting:]
        room -= len(name) + len(value) + MORE_TALKS
        last = bool(lines) and room < TALK_ROOM
        embed.add_field(name=name, value=f"{value}\n… and {len(lines)} more" if last else value, inline=False)
        if last:
            return
        name = "Talks, continued"


def _talk_line(talk: Talk) -> str:
    at = f"{stamp(talk.starts_at, 't')} " if talk.starts_at else ""
    by = names([(speaker.name, speaker.affiliation) for speaker in talk.speakers])
    return f"{at}**{talk.position}. {safe(talk.title, 120)}**" + (f"\n{shorten(by, 400)}" if talk.speakers else "")


def _fitting(lines: Sequence[str], room: int) -> int:
    """How many of the first lines fit into `room` characters; at least one."""
    used = 0
    for count, line in enumerate(lines):
        used += len(line) + 1
        if used > room and count:
            return count
    return len(lines)


def _others(overview: Overview) -> str:
    own = overview.session.id
    coming = [headline for headline in overview.upcoming if headline.id != own][:OTHERS_SHOWN]
    past = [headline for headline in overview.past if headline.id != own][:OTHERS_SHOWN]
    lines = [_other("▸", headline) for headline in coming] + [_other("✓", headline) for headline in past]
    return "\n".join(lines)


def _other(mark: str, headline: Headline) -> str:
    cancelled = " (cancelled)" if headline.phase(headline.starts_at) is Phase.CANCELLED else ""
    return f"{mark} {stamp(headline.starts_at, 'D')} {safe(headline.title, 100)}{cancelled}"


def _page_buttons(session: Session, phase: Phase, *, more_to_read: bool) -> tuple[Component | None, ...]:
    over = phase is Phase.OVER
    return (
        button("Read the whole theme", f"theme:{session.id}", emoji="📖") if more_to_read else None,
        button("Speakers", f"speakers:{session.id}", emoji="👥") if any(session.speakers()) else None,
        button("Talks", f"talks:{session.id}", emoji="🎤") if session.talks else None,
        link("Recording", session.recording_url, emoji="🎬") if over else None,
        link("Stream", session.stream_url, emoji="📺") if phase in (Phase.UPCOMING, Phase.RUNNING) else None,
    )


def _switch(others: Sequence[Headline]) -> Component | None:
    options = [Option(plain(headline.title), headline.id, date(headline)) for headline in others]
    return select("session-pick", "Another session", options)
