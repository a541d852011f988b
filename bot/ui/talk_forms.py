"""What moderators fill in and see when they change talks and speakers."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.domain import limits
from bot.domain.agenda import out_of_order
from bot.domain.sessions import Session, Speaker, Talk
from bot.ui import limits as discord_limits
from bot.ui.forms import Text, Values, form
from bot.ui.reply import Reply
from bot.ui.sessions import names
from bot.ui.text import address, listed, safe, stamp
from bot.ui.views import Component, Style, button, buttons

SLIDES, RECORDING = "slides", "recording"
LINK_KINDS = (SLIDES, RECORDING)
_LINKS_LENGTH = limits.LINKS * (limits.NAME + limits.URL + 2)


def talk_form(heading: str, custom_id: str, values: Values) -> discord.ui.Modal:
    return form(
        heading,
        custom_id,
        [
            Text(
                "title",
                "Title",
                _text(values, "title"),
                help=f"At most {limits.TITLE} characters",
                most=limits.TITLE,
            ),
            Text(
                "abstract",
                "Abstract",
                _text(values, "abstract"),
                help=f"What it is about, at most {limits.TEXT} characters; may stay empty",
                required=False,
                most=limits.TEXT,
                paragraph=True,
            ),
        ],
    )


def start_form(custom_id: str, values: Values) -> discord.ui.Modal:
    field = Text(
        "at",
        "When does the talk begin?",
        _text(values, "at"),
        example="10:30",
        help="A time in the session's own time zone; you see it before it is saved",
        most=limits.TITLE,
    )
    return form("Start of the talk", custom_id, [field])


def speaker_form(heading: str, custom_id: str, values: Values) -> discord.ui.Modal:
    return form(
        heading,
        custom_id,
        [
            Text("name", "Name", _text(values, "name"), help=f"At most {limits.NAME} characters", most=limits.NAME),
            Text(
                "affiliation",
                "Affiliation",
                _text(values, "affiliation"),
                help=f"Where the person is from, at most {limits.AFFILIATION} characters; may stay empty",
                required=False,
                most=limits.AFFILIATION,
            ),
            Text(
                "biography",
                "Biography",
                _text(values, "biography"),
                help=f"At most {limits.TEXT} characters; may stay empty",
                required=False,
                most=limits.TEXT,
                paragraph=True,
            ),
            Text(
                "links",
                "Links",
                _text(values, "links"),
                example="Homepage https://example.org",
                help=f"One in each line, at most {limits.LINKS}; may stay empty",
                required=False,
                most=_LINKS_LENGTH,
                paragraph=True,
            ),
        ],
    )


def added(session: Session, talk: Talk) -> Reply:
    """The talk is in; what is usually said next about it."""
    more = [
        button("Set its start", f"t-start-open:{talk.id}", emoji="🕙"),
        button("Add a new speaker", f"s-new-open:{talk.id}", emoji="👤"),
    ]
    words = (
        f"✅ {_name(talk)} is talk {talk.position} of **{safe(session.title, 100)}**.\n"
        "`/programme speaker add` gives it speakers whom I know already, `/programme talk links` its links."
    )
    return Reply(content=words, view=buttons([more]))


def saved(session: Session, talk: Talk) -> Reply:
    """The talk as members see it from now on."""
    return Reply(content="\n".join((f"✅ {_name(talk)} is changed.", *_as_it_is(talk), *_warning(session))))


def order(session: Session, talk: Talk) -> Reply:
    """The talks after one of them was moved."""
    lines = [f"✅ {_name(talk)} is talk {talk.position} now.", *_warning(session)]
    lines += [f"{each.position}\\. {_at(each)}{safe(each.title, 60)}" for each in session.talks]
    return Reply(content=listed(lines, discord_limits.MESSAGE_CONTENT))


def start(session: Session, talk: Talk) -> Reply:
    """The start of a talk as it stands, and the ways to change it."""
    change = button("Change it" if talk.starts_at else "Set it", f"t-start-open:{talk.id}", emoji="🕙")
    away = button("Take it away", f"t-start-set:{talk.id}:0", style=Style.DANGER) if talk.starts_at else None
    words = f"{_name(talk)} begins {_when(talk.starts_at)}." if talk.starts_at else f"{_name(talk)} has no start yet."
    about = f"The session goes from {stamp(session.starts_at, 'f')} to {stamp(session.ends_at, 't')} ({session.zone})."
    return Reply(content=f"{words}\n{about}", view=buttons([[change, away]]))


def confirm_start(session: Session, talk: Talk, starts_at: datetime) -> Reply:
    """Nothing is saved yet: the start as it was understood."""
    save = button("Save", f"t-start-set:{talk.id}:{int(starts_at.timestamp())}", emoji="✅", style=Style.SUCCESS)
    return Reply(
        content=f"Shall {_name(talk)} begin {_when(starts_at)}? The session begins {stamp(session.starts_at, 't')} "
        f"and ends {stamp(session.ends_at, 't')}.",
        view=buttons([[save, button("Write another time", f"t-start-open:{talk.id}"), _keep()]]),
    )


def links(talk: Talk) -> Reply:
    """The links of a talk as they stand, with the buttons that remove them."""
    lines = [f"Links of {_name(talk)}:", *_links(talk)]
    lines.append("To set them, give `/programme talk links` the options `slides` and `recording`.")
    present = {SLIDES: talk.slides_url, RECORDING: talk.recording_url}
    remove = [
        button(f"Remove the link of the {kind}", f"t-link-clear:{talk.id}:{kind}", emoji="🗑️", style=Style.DANGER)
        for kind, url in present.items()
        if url
    ]
    return Reply(content="\n".join(lines), view=buttons([remove]))


def confirm_removal(session: Session, talk: Talk, stars: int) -> Reply:
    """Asked before a talk goes for good."""
    people = "1 person has" if stars == 1 else f"{stars} people have"
    lost = f" {people} starred it; the stars go with it." if stars else ""
    return Reply(
        content=f"Remove {_name(talk)} from **{safe(session.title, 100)}**?{lost} Speakers without another talk leave "
        "the programme, too. This cannot be taken back.",
        view=buttons([[button("Remove it", f"t-remove:{talk.id}", emoji="🗑️", style=Style.DANGER), _keep()]]),
    )


def removed(session: Session, talk: Talk) -> Reply:
    return Reply(content=f"🗑️ {_name(talk)} is removed from **{safe(session.title, 100)}**.")


def speaker_added(talk: Talk) -> Reply:
    return Reply(content="\n".join((f"✅ {_name(talk)} is changed.", *_speakers(talk))))


def speaker_saved(speaker: Speaker) -> Reply:
    from_ = f" ({safe(speaker.affiliation, 100)})" if speaker.affiliation else ""
    return Reply(
        content=f"✅ **{safe(speaker.name, 100)}**{from_} is changed, in all sessions. `/speaker` shows the result."
    )


def confirm_speaker_removal(talk: Talk, speaker: Speaker, others: int) -> Reply:
    """Asked before a speaker is taken from a talk; `others` counts the talks that remain."""
    lost = "" if others else " It is the only talk, so the person and the biography leave the programme."
    confirm = button("Take off", f"s-remove:{talk.id}:{speaker.id}", emoji="🗑️", style=Style.DANGER)
    return Reply(
        content=f"Take **{safe(speaker.name, 100)}** off {_name(talk)}?{lost}", view=buttons([[confirm, _keep()]])
    )


def kept() -> Reply:
    return Reply(content="Nothing was changed.")


def _name(talk: Talk) -> str:
    return f"**{safe(talk.title, 150)}**"


def _text(values: Values, key: str) -> str:
    value = values.get(key, "")
    return value if isinstance(value, str) else ""


def _when(moment: datetime) -> str:
    return f"{stamp(moment, 'F')} ({stamp(moment, 'R')})"


def _at(talk: Talk) -> str:
    return f"{stamp(talk.starts_at, 't')} " if talk.starts_at else ""


def _as_it_is(talk: Talk) -> list[str]:
    when = f"🕙 {_when(talk.starts_at)}" if talk.starts_at else "🕙 No start of its own"
    return [f"Talk {talk.position}", when, *_speakers(talk), *_links(talk)]


def _speakers(talk: Talk) -> list[str]:
    return [f"👤 {names([(speaker.name, None) for speaker in talk.speakers]) or 'No speaker yet'}"]


def _links(talk: Talk) -> Sequence[str]:
    return [
        f"📑 Slides: {address(talk.slides_url) if talk.slides_url else 'none'}",
        f"🎬 Recording: {address(talk.recording_url) if talk.recording_url else 'none'}",
    ]


def _warning(session: Session) -> list[str]:
    if not out_of_order(session.talks):
        return []
    return ["⚠️ The starts of the talks contradict their order. `/programme talk move` or `… time` puts that right."]


def _keep() -> Component:
    return button("Leave it as it is", "t-keep")
