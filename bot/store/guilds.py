"""What a guild has chosen, and its community."""

import json
import sqlite3
from dataclasses import asdict, replace
from typing import Any

from bot.domain.guilds import Community, GuildConfig, Pathway
from bot.domain.sessions import Link
from bot.store import facts


def config(conn: sqlite3.Connection, guild_id: int) -> GuildConfig:
    """What the guild has chosen; nothing, for a guild that is not known yet."""
    row = conn.execute(
        "SELECT guild_id, announce_channel_id, log_channel_id, moderator_role_id, ping_role_id, zone, reminder_minutes"
        " FROM guild WHERE guild_id = ?",
        (guild_id,),
    ).fetchone()
    if row is None:
        return GuildConfig(guild_id)
    *chosen, minutes = row
    return replace(GuildConfig(*chosen), reminder_minutes=None if minutes is None else tuple(json.loads(minutes)))


def save_config(conn: sqlite3.Connection, chosen: GuildConfig) -> None:
    minutes = chosen.reminder_minutes
    conn.execute(
        "INSERT INTO guild (guild_id, announce_channel_id, log_channel_id, moderator_role_id, ping_role_id, zone,"
        " reminder_minutes) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (guild_id) DO UPDATE SET"
        " announce_channel_id = excluded.announce_channel_id, log_channel_id = excluded.log_channel_id,"
        " moderator_role_id = excluded.moderator_role_id, ping_role_id = excluded.ping_role_id,"
        " zone = excluded.zone, reminder_minutes = excluded.reminder_minutes",
        (
            chosen.guild_id,
            chosen.announce_channel_id,
            chosen.log_channel_id,
            chosen.moderator_role_id,
            chosen.ping_role_id,
            chosen.zone,
            None if minutes is None else json.dumps(minutes),
        ),
    )


def community(conn: sqlite3.Connection, guild_id: int) -> Community | None:
    row = conn.execute("SELECT community FROM guild WHERE guild_id = ?", (guild_id,)).fetchone()
    return None if row is None or row[0] is None else _community(row[0])


def save_community(conn: sqlite3.Connection, guild_id: int, community: Community) -> None:
    conn.execute(
        "INSERT INTO guild (guild_id, community) VALUES (?, ?)"
        " ON CONFLICT (guild_id) DO UPDATE SET community = excluded.community",
        (guild_id, json.dumps(asdict(community), ensure_ascii=False)),
    )


def _community(text: str) -> Community:
    stored = json.loads(text)
    return Community(
        name=stored["name"],
        about=stored["about"],
        website=stored["website"],
        pathways=tuple(Pathway(**item) for item in stored["pathways"]),
        thanks=tuple(Link(**item) for item in stored["thanks"]),
    )


def is_adopted(conn: sqlite3.Connection, wanted: GuildConfig) -> bool:
    """Whether `adopt` would change nothing."""
    before: dict[str, Any] = json.loads(facts.get(conn, f"adopted {wanted.guild_id}") or "{}")
    return before == _asked(wanted)


def adopt(conn: sqlite3.Connection, wanted: GuildConfig) -> None:
    """Set what `wanted` names, except values that were adopted before; take back what it no longer names.

    A value that moderators have changed since it was adopted is theirs, and stays.
    """
    fact = f"adopted {wanted.guild_id}"
    before = json.loads(facts.get(conn, fact) or "{}")
    asked = _asked(wanted)
    present = config(conn, wanted.guild_id)
    news = {name: value for name, value in asked.items() if before.get(name) != value}
    gone: dict[str, Any] = {
        name: None for name, value in before.items() if name not in asked and getattr(present, name) == value
    }
    if news or gone:
        save_config(conn, replace(present, **news, **gone))
    if asked != before:
        facts.put(conn, fact, json.dumps(asked))


def _asked(wanted: GuildConfig) -> dict[str, Any]:
    return {name: value for name, value in asdict(wanted).items() if name != "guild_id" and value is not None}
