"""What the columns of sessions, talks and speakers mean."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.sessions import Headline, Link, MessageRef, Mode, Organizer, Session, Speaker, Status, Talk
from bot.store.values import from_unix


def headline(row: Sequence[Any]) -> Headline:
    """From id, guild_id, slug, title, starts_at, ends_at, zone, mode, status."""
    key, guild_id, slug, title, starts_at, ends_at, zone, mode, status = row
    return Headline(
        key, guild_id, slug, title, from_unix(starts_at), from_unix(ends_at), zone, Mode(mode), Status(status)
    )


def session(row: Mapping[str, Any], talks: tuple[Talk, ...]) -> Session:
    """From all columns by name."""
    posted = row["card_message_id"] is not None
    return Session(
        id=row["id"],
        guild_id=row["guild_id"],
        slug=row["slug"],
        title=row["title"],
        starts_at=from_unix(row["starts_at"]),
        ends_at=from_unix(row["ends_at"]),
        zone=row["zone"],
        mode=Mode(row["mode"]),
        status=Status(row["status"]),
        theme=row["theme"],
        foreword=row["foreword"],
        venue=row["venue"],
        city=row["city"],
        organizers=tuple(Organizer(**item) for item in json.loads(row["organizers"])),
        links=_links(row["links"]),
        streamed=bool(row["streamed"]),
        recorded=bool(row["recorded"]),
        stream_url=row["stream_url"],
        recording_url=row["recording_url"],
        capacity=row["capacity"],
        generation=row["generation"],
        card=MessageRef(row["card_channel_id"], row["card_message_id"]) if posted else None,
        talks=talks,
        channel_id=row["channel_id"],
        cancel_reason=row["cancel_reason"],
        quiet=bool(row["quiet"]),
    )


def talk(row: Sequence[Any], speakers: tuple[Speaker, ...]) -> Talk:
    """From id, slug, position, title, abstract, starts_at, slides_url, recording_url."""
    key, slug, position, title, abstract, starts_at, slides_url, recording_url = row
    return Talk(key, slug, position, title, abstract, speakers, from_unix(starts_at), slides_url, recording_url)


def speaker(row: Sequence[Any]) -> Speaker:
    """From id, slug, name, affiliation, biography, links."""
    key, slug, name, affiliation, biography, links = row
    return Speaker(key, slug, name, affiliation, biography, _links(links))


def _links(text: str) -> tuple[Link, ...]:
    return () if text == "[]" else tuple(Link(**item) for item in json.loads(text))
