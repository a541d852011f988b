"""The answers to `/talk`: one talk, the talks of a session, or those that may have been meant."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.domain.lookup import Appearance, Several, TalkHit
from bot.domain.sessions import Phase, Session, Talk, TalkId
from bot.ui import limits
from bot.ui.agenda import STAR, star_button, star_menu
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR, date, names
from bot.ui.text import listed, plain, prose, safe, stamp
from bot.ui.views import Component, Option, button, buttons, link, select

LIST = 3500  # beside a title and a footer
SPEAKER_BUTTONS = 5


def render(found: Appearance | Session | Several, now: datetime, starred: frozenset[TalkId] = frozenset()) -> Reply:
    """`starred` are the talks with the star of the person who asks."""
    if isinstance(found, Appearance):
        return page(found, now, starred=found.talk.id in starred)
    return several(found) if isinstance(found, Several) else of_session(found, starred=starred)


def page(found: Appearance, now: datetime, *, starred: bool = False, below: Sequence[Component] = ()) -> Reply:
    """What it is about, who gives it, and when; `below` are more buttons."""
    talk = found.talk
    embed = discord.Embed(
        title=safe(talk.title, limits.EMBED_TITLE),
        description=prose(talk.abstract or "", limits.EMBED_DESCRIPTION) or "No abstract yet.",
        color=COLOR,
    )
    people = names([(speaker.name, speaker.affiliation) for speaker in talk.speakers])
    embed.add_field(name="By", value=people or "Not announced yet", inline=False)
    embed.add_field(name="Session", value=_session(found, now), inline=False)
    if talk.starts_at:
        embed.add_field(name="Starts", value=f"{stamp(talk.starts_at, 't')} ({stamp(talk.starts_at, 'R')})")
    links = [
        link("Slides", talk.slides_url, emoji="📑"),
        link("Recording", talk.recording_url, emoji="🎬"),
    ]
    return Reply(embeds=(embed,), view=buttons((_speakers(talk), links, [star_button(talk, starred=starred)], below)))


def of_session(session: Session, *, starred: frozenset[TalkId] = frozenset(), below: Sequence[Component] = ()) -> Reply:
    """All talks in order, to choose from; `below` are more buttons."""
    if not session.talks:
        return Reply(content=f"No talks are announced yet for **{safe(session.title)}**.")
    lines = listed(
        [_line(talk, starred) for talk in session.talks], LIST, "… and {} more: begin to type a title in `/talk`"
    )
    embed = discord.Embed(title=f"Talks: {safe(session.title, 200)}", description=lines, color=COLOR)
    options = [
        Option(f"{talk.position}. {talk.title}", talk.id, ", ".join(speaker.name for speaker in talk.speakers))
        for talk in session.talks
    ]
    rows = ([_menu(options)], [star_menu(session.talks, starred)], below)
    return Reply(embeds=(embed,), view=buttons(rows))


def several(found: Several) -> Reply:
    """More than one talk fits, or none: the way on either way."""
    query = safe(found.query, 80)
    if not found.talks:
        return Reply(content=f"No talk fits “{query}”. Use `/talk` without a title to see the talks.")
    if found.nearest is not None:
        return Reply(
            content=f"No talk fits “{query}”. Did you mean **{safe(found.nearest, 200)}**? "
            "`/talk` without a title shows all.",
            view=buttons([[button(f"Show {found.nearest}", f"talk:{found.talks[0].id}")]]),
        )
    more = " The first are:" if len(found.talks) == limits.OPTIONS else ""
    lines = listed([_hit_line(hit) for hit in found.talks], LIST)
    embed = discord.Embed(
        title=f"Talks that fit “{query}”", description=f"Which one do you mean?{more}\n{lines}", color=COLOR
    )
    menu = _menu([Option(hit.title, hit.id, _origin(hit)) for hit in found.talks])
    return Reply(embeds=(embed,), view=buttons([[menu]]))


def _session(found: Appearance, now: datetime) -> str:
    session = found.session
    note = "\nThis session was cancelled." if session.phase(now) is Phase.CANCELLED else ""
    return f"{safe(session.title)}\n{stamp(session.starts_at, 'F')}{note}"


def _speakers(talk: Talk) -> list[Component]:
    return [button(speaker.name, f"speaker:{speaker.id}", emoji="👤") for speaker in talk.speakers[:SPEAKER_BUTTONS]]


def _line(talk: Talk, starred: frozenset[TalkId]) -> str:
    at = f"{stamp(talk.starts_at, 't')} " if talk.starts_at else ""
    by = names([(speaker.name, None) for speaker in talk.speakers])
    mark = f"{STAR} " if talk.id in starred else ""
    return f"{mark}{at}**{talk.position}. {safe(talk.title, 100)}**" + (f"\n{by}" if by else "")


def _hit_line(hit: TalkHit) -> str:
    return f"**{safe(hit.title, 100)}** {stamp(hit.session.starts_at, 'd')}"


def _origin(hit: TalkHit) -> str:
    return f"{plain(hit.session.title, 70)}, {date(hit.session)}"


def _menu(options: Sequence[Option]) -> Component | None:
    return select("talk-pick", "Read about a talk", options)
