-- What moderators do from inside Discord.

-- Its own channel (NULL: the guild's), why it was cancelled, and whether its posts ping nobody.
ALTER TABLE session ADD COLUMN channel_id INTEGER;
ALTER TABLE session ADD COLUMN cancel_reason TEXT;
ALTER TABLE session ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;

-- What somebody has typed and not saved yet: a form that was refused, or one that waits for its confirmation.
CREATE TABLE draft (
    id         TEXT PRIMARY KEY,
    guild_id   INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,             -- JSON
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX draft_of_user ON draft (user_id, expires_at);
CREATE INDEX draft_by_end ON draft (expires_at);

-- A change that people are told of: how the session was before it. All edits until due_at belong to it.
CREATE TABLE session_change (
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,          -- counts the changes of a session: the generation of their notices
    due_at     INTEGER NOT NULL,
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    mode       TEXT NOT NULL,
    status     TEXT NOT NULL,
    venue      TEXT,
    city       TEXT,
    PRIMARY KEY (session_id, number)
) STRICT, WITHOUT ROWID;

-- Who made how many sessions lately: outlives the sessions, or deleting would be a way around the limit.
CREATE TABLE creation (
    guild_id   INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, user_id, session_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX creation_by_time ON creation (created_at);
