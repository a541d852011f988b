"""From a foreign file to a programme: its tables with the place each value came from, checked as our own file is."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from bot.domain import limits
from bot.domain.links import check_url
from bot.domain.programme import Problem, Programme, ProgrammeError
from bot.domain.programme_fields import slug_of
from bot.domain.programme_problems import from_pydantic, key_words
from bot.domain.programme_references import check_references
from bot.domain.programme_tables import Frame, LinkTable
from bot.domain.sessions import Session
from bot.domain.zones import WrongTimeError, find_zone, resolve
from bot.formats.json_in import Findings, Node
from bot.formats.tables import to_tables

_OPTION = "the option {} of this command"
# What a file of another program says of a session or talk; all else stays as it is when one is there already.
_SAID = {"slug", "title", "time_zone", "starts_at", "ends_at"}
_TALK_KEEPS = ("slides_url", "recording_url")
_SPEAKER_KEEPS = ("affiliation", "biography", "links")


@dataclass(frozen=True, slots=True)
class Options:
    """What a moderator adds to a file that does not say it; `into` is the session that the file is to become part of.

    `into` gives its slug, and keeps everything that the format of the file has no place for.
    """

    title: str | None = None
    zone: str | None = None
    into: Session | None = None


@dataclass(slots=True)
class Draft:
    """`paths` has the place in the file of each key ("talks.2.title") of `tables`.

    `hidden` are keys that cannot be judged while another one is wrong.
    """

    findings: Findings
    tables: dict[str, Any]
    paths: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def put(self, key: str, name: str, node: Node, value: object) -> None:
        """Set `name` in the table under `key` ("session", "talks.2"), unless there is no value."""
        self.paths[f"{key}.{name}"] = node.path
        if value is not None:
            self.table(key)[name] = value

    def table(self, key: str) -> dict[str, Any]:
        name, _, number = key.partition(".")
        found = self.tables[name][int(number) - 1] if number else self.tables[name]
        assert isinstance(found, dict)
        return found

    def add(self, name: str, node: Node, table: dict[str, Any]) -> str:
        """Append to the list of tables `name`; the key of what was added."""
        self.tables[name].append(table)
        key = f"{name}.{len(self.tables[name])}"
        self.paths[key] = node.path
        return key

    def finish(self) -> Programme:
        """The programme.

        Raises:
            ProgrammeError: everything that was found, here and while reading, with its place in the file.
        """
        known = {problem.key for problem in self.findings.problems}
        judged = (problem for problem in _problems(self.tables) if problem.key not in self.hidden)
        found = [problem for problem in map(self._placed, judged) if problem.key not in known]
        if self.findings.problems or found:
            raise ProgrammeError([*self.findings.problems, *found])
        return Programme.model_validate(self.tables, context=Frame())

    def _placed(self, problem: Problem) -> Problem:
        parts = problem.key.split(".")
        for length in range(len(parts), 0, -1):
            path = self.paths.get(".".join(parts[:length]))
            if path is not None:
                return Problem(self.findings.file, None, path, problem.words)
        return Problem(self.findings.file, None, problem.key, problem.words)


def begin(node: Node, options: Options, said: Iterable[str] = ()) -> Draft:
    """A draft with what `options.into` keeps; `said` are further keys of the session that the file has itself."""
    session: dict[str, Any] = {}
    if options.into is not None:
        session = {
            key: value
            for key, value in to_tables(options.into)["session"].items()
            if key == "slug" or key not in {*_SAID, *said}
        }
    return Draft(node.findings, {"session": session, "speakers": [], "talks": []})


def put_title(draft: Draft, node: Node, options: Options) -> None:
    title = options.title or node.text() or (options.into.title if options.into else None)
    draft.put("session", "title", node, title)
    if options.title:
        draft.paths["session.title"] = _OPTION.format("title")
    if title is None and not _was_reported(node):
        node.problem(f"names no title: fill in {_OPTION.format('title')}")


def put_zone(draft: Draft, node: Node, options: Options) -> str | None:
    """The zone, if it is one."""
    zone = options.zone or node.text() or (options.into.zone if options.into else None)
    draft.put("session", "time_zone", node, zone)
    if options.zone:
        draft.paths["session.time_zone"] = _OPTION.format("zone")
    if zone is None:
        if not _was_reported(node):
            node.problem(f"names no time zone: fill in {_OPTION.format('zone')}, with one like Europe/Berlin")
        return None
    try:
        return find_zone(zone).key
    except WrongTimeError:
        return None  # the check of the whole will say so


def put_bounds(draft: Draft, node: Node, starts: list[datetime], ends: list[datetime], options: Options) -> None:
    """Start and end of the session: of its talks, where these have times; else of the session that is there."""
    if "time_zone" not in draft.tables["session"]:
        draft.hidden |= {"session.starts_at", "session.ends_at"}
        return
    into = options.into
    starts_at = min(starts) if starts else into.starts_at if into else None
    ends_at = max(ends) if ends else into.ends_at if into else None
    if starts_at is None or ends_at is None:
        node.problem("no talk has a start and an end: give one of them its time first, or import into a session")
    draft.put("session", "starts_at", node, in_zone(starts_at, draft.tables["session"].get("time_zone")))
    draft.put("session", "ends_at", node, in_zone(ends_at, draft.tables["session"].get("time_zone")))


def read_moment(node: Node, zone: str | None) -> datetime | None:
    """An ISO time; without an offset, of the clocks in `zone`."""
    text = node.text()
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text) if len(text) <= 40 else None  # noqa: PLR2004 - no time is longer
        if moment is not None and moment.tzinfo is None:
            return None if zone is None else resolve(moment.replace(microsecond=0), zone)
    except WrongTimeError as error:
        node.problem(str(error))
        return None
    except ValueError:
        moment = None
    if moment is None:
        node.problem('is no time: write it like "2027-05-24T10:00:00+02:00"')
    return moment


def in_zone(moment: datetime | None, zone: str | None) -> datetime | None:
    """As the clocks there show it, so that its offset fits; unchanged where the zone is none (said elsewhere)."""
    if moment is None or zone is None:
        return moment
    try:
        return moment.astimezone(find_zone(zone))
    except (WrongTimeError, OverflowError):
        return moment


def usable_links(node: Node) -> list[dict[str, str]]:
    """Those of the links that can be shown, as many as fit: what else people write there is no reason to refuse."""
    links = []
    for item in node.items():
        label = item["title"].value or item["label"].value
        with contextlib.suppress(ValidationError):
            links.append(LinkTable.model_validate({"label": label, "url": item["url"].value}).model_dump())
    return links[: limits.LINKS]


def unique_slug(taken: set[str], *sources: str | None) -> str:
    """A slug from the first of `sources` that makes a free one; the last resort is a number behind it."""
    made = [slug for slug in (slug_of(source) for source in sources if source) if slug] or ["item"]
    free = next((slug for slug in made if slug not in taken), None)
    number = 2
    while free is None:
        candidate = f"{made[-1][: limits.SLUG - 5]}-{number}"
        free = candidate if candidate not in taken else None
        number += 1
    taken.add(free)
    return free


def keep_from(draft: Draft, into: Session | None) -> None:
    """For talks and speakers that `into` has too: what the file leaves out of them."""
    if into is None:
        return
    stored = to_tables(into)
    for name, kept in (("talks", _TALK_KEEPS), ("speakers", _SPEAKER_KEEPS)):
        before = {table["slug"]: table for table in stored.get(name, [])}
        for table in draft.tables[name]:
            old = before.get(table.get("slug"), {})
            table.update({key: old[key] for key in kept if key in old and not table.get(key)})


def _problems(tables: dict[str, Any]) -> list[Problem]:
    problems = [Problem("", None, key_words(place), words) for place, words in check_references(tables)]
    try:
        Programme.model_validate(tables, context=Frame())
    except ValidationError as error:
        problems += from_pydantic("", error.errors(include_url=False, include_input=False), {}, {})
    return problems


def https(value: object) -> str | None:
    try:
        return check_url(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _was_reported(node: Node) -> bool:
    return any(problem.key == node.path for problem in node.findings.problems)
