"""Changes to the talks and speakers of a session: from one valid state to the next, or a refusal."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from bot.domain import limits
from bot.domain.errors import Refusal
from bot.domain.links import check_url
from bot.domain.lookup import quoted
from bot.domain.programme_fields import Affiliation, Name, Text, Title, slug_of
from bot.domain.sessions import Link, Session, Speaker, SpeakerId, Talk, TalkId

GONE = "That talk is no longer in the programme. `/talk` shows those that are."
NO_SPEAKER = "That speaker is no longer in the programme. `/speaker` shows those who are."
NOTHING_SAVED = "Nothing was changed."

_TITLE, _NAME, _AFFILIATION, _TEXT = map(TypeAdapter, (Title, Name, Affiliation, Text))


@dataclass(frozen=True, slots=True)
class TalkText:
    """What is typed about a talk, already checked."""

    title: str
    abstract: str | None = None


@dataclass(frozen=True, slots=True)
class SpeakerText:
    """What is typed about a speaker, already checked."""

    name: str
    affiliation: str | None = None
    biography: str | None = None
    links: tuple[Link, ...] = ()


def texts_of(talk: Talk | TalkText) -> dict[str, str]:
    """What a form shows of a talk, and what it gets back."""
    return {"title": talk.title, "abstract": talk.abstract or ""}


def texts_of_speaker(speaker: Speaker | SpeakerText) -> dict[str, str]:
    """As `texts_of`."""
    return {
        "name": speaker.name,
        "affiliation": speaker.affiliation or "",
        "biography": speaker.biography or "",
        "links": write_links(speaker.links),
    }


def read_talk(title: str, abstract: str) -> TalkText:
    """Check what was typed about a talk; an empty abstract is none.

    Raises:
        Refusal: names the field, its limit, and the way out.
    """
    return TalkText(_checked(_TITLE, "title", title), _optional(_TEXT, "abstract", abstract))


def read_speaker(name: str, affiliation: str, biography: str, links: str) -> SpeakerText:
    """Check what was typed about a speaker; `links` has one address in each line, with or without a label before it.

    Raises:
        Refusal: names the field, its limit, and the way out.
    """
    return SpeakerText(
        _checked(_NAME, "name", name),
        _optional(_AFFILIATION, "affiliation", affiliation),
        _optional(_TEXT, "biography", biography),
        read_links(links),
    )


def read_links(text: str) -> tuple[Link, ...]:
    """Links typed one in a line: "Homepage https://example.org"."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > limits.LINKS:
        raise Refusal(f"{NOTHING_SAVED} There are {len(lines)} links and {limits.LINKS} fit: leave some out.")
    return tuple(map(_link, lines))


def write_links(links: Collection[Link]) -> str:
    """As `read_links` reads them."""
    return "\n".join(f"{link.label} {link.url}" for link in links)


def read_url(what: str, text: str) -> str:
    """An address that may stand under a button.

    Raises:
        Refusal: why it may not.
    """
    try:
        return check_url(text)
    except ValueError as error:
        raise Refusal(f"{NOTHING_SAVED} The link of the {what}: {error}.") from None


def talk_in(session: Session, talk_id: TalkId) -> Talk:
    """The talk with this id.

    Raises:
        Refusal: the session has none.
    """
    for talk in session.talks:
        if talk.id == talk_id:
            return talk
    raise Refusal(GONE)


def added(session: Session, text: TalkText, position: int | None = None) -> tuple[Session, TalkId]:
    """With one talk more, at `position` (from 1; None: at the end)."""
    if len(session.talks) >= limits.TALKS:
        raise Refusal(
            f"{NOTHING_SAVED} This session has {limits.TALKS} talks, and more do not fit into Discord's menus."
        )
    slug = free_slug(text.title, "talk", {talk.slug for talk in session.talks})
    talk = Talk(TalkId(uuid4().hex), slug, len(session.talks) + 1, text.title, text.abstract)
    whole = replace(session, talks=(*session.talks, talk))
    return (moved(whole, talk.id, position) if position else whole), talk.id


def changed(session: Session, talk_id: TalkId, **changes: Any) -> Session:
    """With other fields of one talk; its id and slug stay, so stars and files still find it."""
    talk_in(session, talk_id)
    return _each(session, lambda talk: replace(talk, **changes) if talk.id == talk_id else talk)


def moved(session: Session, talk_id: TalkId, position: int) -> Session:
    """With one talk at another place in the order (from 1; beyond the end is the end)."""
    talk = talk_in(session, talk_id)
    others = [each for each in session.talks if each.id != talk_id]
    others.insert(max(position, 1) - 1, talk)
    return _numbered(session, others)


