"""What people have typed and not saved yet: kept for a while, for its author alone."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.drafts import DraftKey
from bot.store.values import to_unix

LIFETIME = timedelta(minutes=15)  # as long as Discord lets us edit the answer that offers it
MOST = 20  # of one person; the oldest go first


def keep(conn: sqlite3.Connection, key: DraftKey, body: Mapping[str, Any], now: datetime) -> None:
    """Store the draft anew, or as it is now; what is too old or too much goes."""
    conn.execute("DELETE FROM draft WHERE expires_at <= ?", (to_unix(now),))
    conn.execute(
        "INSERT INTO draft (id, guild_id, user_id, kind, body, expires_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at"
        " WHERE draft.guild_id = excluded.guild_id AND draft.user_id = excluded.user_id AND draft.kind = excluded.kind",
        (key.id, key.guild_id, key.user_id, key.kind, json.dumps(body), to_unix(now + LIFETIME)),
    )
    conn.execute(
        "DELETE FROM draft WHERE user_id = ? AND id NOT IN"
        " (SELECT id FROM draft WHERE user_id = ? ORDER BY expires_at DESC, id = ? DESC LIMIT ?)",
        (key.user_id, key.user_id, key.id, MOST),
    )


def get(conn: sqlite3.Connection, key: DraftKey, now: datetime) -> dict[str, Any] | None:
    row = conn.execute(
        "SELECT body FROM draft WHERE id = ? AND guild_id = ? AND user_id = ? AND kind = ? AND expires_at > ?",
        (key.id, key.guild_id, key.user_id, key.kind, to_unix(now)),
    ).fetchone()
    return None if row is None else dict(json.loads(row[0]))


def drop(conn: sqlite3.Connection, draft_id: str, guild_id: int, user_id: int) -> bool:
    """Whether it was there."""
    return bool(
        conn.execute(
            "DELETE FROM draft WHERE id = ? AND guild_id = ? AND user_id = ?", (draft_id, guild_id, user_id)
        ).rowcount
    )
