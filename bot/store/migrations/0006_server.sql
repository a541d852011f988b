-- What moderators set up for their server, and servers that come and go.

ALTER TABLE guild ADD COLUMN zone TEXT;                 -- IANA zone that new sessions begin with
ALTER TABLE guild ADD COLUMN reminder_minutes TEXT;     -- JSON list of minutes before the start; NULL: the bot's own
ALTER TABLE guild ADD COLUMN paused_at INTEGER;         -- since when nothing is posted in its channels
ALTER TABLE guild ADD COLUMN known_since INTEGER;       -- when the bot first saw itself in it
ALTER TABLE guild ADD COLUMN left_at INTEGER;           -- since when the bot is no longer in it

CREATE INDEX guild_left ON guild (left_at) WHERE left_at IS NOT NULL;

-- Sessions whose reminders differ from those of their guild.
CREATE TABLE session_reminders (
    session_id TEXT PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
    minutes    TEXT NOT NULL                            -- JSON list of minutes before the start
) STRICT;

-- Reminders that are held back: the bot is not in the guild, or the moderators have paused what is posted there.
-- Messages to single people go out during a pause: they are answers to what these people did.
CREATE VIEW held_reminder AS
SELECT held.key FROM reminder AS held
JOIN session ON session.id = held.session_id JOIN guild ON guild.guild_id = session.guild_id
WHERE guild.left_at IS NOT NULL OR (guild.paused_at IS NOT NULL AND held.user_id IS NULL);