def removed(session: Session, talk_id: TalkId) -> Session:
    talk_in(session, talk_id)
    return _numbered(session, [talk for talk in session.talks if talk.id != talk_id])


def started(session: Session, talk_id: TalkId, starts_at: datetime | None) -> Session:
    """With another start of one talk (None: nobody has fixed it).

    Raises:
        Refusal: it does not lie within the session.
    """
    if starts_at is not None:
        check_start(session, starts_at)
    return changed(session, talk_id, starts_at=starts_at)


def check_start(session: Session, starts_at: datetime) -> None:
    if not session.starts_at <= starts_at < session.ends_at:
        raise Refusal(
            f"{NOTHING_SAVED} {_stamp(starts_at)} is outside the session, which goes from {_stamp(session.starts_at)} "
            f"to {_stamp(session.ends_at)}: a talk begins within its session."
        )


def with_speaker(session: Session, talk_id: TalkId, speaker: Speaker) -> Session:
    """With one speaker more at a talk.

    Raises:
        Refusal: he or she gives it already, or there are too many.
    """
    talk = talk_in(session, talk_id)
    if any(each.id == speaker.id for each in talk.speakers):
        raise Refusal(f"{NOTHING_SAVED} {quoted(speaker.name)} gives this talk already.")
    if len(talk.speakers) >= limits.SPEAKERS_OF_TALK:
        raise Refusal(f"{NOTHING_SAVED} This talk has {limits.SPEAKERS_OF_TALK} speakers, which is the most.")
    known = {each.id for each in session.speakers()}
    if speaker.id not in known and len(known) >= limits.SPEAKERS:
        raise Refusal(
            f"{NOTHING_SAVED} This session has {limits.SPEAKERS} speakers, and more do not fit into Discord's menus."
        )
    return changed(session, talk_id, speakers=(*talk.speakers, speaker))


def without_speaker(session: Session, talk_id: TalkId, speaker_id: SpeakerId) -> Session:
    talk = talk_in(session, talk_id)
    left = tuple(each for each in talk.speakers if each.id != speaker_id)
    if len(left) == len(talk.speakers):
        raise Refusal(f"{NOTHING_SAVED} This speaker does not give this talk.")
    return changed(session, talk_id, speakers=left)


def with_text(session: Session, speaker_id: SpeakerId, text: SpeakerText) -> Session:
    """With other words about one speaker, wherever he or she speaks in this session."""

    def edited(speaker: Speaker) -> Speaker:
        if speaker.id != speaker_id:
            return speaker
        return replace(
            speaker, name=text.name, affiliation=text.affiliation, biography=text.biography, links=text.links
        )

    return _each(session, lambda talk: replace(talk, speakers=tuple(map(edited, talk.speakers))))


def new_speaker(text: SpeakerText, taken: Collection[str]) -> Speaker:
    """`taken` are slugs of the guild's other speakers."""
    slug = free_slug(text.name, "speaker", taken)
    return Speaker(SpeakerId(uuid4().hex), slug, text.name, text.affiliation, text.biography, text.links)


def free_slug(text: str, otherwise: str, taken: Collection[str]) -> str:
    """A slug made from `text` that is not `taken`: with a number behind it if need be."""
    base = slug_of(text) or otherwise
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base[: limits.SLUG - 5].rstrip('-')}-{number}"
    return slug


def _each(session: Session, change: Callable[[Talk], Talk]) -> Session:
    return replace(session, talks=tuple(map(change, session.talks)))


def _numbered(session: Session, talks: Collection[Talk]) -> Session:
    return replace(session, talks=tuple(replace(talk, position=number) for number, talk in enumerate(talks, 1)))


def _checked(adapter: TypeAdapter[str], what: str, text: str) -> str:
    try:
        return adapter.validate_python(text.replace("\r\n", "\n"))
    except ValidationError as error:
        words = "; ".join(str(each.get("ctx", {}).get("error", each["msg"])) for each in error.errors())
        raise Refusal(f"{NOTHING_SAVED} The {what} {words}.") from None


def _optional(adapter: TypeAdapter[str], what: str, text: str) -> str | None:
    return _checked(adapter, what, text) if text.strip() else None


def _link(line: str) -> Link:
    *words, address = line.split()
    if "://" not in address:
        raise Refusal(
            f"{NOTHING_SAVED} I cannot read {quoted(line)} as a link: write one in each line, like "
            "`Homepage https://example.org`."
        )
    url = read_url("speaker", address)
    label = " ".join(words).rstrip(" :,") or urlsplit(url).hostname or url
    return Link(_checked(_NAME, "label of a link", label), url)


def _stamp(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:f>"
