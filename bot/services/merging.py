"""What becomes of a session when a programme file is imported into it: what no file speaks of stays."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.guilds import Community
from bot.domain.sessions import Session, Speaker
from bot.formats.diff import Difference, Value

if TYPE_CHECKING:
    from bot.domain.programme import Programme

# What a programme file says of a session that is there already.
_IN_FILES = (
    *("title", "starts_at", "ends_at", "zone", "mode", "theme", "foreword", "venue", "city", "organizers", "links"),
    *("streamed", "recorded", "stream_url", "recording_url", "capacity", "generation"),
)
_OF_COMMUNITY: dict[str, Callable[[Community], Value]] = {
    "name": lambda community: community.name,
    "about": lambda community: community.about,
    "website": lambda community: community.website,
    "pathways": lambda community: "\n".join(f"{way.label}: {way.url} {way.text}" for way in community.pathways) or None,
    "thanks": lambda community: "\n".join(f"{link.label}: {link.url}" for link in community.thanks) or None,
}


def merged(guild_id: int, programme: "Programme", before: Session | None, known: Mapping[str, Speaker]) -> Session:
    """The session as the file has it, new or in place of `before`, which keeps its slug and whatever no file speaks of.

    `known` are the guild's speakers by slug: of those who speak in other sessions too, nothing is forgotten.
    """
    after = programme.session(guild_id, before, known, overwrite=True)
    own = {speaker.slug for speaker in before.speakers()} if before else set()
    elsewhere = {slug: speaker for slug, speaker in known.items() if slug not in own}
    talks = tuple(
        replace(talk, speakers=tuple(_completed(speaker, elsewhere.get(speaker.slug)) for speaker in talk.speakers))
        for talk in after.talks
    )
    if before is None:
        return replace(after, talks=talks)
    return replace(before, talks=talks, **{name: getattr(after, name) for name in _IN_FILES})


def community_differences(before: Community | None, after: Community | None) -> Iterator[Difference]:
    """What would change about the community; nothing where the file is silent about it."""
    if after is None:
        return
    for what, read in _OF_COMMUNITY.items():
        old, new = (None if before is None else read(before)), read(after)
        if old != new:
            yield Difference(f"Community: {what}", old, new)


def _completed(speaker: Speaker, known: Speaker | None) -> Speaker:
    """What a file does not say of somebody who speaks in other sessions too is no reason to forget it."""
    if known is None:
        return speaker
    return replace(
        speaker,
        affiliation=speaker.affiliation or known.affiliation,
        biography=speaker.biography or known.biography,
        links=speaker.links or known.links,
    )
