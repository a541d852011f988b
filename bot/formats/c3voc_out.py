"""Writes a session as schedule.json, as c3voc describes it and pretalx, Giggity and others read it."""

import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from bot.domain.guilds import Community
from bot.domain.sessions import Session, Speaker, Talk
from bot.domain.zones import find_zone
from bot.formats.c3voc_shape import OURS, RECORDING, SCHEMA, SLIDES, guid_of
from bot.formats.tables import to_tables

_GENERATOR = {"name": "community-bot"}
_SHORTEST = timedelta(minutes=5)
# Said with their own names in the file, and so not repeated in our part of it.
_SAID = {"title", "time_zone"}
_SHORTEST_ACRONYM = 4

Table = dict[str, Any]


def to_c3voc(session: Session, community: Community | None = None) -> bytes:
    """The file, in UTF-8.

    A talk without a start of its own is shown in the gap where its place in the order puts it, because the format
    wants a time for each; our own import knows that these times are nobody's promise. `guid` is made from the id and
    stays the same from export to export.
    """
    starts = _shown_starts(session)
    document = {
        "$schema": SCHEMA,
        "generator": _GENERATOR,
        "schedule": {"version": str(session.generation), "conference": _conference(session, community, starts)},
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _conference(session: Session, community: Community | None, starts: Sequence[datetime]) -> Table:
    days = _days(session, starts)
    conference: Table = {
        "acronym": session.slug.replace("-", "_").ljust(_SHORTEST_ACRONYM, "_"),
        "title": session.title,
        "start": days[0]["date"],
        "end": days[-1]["date"],
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        "time_zone_name": session.zone,
        "rooms": [{"name": _room(session), "guid": guid_of(f"{session.id}:room"), "capacity": session.capacity}],
        "meta": {OURS: _ours(session, community)},
        "days": days,
    }
    if session.links:
        conference["url"] = session.links[0].url
    return conference


def _ours(session: Session, community: Community | None) -> Table:
    tables = to_tables(session, community)
    ours: Table = {
        "session": {key: value for key, value in tables["session"].items() if key not in _SAID},
        "talks": {
            guid_of(talk.id): {"slug": talk.slug, "position": talk.position, "start_is_known": bool(talk.starts_at)}
            for talk in session.talks
        },
        "speakers": {guid_of(speaker.id): {"slug": speaker.slug} for speaker in session.speakers()},
    }
    return {**ours, "community": tables["community"]} if community else ours


def _days(session: Session, starts: Sequence[datetime]) -> list[Table]:
    """Each day of the session with its talks, also where it has none."""
    zone = find_zone(session.zone)
    dates = [moment.astimezone(zone).date() for moment in (session.starts_at, session.ends_at, *starts)]
    days = [min(dates) + timedelta(days=number) for number in range((max(dates) - min(dates)).days + 1)]
    events: dict[date, list[Table]] = {day: [] for day in days}
    for talk, start, end in zip(session.talks, starts, _ends(session, starts), strict=True):
        local = start.astimezone(zone)
        events[local.date()].append(_event(session, talk, local, end - start))
    return [
        {
            "index": index,
            "date": str(day),
            "day_start": datetime.combine(day, time(), zone).isoformat(),
            "day_end": datetime.combine(day + timedelta(days=1), time(), zone).isoformat(),
            "rooms": {_room(session): events[day]} if events[day] else {},
        }
        for index, day in enumerate(days, start=1)
    ]


def _event(session: Session, talk: Talk, start: datetime, duration: timedelta) -> Table:
    guid = guid_of(talk.id)
    minutes = int(duration.total_seconds()) // 60
    return {
        "guid": guid,
        "id": uuid.UUID(guid).int % (2**31 - 1) + 1,
        "date": start.isoformat(),
        "start": f"{start:%H:%M}",
        "duration": f"{minutes // 60:02}:{minutes % 60:02}",
        "room": _room(session),
        "slug": talk.slug if len(talk.slug) > 1 else f"talk-{talk.slug}",
        "url": talk.recording_url or (session.links[0].url if session.links else f"urn:uuid:{guid}"),
        "title": talk.title,
        "subtitle": "",
        "track": None,
        "type": "talk",
        "language": "und",
        "abstract": talk.abstract,
        "description": None,
        "persons": [_person(speaker) for speaker in talk.speakers],
        "links": [{"title": RECORDING, "url": talk.recording_url}] if talk.recording_url else [],
        "attachments": [{"title": SLIDES, "url": talk.slides_url}] if talk.slides_url else [],
    }


def _person(speaker: Speaker) -> Table:
    person: Table = {"guid": guid_of(speaker.id), "name": speaker.name}
    if speaker.biography:
        person["biography"] = speaker.biography
    if speaker.affiliation:
        person["affiliation"] = speaker.affiliation
    person["links"] = [{"title": link.label, "url": link.url} for link in speaker.links]
    return person


def _room(session: Session) -> str:
    return session.venue or session.city or "Online"


def _shown_starts(session: Session) -> list[datetime]:
    """Each talk's own start, else one that divides the gap between its neighbours' (to the minute)."""
    starts: list[datetime] = []
    known = [(index, talk.starts_at) for index, talk in enumerate(session.talks) if talk.starts_at]
    # Before the first talk with a time the session itself begins, behind the last one it ends.
    fixed = [(-1, session.starts_at), *known, (len(session.talks), session.ends_at)]
    for (before, earlier), (after, later) in pairwise(fixed):
        parts = after - before - (before == -1)
        gap = max(later - earlier, timedelta())
        first = 0 if before == -1 else 1
        for place in range(after - before - 1):
            minutes = int(gap.total_seconds() * (place + first) / max(parts, 1)) // 60
            starts.append(earlier + timedelta(minutes=minutes))
        if after < len(session.talks):
            starts.append(later)
    return starts


def _ends(session: Session, starts: Sequence[datetime]) -> list[datetime]:
    """When the next talk begins, or the session ends; a talk has five minutes at least."""
    ends = []
    for start in starts:
        later = [moment for moment in (*starts, session.ends_at) if moment > start]
        ends.append(max(start + _SHORTEST, min(later, default=start)))
    return ends
