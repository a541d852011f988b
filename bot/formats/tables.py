"""A session as the tables of a programme file: what `bot.domain.programme` reads, the other way round."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.guilds import Community
from bot.domain.sessions import Link, Session, Speaker, Talk
from bot.domain.wallclock import write_local

Table = dict[str, Any]


def to_tables(session: Session, community: Community | None = None) -> Table:
    """The whole file as nested dicts and lists of texts, numbers and truth values, without what is not set.

    Times are texts as the clocks in the session's zone show them, with an offset where they show the same twice.
    """
    tables: Table = {"community": _community(community)} if community else {}
    tables["session"] = _session(session)
    tables["speakers"] = [_speaker(speaker) for speaker in session.speakers()]
    tables["talks"] = [_talk(talk, session.zone) for talk in session.talks]
    return _set(tables)


def _session(session: Session) -> Table:
    return _set(
        {
            "slug": session.slug,
            "title": session.title,
            "time_zone": session.zone,
            "starts_at": write_local(session.starts_at, session.zone),
            "ends_at": write_local(session.ends_at, session.zone),
            "mode": session.mode.value,
            "venue": session.venue,
            "city": session.city,
            "capacity": session.capacity,
            "streamed": session.streamed,
            "recorded": session.recorded,
            "stream_url": session.stream_url,
            "recording_url": session.recording_url,
            "theme": session.theme,
            "foreword": session.foreword,
            "organizers": [_set({"name": each.name, "affiliation": each.affiliation}) for each in session.organizers],
            "links": _links(session.links),
        }
    )


def _speaker(speaker: Speaker) -> Table:
    return _set(
        {
            "slug": speaker.slug,
            "name": speaker.name,
            "affiliation": speaker.affiliation,
            "biography": speaker.biography,
            "links": _links(speaker.links),
        }
    )


def _talk(talk: Talk, zone: str) -> Table:
    return _set(
        {
            "slug": talk.slug,
            "title": talk.title,
            "speakers": [speaker.slug for speaker in talk.speakers],
            "starts_at": write_local(talk.starts_at, zone) if talk.starts_at else None,
            "slides_url": talk.slides_url,
            "recording_url": talk.recording_url,
            "abstract": talk.abstract,
        }
    )


def _community(community: Community) -> Table:
    return _set(
        {
            "name": community.name,
            "about": community.about,
            "website": community.website,
            "pathways": [{"label": way.label, "url": way.url, "text": way.text} for way in community.pathways],
            "thanks": _links(community.thanks),
        }
    )


def _links(links: Iterable[Link]) -> list[Table]:
    return [{"label": link.label, "url": link.url} for link in links]


def _set(table: Mapping[str, Any]) -> Table:
    return {key: value for key, value in table.items() if value is not None and value != []}
