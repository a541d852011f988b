"""The answers to `/now` and `/next`: exact where talks have times of their own, and honest where they have none."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import discord

from bot.domain.agenda import Around, Block, Stage, stage
from bot.domain.sessions import Headline, Phase, Session, Talk
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR, names
from bot.ui.text import listed, safe, stamp
from bot.ui.views import Component, buttons, link
from bot.ui.views import button as press_button

TALK_BUTTONS = 3
TITLE = 200
ORDER_KNOWN = "Their order is known, but not the minutes:"


def on_now(around: Around, now: datetime) -> Reply:
    """What is on at `now`, in every session that runs."""
    stages = [stage(session, now) for session in around.running]
    cancelled = [_cancelled(headline, "was to be on now") for headline in around.cancelled_now]
    if not stages:
        return Reply(content="\n".join([*cancelled, "Nothing is on right now.", *_otherwise(around)]))
    embeds = _embeds([(each.session, _running_now(each)) for each in stages])
    talks = [talk for each in stages for talk in (each.current.begin if each.current else ())]
    return Reply(content="\n".join(cancelled) or None, embeds=embeds, view=_buttons(stages, talks))


def coming_next(around: Around, now: datetime) -> Reply:
    """What comes after this moment: the next talks of what runs, and the next session."""
    stages = [stage(session, now) for session in around.running]
    coming = [stage(session, now) for session in around.next]
    lines = [_cancelled(headline, "was to come next") for headline in around.cancelled_next]
    if not stages and not coming:
        return Reply(content="\n".join([*lines, "Nothing more is planned yet.", *_last(around)]))
    pages = [(each.session, _after_this(each)) for each in stages]
    pages += [(each.session, _session_to_come(each)) for each in coming]
    talks = [talk for each in (*stages, *coming) for block in each.coming[:1] for talk in block.begin]
    return Reply(content="\n".join(lines) or None, embeds=_embeds(pages), view=_buttons(stages, talks))


def _running_now(stage: Stage) -> list[str]:
    session = stage.session
    lines = [f"🔴 The session is on until {stamp(session.ends_at, 't')} ({stamp(session.ends_at, 'R')})."]
    if not session.talks:
        return [*lines, "No talks are announced for it."]
    if stage.untimed:
        return [*lines, f"The talks have no times of their own. {ORDER_KNOWN}", *_in_a_row(session.talks)]
    lines += _current(stage.current) if stage.current else ["No talk has begun yet."]
    return [*lines, *_then(stage)]


def _current(block: Block) -> list[str]:
    since = f"since {stamp(block.starts_at, 't')} ({stamp(block.starts_at, 'R')})"
    if not block.follow:
        return [f"🎤 On now, {since}:", *map(_talk, block.begin)]
    if not block.begin:
        head = "The first talks have no times of their own, so one of these may be on."
        return [f"{head} {ORDER_KNOWN}", *_in_a_row(block.follow)]
    return [
        f"🎤 Begun {stamp(block.starts_at, 't')} ({stamp(block.starts_at, 'R')}):",
        *map(_talk, block.begin),
        f"What follows it has no times of its own, so it may be on already. {ORDER_KNOWN}",
        *_in_a_row(block.follow),
    ]


def _then(stage: Stage) -> list[str]:
    if not stage.coming:
        if stage.current is not None and not stage.current.follow:
            return [f"It is the last talk; the session ends {stamp(stage.session.ends_at, 'R')}."]
        return []
    return ["**Then**", *_block(stage.coming[0])]


def _after_this(stage: Stage) -> list[str]:
    session = stage.session
    head = "🔴 On right now."
    unknown = stage.current.follow if stage.current else ()
    if stage.untimed and session.talks:
        return [head, f"Its talks have no times of their own. {ORDER_KNOWN}", *_in_a_row(session.talks)]
    lines = [head]
    if unknown:
        lines += [f"Next, if they have not been on already. {ORDER_KNOWN}", *_in_a_row(unknown)]
    if stage.coming:
        lines += ["**Next**" if not unknown else "**Then**", *_block(stage.coming[0])]
    if not unknown and not stage.coming:
        lines.append(f"No further talk: it ends {stamp(session.ends_at, 't')} ({stamp(session.ends_at, 'R')}).")
    return lines


def _session_to_come(stage: Stage) -> list[str]:
    session = stage.session
    lines = [f"🗓️ {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})"]
    if not stage.coming:
        return [*lines, "No talks are announced yet."]
    if stage.untimed:
        first = min(session.talks, key=lambda talk: talk.position)
        return [*lines, "It begins with (the talks have no times of their own)", _talk(first)]
    return [*lines, "It begins with", *_block(stage.coming[0])]


def _block(block: Block) -> list[str]:
    lines = [f"{stamp(block.starts_at, 't')} ({stamp(block.starts_at, 'R')})"] if block.begin else []
    lines += map(_talk, block.begin)
    if block.follow:
        lines += ["and after that, without times of their own:" if block.begin else "in this order:"]
        lines += _in_a_row(block.follow)
    return lines


def _talk(talk: Talk) -> str:
    by = names([(speaker.name, speaker.affiliation) for speaker in talk.speakers])
    return f"**{safe(talk.title, 120)}**" + (f"\n{by}" if by else "")


def _in_a_row(talks: Iterable[Talk]) -> list[str]:
    return [f"{talk.position}\\. {safe(talk.title, 100)}" for talk in talks]


def _otherwise(around: Around) -> list[str]:
    lines = [
        f"▸ Next: **{safe(session.title, 120)}**, {stamp(session.starts_at, 'F')} ({stamp(session.starts_at, 'R')})"
        for session in around.next
    ]
    return [*lines, *(["`/next` shows what comes first."] if lines else []), *_last(around)]


def _last(around: Around) -> list[str]:
    if around.last is None:
        return []
    last = around.last
    return [f"The last session, **{safe(last.title, 120)}**, ended {stamp(last.ends_at, 'R')}. See `/stream`."]


def _cancelled(headline: Headline, was: str) -> str:
    return f"🚫 **{safe(headline.title, 120)}** {was} ({stamp(headline.starts_at, 'f')}), but it was cancelled."


def _embeds(pages: Sequence[tuple[Session, Sequence[str]]]) -> tuple[discord.Embed, ...]:
    """One for each session; together they keep to what one message may hold."""
    room = min(limits.EMBED_TOTAL // len(pages) - TITLE, limits.EMBED_DESCRIPTION)
    return tuple(
        discord.Embed(title=safe(session.title, TITLE), description=listed(lines, room), color=COLOR)
        for session, lines in pages
    )


def _buttons(stages: Sequence[Stage], talks: Sequence[Talk]) -> discord.ui.View | None:
    streams: list[Component | None] = [
        link("Watch the stream" if len(stages) == 1 else each.session.title, each.session.stream_url, emoji="📺")
        for each in stages
        if each.phase is Phase.RUNNING
    ]
    unique = list({talk.id: talk for talk in talks}.values())[:TALK_BUTTONS]
    read = [
        press_button("Read about it" if len(unique) == 1 else talk.title, f"talk:{talk.id}", emoji="🎤")
        for talk in unique
    ]
    return buttons((streams, read))
