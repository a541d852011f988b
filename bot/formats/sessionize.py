"""Reads the JSON that Sessionize gives under view/All: sessions, speakers, rooms."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain import limits
from bot.domain.links import check_url
from bot.domain.programme import Programme
from bot.formats.draft import (
    Draft,
    Options,
    begin,
    in_zone,
    keep_from,
    put_bounds,
    put_title,
    put_zone,
    read_moment,
    unique_slug,
    usable_links,
)
from bot.formats.json_in import Node, at_most

_NO_OPTIONS = Options()


def read_sessionize(top: Node, options: Options = _NO_OPTIONS) -> Programme:
    """The programme in a Sessionize export, whose times are those of the event's zone.

    The file names neither event nor zone: `options` must, if only through `into`. Sessions that were not accepted
    are left out, and so are speakers without one; breaks stay, as talks without speakers.

    Raises:
        ProgrammeError: everything that is wrong with it, with its path in the file.
    """
    draft = begin(top, options)
    put_title(draft, top["title"], options)
    zone = put_zone(draft, top["timeZone"], options)
    sessions = [item for item in top["sessions"].items() if item.table() and _is_accepted(item)]
    at_most(top["sessions"], len(sessions), limits.TALKS, "sessions")
    at_most(top["speakers"], len(top["speakers"].items()), limits.TALKS * limits.SPEAKERS_OF_TALK, "speakers")
    people = {name: item for item in top["speakers"].items() if item.table() and (name := item["id"].name())}
    timed = [(item, read_moment(item["startsAt"], zone), read_moment(item["endsAt"], zone)) for item in sessions]
    put_bounds(
        draft,
        top["sessions"],
        [start for _, start, _ in timed if start],
        [end for _, _, end in timed if end],
        options,
    )
    _put_slug(draft, options)
    reader = _Talks(draft, people, zone)
    for item, start in sorted(((item, start) for item, start, _ in timed), key=_by_time):
        reader.put(item, start)
    at_most(top["speakers"], len(draft.tables["speakers"]), limits.SPEAKERS, "speakers")
    keep_from(draft, options.into)
    return draft.finish()


def _put_slug(draft: Draft, options: Options) -> None:
    session = draft.tables["session"]
    if "slug" not in session and session.get("title"):
        session["slug"] = unique_slug(set(), session["title"], "session")
    if options.title:
        draft.paths["session.slug"] = draft.paths["session.title"]


def _is_accepted(item: Node) -> bool:
    status = item["status"].value
    return not isinstance(status, str) or status.casefold() in {"", "accepted"}


def _by_time(each: tuple[Node, datetime | None]) -> tuple[bool, float]:
    """Sessions without a time come last, in the order of the file."""
    return each[1] is None, each[1].timestamp() if each[1] else 0


class _Talks:
    """Puts talks and their speakers into a draft, each speaker once."""

    def __init__(self, draft: Draft, people: Mapping[str, Node], zone: str | None) -> None:
        self._draft = draft
        self._people = people
        self._zone = zone
        self._talk_slugs: set[str] = set()
        self._speaker_slugs: set[str] = set()
        self._known: dict[str, str] = {}

    def put(self, item: Node, start: datetime | None) -> None:
        title = item["title"].text()
        slug = unique_slug(self._talk_slugs, item["id"].name(), title)
        key = self._draft.add("talks", item, {"slug": slug})
        if title is None:
            item["title"].problem("is missing: give it a title in Sessionize")
        self._draft.put(key, "title", item["title"], title)
        self._draft.put(key, "abstract", item["description"], item["description"].text())
        self._draft.put(key, "starts_at", item["startsAt"], in_zone(start, self._zone))
        self._draft.put(key, "recording_url", item["recordingUrl"], _url(item["recordingUrl"]))
        names = item["speakers"].items()
        at_most(item["speakers"], len(names), limits.SPEAKERS_OF_TALK, "speakers of one talk")
        slugs = [slug for slug in map(self._speaker, names) if slug]
        self._draft.put(key, "speakers", item["speakers"], list(dict.fromkeys(slugs)))

    def _speaker(self, reference: Node) -> str | None:
        wanted = reference if not isinstance(reference.value, dict) else reference["id"]
        name = wanted.name()
        if name is None or name in self._known:
            return self._known.get(name or "")
        person = self._people.get(name)
        if person is None:
            wanted.problem("is the id of no speaker in this file: export it again with all speakers")
            return None
        full = person["fullName"].text() or " ".join(
            filter(None, (person["firstName"].text(), person["lastName"].text()))
        )
        if not full:
            person["fullName"].problem("is missing: give the speaker a name in Sessionize")
        slug = unique_slug(self._speaker_slugs, full, f"{full} {name[:8]}", f"speaker {name}")
        self._known[name] = slug
        key = self._draft.add("speakers", person, {"slug": slug})
        self._draft.put(key, "name", person["fullName"], full or None)
        self._draft.put(key, "affiliation", person["tagLine"], person["tagLine"].text())
        self._draft.put(key, "biography", person["bio"], person["bio"].text())
        self._draft.put(key, "links", person["links"], usable_links(person["links"]))
        return slug


def _url(node: Node) -> str | None:
    """None for an address that is none of ours to show, such as one with http."""
    text = node.text()
    if text is None:
        return None
    try:
        return check_url(text)
    except ValueError as error:
        node.problem(str(error))
        return None
