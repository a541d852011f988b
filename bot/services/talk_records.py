"""What the record of changes keeps of talks and speakers."""

from collections.abc import Mapping
from typing import Any

from bot.domain.sessions import Speaker, Talk

Values = dict[str, Any]


def differing(before: Talk | None, after: Talk | None) -> tuple[Values | None, Values | None]:
    """The fields that differ, beside the title, by which a reader knows the talk; None: there is no such talk."""
    old, new = _of_talk(before), _of_talk(after)
    if old is None or new is None or old == new:
        return old, new
    names = [name for name in new if name == "talk" or old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


def of_speaker(speaker: Speaker) -> Mapping[str, Any]:
    return {
        "speaker": speaker.name,
        "affiliation": speaker.affiliation,
        "biography": speaker.biography,
        "links": [link.url for link in speaker.links],
    }


def _of_talk(talk: Talk | None) -> Values | None:
    if talk is None:
        return None
    return {
        "talk": talk.title,
        "position": talk.position,
        "abstract": talk.abstract,
        "starts_at": None if talk.starts_at is None else int(talk.starts_at.timestamp()),
        "slides_url": talk.slides_url,
        "recording_url": talk.recording_url,
        "speakers": [speaker.name for speaker in talk.speakers],
    }
