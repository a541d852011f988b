"""Reads schedule.json, as c3voc describes it and pretalx and frab write it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import limits
from bot.domain.programme import Programme
from bot.formats.c3voc_shape import OURS, RECORDING, SLIDES
from bot.formats.draft import (
    Draft,
    Options,
    begin,
    https,
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
_DURATION = re.compile(r"(\d{1,3}):([0-5]\d)(?::[0-5]\d)?", re.ASCII)
# What the conference itself says; all else of a session stands in our part of a file that we wrote.
_SAID = {"title", "time_zone"}


@dataclass(frozen=True, slots=True)
class _Event:
    """A talk where it stands; `ours` is what our own export says beside it (a missing node in other files)."""

    node: Node
    ours: Node
    start: datetime | None
    end: datetime | None

    @property
    def start_is_known(self) -> bool:
        return self.ours["start_is_known"].value is not False

    def order(self) -> tuple[bool, float]:
        position = self.ours["position"].value
        if isinstance(position, int):
            return False, min(max(position, 0), limits.TALKS)
        return True, self.start.timestamp() if self.start else 0


def read_c3voc(top: Node, options: Options = _NO_OPTIONS) -> Programme:
    """The programme in a schedule.json: one session from the start of its first talk to the end of its last.

    What our own export put into `conference.meta` is used; of other files, rooms, tracks and languages are left out,
    and `description` where it does not fit behind `abstract`.

    Raises:
        ProgrammeError: everything that is wrong with it, with its path in the file.
    """
    conference = top["schedule"]["conference"]
    if not conference.table():
        if conference.is_missing():
            conference.problem("is missing: this is no schedule.json of pretalx or frab")
        top.findings.stop("", "choose the JSON export of the schedule")
    nodes = list(_event_nodes(conference))
    at_most(conference["days"], len(nodes), limits.TALKS, "talks")
    ours = _ours(conference)
    said = ours["session"].value if isinstance(ours["session"].value, dict) else {}
    draft = begin(conference, options, said=said)
    put_title(draft, conference["title"], options)
    zone = put_zone(draft, conference["time_zone_name"], options)
    events = [_event(node, day, ours, zone) for node, day in nodes]
    if "starts_at" not in said or "ends_at" not in said:
        put_bounds(
            draft,
            conference["days"],
            [event.start for event in events if event.start],
            [event.end for event in events if event.end],
            options,
        )
    _put_ours(draft, ours, options)
    _put_slug(draft, conference, options)
    reader = _Talks(draft, ours["speakers"], zone)
    for event in sorted(events, key=_Event.order):
        reader.put(event)
    at_most(conference["days"], len(draft.tables["speakers"]), limits.SPEAKERS, "speakers")
    keep_from(draft, options.into)
    return draft.finish()


def _event_nodes(conference: Node) -> Iterator[tuple[Node, Node]]:
    """Every event with its day."""
    for day in conference["days"].items():
        if day.table():
            for _, room in day["rooms"].entries():
                yield from ((event, day) for event in room.items() if event.table())


def _ours(conference: Node) -> Node:
    meta = conference["meta"]
    return meta[OURS] if isinstance(meta.value, dict) else Node(None, meta.path, meta.findings)


def _event(node: Node, day: Node, ours: Node, zone: str | None) -> _Event:
    start = read_moment(node["date"], zone)
    if start is None and node["date"].is_missing() and not node["start"].is_missing() and day["date"].text():
        together = f"{day['date'].text()}T{node['start'].text()}"
        start = read_moment(Node(together, node["start"].path, node.findings), zone)
    duration = _duration(node["duration"])
    guid = node["guid"].text()
    beside = ours["talks"][guid] if guid else Node(None, ours.path, ours.findings)
    try:
        end = start + duration if start and duration else None
    except OverflowError:
        end = None
    return _Event(node, beside, start, end)


def _duration(node: Node) -> timedelta | None:
    text = node.text()
    if text is None:
        return None
    found = _DURATION.fullmatch(text)
    if found is None:
        node.problem('is no duration: write it like "00:30"')
        return None
    return timedelta(hours=int(found[1]), minutes=int(found[2]))


def _put_ours(draft: Draft, ours: Node, options: Options) -> None:
    """What our own export wrote beside the rest; `options.into` names the session itself."""
    for key, node in ours["session"].entries():
        if key not in _SAID and not (key == "slug" and options.into):
            draft.put("session", key, node, node.value)
    if not ours["community"].is_missing():
        draft.tables["community"] = ours["community"].value
        draft.paths["community"] = ours["community"].path


def _put_slug(draft: Draft, conference: Node, options: Options) -> None:
    session = draft.tables["session"]
    if "slug" not in session:
        node = conference["acronym"]
        draft.put("session", "slug", node, unique_slug(set(), node.text(), options.title or conference["title"].text()))


class _Talks:
    """Puts talks and their speakers into a draft, each speaker once."""

    def __init__(self, draft: Draft, ours: Node, zone: str | None) -> None:
        self._draft = draft
        self._ours = ours
        self._zone = zone
        self._talk_slugs: set[str] = set()
        self._speaker_slugs: set[str] = set()
        self._known: dict[str, str] = {}

    def put(self, event: _Event) -> None:
        node = event.node
        title = node["title"].text()
        if title is None and not isinstance(node["title"].value, (dict, list, int, float)):
            node["title"].problem("is missing: give the talk a title")
        slug = event.ours["slug"].text() or unique_slug(
            self._talk_slugs, node["code"].name(), node["guid"].name(), node["id"].name(), node["slug"].text(), title
        )
        self._talk_slugs.add(slug)
        key = self._draft.add("talks", node, {"slug": slug})
        if not event.ours["slug"].is_missing():
            self._draft.paths[f"{key}.slug"] = event.ours["slug"].path
        self._draft.put(key, "title", node["title"], title)
        self._draft.put(key, "abstract", node["abstract"], _abstract(node))
        start = event.start if event.start_is_known else None
        self._draft.put(key, "starts_at", node["date"], in_zone(start, self._zone))
        self._draft.put(key, "slides_url", node["attachments"], _address(node, SLIDES))
        self._draft.put(key, "recording_url", node["links"], _address(node, RECORDING))
        persons = [person for person in node["persons"].items() if person.table()]
        at_most(node["persons"], len(persons), limits.SPEAKERS_OF_TALK, "speakers of one talk")
        slugs = [slug for slug in map(self._speaker, persons) if slug]
        self._draft.put(key, "speakers", node["persons"], list(dict.fromkeys(slugs)))

    def _speaker(self, person: Node) -> str | None:
        name_node = next(
            (person[key] for key in ("name", "public_name") if not person[key].is_missing()), person["name"]
        )
        name, guid = name_node.text(), person["guid"].name()
        identity = guid or person["code"].name() or person["id"].name() or name
        if identity is None:
            if name_node.is_missing():
                name_node.problem("is missing: give the speaker a name")
            return None
        if identity in self._known:
            return self._known[identity]
        own = self._ours[guid]["slug"] if guid else Node(None, "", person.findings)
        slug = own.text() or unique_slug(self._speaker_slugs, name, f"{name} {identity[:8]}", f"speaker {identity}")
        self._speaker_slugs.add(slug)
        self._known[identity] = slug
        key = self._draft.add("speakers", person, {"slug": slug})
        if not own.is_missing():
            self._draft.paths[f"{key}.slug"] = own.path
        if name_node.is_missing():
            name_node.problem("is missing: give the speaker a name")
        self._draft.put(key, "name", name_node, name)
        self._draft.put(key, "affiliation", person["affiliation"], person["affiliation"].text())
        self._draft.put(key, "biography", person["biography"], person["biography"].text())
        self._draft.put(key, "links", person["links"], usable_links(person["links"]))
        return slug


def _abstract(node: Node) -> str | None:
    """Abstract and description, as far as both fit; the abstract, where they do not."""
    abstract, description = node["abstract"].text(), node["description"].text()
    if not abstract or not description or description == abstract:
        return abstract or description
    both = f"{abstract}\n\n{description}"
    return both if len(both) <= limits.TEXT else abstract


def _address(node: Node, title: str) -> str | None:
    """The first address under this title among attachments and links; others are nothing we show."""
    for key in ("attachments", "links"):
        listed = node[key].value if isinstance(node[key].value, list) else []
        for item in listed:
            if isinstance(item, dict) and str(item.get("title", "")).casefold().strip().startswith(title.casefold()):
                found = https(item.get("url"))
                if found:
                    return found
    return None
