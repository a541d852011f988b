"""The answers to `/speaker`: one person, the people of a session, or those who may have been meant."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import discord

from bot.domain.lookup import Appearance, Several, SpeakerHit, SpeakerPage
from bot.domain.sessions import Phase, Session
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import listed, prose, safe, stamp
from bot.ui.views import Option, button, buttons, link, select

BIOGRAPHY = 2500  # leaves room for the talks in the 6000 characters of a message
LIST = 3500
TALKS_SHOWN = 3
ABSTRACT = 850  # of a value's 1024, beside the session; less each when there are several


def render(found: SpeakerPage | Session | Several, now: datetime) -> Reply:
    if isinstance(found, SpeakerPage):
        return page(found, now)
    return several(found) if isinstance(found, Several) else of_session(found)


@lru_cache(maxsize=8)  # many ask for the same in the same second
def page(found: SpeakerPage, now: datetime) -> Reply:
    """Who it is, and what he or she speaks about."""
    speaker = found.speaker
    embed = discord.Embed(
        title=safe(speaker.name, limits.EMBED_TITLE),
        description=prose(speaker.biography or "", BIOGRAPHY) or "No biography yet.",
        color=COLOR,
    )
    if speaker.affiliation:
        embed.add_field(name="Affiliation", value=safe(speaker.affiliation), inline=False)
    shown = found.appearances[:TALKS_SHOWN]
    for appearance in shown:
        embed.add_field(
            name=f"🎤 {safe(appearance.talk.title, 240)}", value=_talk(appearance, len(shown), now), inline=False
        )
    talks = [
        button("Read the talk" if len(shown) == 1 else appearance.talk.title, f"talk:{appearance.talk.id}", emoji="🎤")
        for appearance in shown
    ]
    links = [link(item.label, item.url, emoji="🔗") for item in speaker.links[: limits.BUTTONS_IN_ROW]]
    return Reply(embeds=(embed,), view=buttons((talks, links)))


def of_session(session: Session) -> Reply:
    """Everybody who speaks, to choose from."""
    hits = [SpeakerHit(speaker.id, speaker.name, speaker.affiliation) for speaker in session.speakers()]
    if not hits:
        return Reply(content=f"No speakers are announced yet for **{safe(session.title)}**.")
    embed = discord.Embed(title=f"Speakers: {safe(session.title, 200)}", description=_lines(hits), color=COLOR)
    return Reply(embeds=(embed,), view=_menu(hits))


def several(found: Several) -> Reply:
    """More than one person fits, or none: the way on either way."""
    query = safe(found.query, 80)
    if not found.speakers:
        return Reply(content=f"No speaker fits “{query}”. Use `/speaker` without a name to see who speaks.")
    if found.nearest is not None:
        return Reply(
            content=f"No speaker fits “{query}”. Did you mean **{safe(found.nearest, 100)}**? "
            "`/speaker` without a name shows who speaks.",
            view=buttons([[button(f"Show {found.nearest}", f"speaker:{found.speakers[0].id}")]]),
        )
    more = " The first are:" if len(found.speakers) == limits.OPTIONS else ""
    embed = discord.Embed(
        title=f"Speakers that fit “{query}”",
        description=f"Whom do you mean?{more}\n{_lines(found.speakers)}",
        color=COLOR,
    )
    return Reply(embeds=(embed,), view=_menu(found.speakers))


def _talk(appearance: Appearance, together: int, now: datetime) -> str:
    session = appearance.session
    note = " (cancelled)" if session.phase(now) is Phase.CANCELLED else ""
    place = f"{safe(session.title, 100)}, {stamp(appearance.talk.starts_at or session.starts_at, 'f')}{note}"
    # The abstract comes last: emphasis left open in it ends with the field.
    return f"{place}\n{prose(appearance.talk.abstract or '', ABSTRACT // together) or 'No abstract yet.'}"


def _lines(hits: Sequence[SpeakerHit]) -> str:
    lines = [
        f"**{safe(hit.name, 80)}**" + (f"\n{safe(hit.affiliation, 100)}" if hit.affiliation else "") for hit in hits
    ]
    return listed(lines, LIST, "… and {} more: begin to type a name in `/speaker`")


def _menu(hits: Sequence[SpeakerHit]) -> discord.ui.View | None:
    options = [Option(hit.name, hit.id, hit.affiliation) for hit in hits]
    return buttons([[select("speaker-pick", "Read about a speaker", options)]])
