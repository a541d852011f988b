"""What differs between two states of a session, for people who decide whether to apply the second one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.domain.sessions import Link, Mode, Session, Speaker, Status, Talk

# A datetime is shown in its reader's zone; None is "nothing".
Value = str | datetime | None
T = TypeVar("T")

_MODES = {Mode.HYBRID: "in person and online", Mode.IN_PERSON: "in person", Mode.ONLINE: "online"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would change: `what` in words, from `old` to `new`. The texts are as typed: not escaped."""

    what: str
    old: Value
    new: Value


def differences(before: Session | None, after: Session) -> list[Difference]:
    """Everything that people see of a session, in the order of its page; none where nothing would change.

    For a session that is not there yet, all that it has. Talks are the same by id, else by slug, speakers by slug.
    """
    found = list(_fields(_SESSION, before, after))
    found.extend(_talks(before.talks if before else (), after.talks))
    found.extend(_speakers(before, after))
    return found


def _talks(before: Iterable[Talk], after: Iterable[Talk]) -> Iterator[Difference]:
    old, new = _paired(before, after)
    kept = [key for key in new if key in old]
    for key, talk in old.items():
        if key not in new:
            yield Difference("Talk removed", talk.title, None)
    for key, talk in new.items():
        if key not in old:
            yield Difference("Talk added", None, _talk_line(talk))
        else:
            yield from _fields(_TALK, old[key], talk, f"Talk “{talk.title}”: ")
    former = [key for key in old if key in new]
    if former != kept:
        titles = [new[key].title for key in former], [new[key].title for key in kept]
        yield Difference("Order of the talks", *map(" · ".join, titles))


def _paired(before: Iterable[Talk], after: Iterable[Talk]) -> tuple[dict[str, Talk], dict[str, Talk]]:
    """Both under the same keys: the ids of `before`."""
    old: dict[str, Talk] = {talk.id: talk for talk in before}
    by_slug = {talk.slug: key for key, talk in old.items()}
    new: dict[str, Talk] = {}
    for talk in after:
        new[talk.id if talk.id in old else by_slug.get(talk.slug, talk.id)] = talk
    return old, new


def _speakers(before: Session | None, after: Session) -> Iterator[Difference]:
    """Who gives which talk is said with the talks; here is what is said about a person."""
    old = {speaker.slug: speaker for speaker in before.speakers()} if before else {}
    for speaker in after.speakers():
        yield from _fields(_SPEAKER, old.get(speaker.slug), speaker, f"Speaker “{speaker.name}”: ")


def _fields(
    fields: Mapping[str, Callable[[T], Value]], before: T | None, after: T, prefix: str = ""
) -> Iterator[Difference]:
    for name, read in fields.items():
        old, new = (None if before is None else read(before)), read(after)
        if old != new:
            yield Difference(f"{prefix}{name}", old, new)


def _yes(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "yes" if value else "no"


def _links(links: Iterable[Link]) -> str | None:
    return "\n".join(f"{link.label}: {link.url}" for link in links) or None


def _organizers(session: Session) -> str | None:
    people = (f"{each.name} ({each.affiliation})" if each.affiliation else each.name for each in session.organizers)
    return ", ".join(people) or None


def _names(talk: Talk) -> str | None:
    return ", ".join(speaker.name for speaker in talk.speakers) or None


def _talk_line(talk: Talk) -> str:
    names = _names(talk)
    return f"{talk.title} ({names})" if names else talk.title


_SESSION: dict[str, Callable[[Session], Value]] = {
    "Title": lambda session: session.title,
    "Start": lambda session: session.starts_at,
    "End": lambda session: session.ends_at,
    "Time zone": lambda session: session.zone,
    "Cancelled": lambda session: _yes(session.status is Status.CANCELLED),
    "Takes place": lambda session: _MODES[session.mode],
    "Venue": lambda session: session.venue,
    "City": lambda session: session.city,
    "Seats": lambda session: "not limited" if session.capacity is None else str(session.capacity),
    "Stream planned": lambda session: _yes(session.streamed),
    "Recording planned": lambda session: _yes(session.recorded),
    "Stream": lambda session: session.stream_url,
    "Recording": lambda session: session.recording_url,
    "Organizers": _organizers,
    "Links": lambda session: _links(session.links),
    "Theme": lambda session: session.theme,
    "Foreword": lambda session: session.foreword,
    "Short name in files": lambda session: session.slug,
}
_TALK: dict[str, Callable[[Talk], Value]] = {
    "title": lambda talk: talk.title,
    "speakers": _names,
    "start": lambda talk: talk.starts_at,
    "abstract": lambda talk: talk.abstract,
    "slides": lambda talk: talk.slides_url,
    "recording": lambda talk: talk.recording_url,
}
_SPEAKER: dict[str, Callable[[Speaker], Value]] = {
    "name": lambda speaker: speaker.name,
    "affiliation": lambda speaker: speaker.affiliation,
    "biography": lambda speaker: speaker.biography,
    "links": lambda speaker: _links(speaker.links),
}
