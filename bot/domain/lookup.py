"""What a search brings: pages about one thing, lists to choose from, and the nearest name when nothing fits."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.reminders import DEFAULT_OFFSETS
from bot.domain.search import fold
from bot.domain.sessions import Headline, Session, Speaker, SpeakerId, Talk, TalkId


@dataclass(frozen=True, slots=True)
class SpeakerHit:
    """A speaker as a line in a list."""

    id: SpeakerId
    name: str
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class TalkHit:
    """A talk as a line in a list; `session` tells it from another of the same title."""

    id: TalkId
    title: str
    session: Headline


@dataclass(frozen=True, slots=True)
class Appearance:
    """A talk in its session."""

    talk: Talk
    session: Headline


@dataclass(frozen=True, slots=True, eq=False)  # two are never the same: what is shown of one is remembered
class SpeakerPage:
    """All there is to say about a speaker; the talks come without their speakers."""

    speaker: Speaker
    appearances: tuple[Appearance, ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """More than one thing fits, or none: `query` is what was asked for, `nearest` what may have been meant.

    `hits` are at most as many as a menu takes; all of them are of one kind.
    """

    query: str
    speakers: tuple[SpeakerHit, ...] = ()
    talks: tuple[TalkHit, ...] = ()
    nearest: str | None = None


@dataclass(frozen=True, slots=True, eq=False)  # two are never the same: what is shown of one is remembered
class Overview:
    """A session, and what else there is; `past` and `upcoming` may contain it."""

    session: Session
    past: tuple[Headline, ...] = ()
    upcoming: tuple[Headline, ...] = ()


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A session, and the channel where its reminders are posted (None: no channel was chosen).

    `reminder_minutes`: how long before its start they are.
    """

    session: Session
    announce_channel_id: int | None = None
    reminder_minutes: tuple[int, ...] = DEFAULT_OFFSETS


# Signs of a name that are compared: what it takes grows with the square of them, and much faster where they repeat.
_COMPARED = 40


def nearest(text: str, names: Iterable[str]) -> str | None:
    """The name that is most like `text`, as a whole or in one of its words; None when none is like it."""
    known: dict[str, str] = {}
    for name in names:
        folded = fold(name)
        for key in (folded, *folded.split()):
            known.setdefault(key[:_COMPARED], name)
    found = difflib.get_close_matches(fold(text[:256])[:_COMPARED], known, n=1, cutoff=0.6)
    return known[found[0]] if found else None


def quoted(text: str, limit: int = 60) -> str:
    """What a person typed, for a refusal: on one line, in a code span that it cannot leave."""
    visible = " ".join("".join(sign if sign.isprintable() and sign != "`" else " " for sign in text).split())
    return f"`{visible if len(visible) <= limit else visible[: limit - 1] + '…'}`" if visible else "that"
