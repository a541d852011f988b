"""Small things the bot remembers about itself."""

import sqlite3


def programme_of(guild_id: int) -> str:
    """The name of the fact which programme file was brought into the guild at a start of the bot."""
    return f"programme {guild_id}"


def get(conn: sqlite3.Connection, name: str) -> str | None:
    row = conn.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def put(conn: sqlite3.Connection, name: str, value: str) -> None:
    conn.execute(
        "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def drop(conn: sqlite3.Connection, name: str) -> None:
    conn.execute("DELETE FROM fact WHERE name = ?", (name,))
