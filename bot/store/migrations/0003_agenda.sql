-- What people put on their agenda: stars on talks, and whether they want to be told before a talk begins.

-- starred is 0 once the star was taken away: the row stays, because press_id (the interaction that set it) is what
-- tells a late repetition of an older press from a new one.
CREATE TABLE star (
    talk_id    TEXT NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL,
    starred    INTEGER NOT NULL,
    press_id   INTEGER NOT NULL,
    starred_at INTEGER NOT NULL,
    PRIMARY KEY (talk_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX star_of_user ON star (user_id) WHERE starred = 1;

-- reminded: this person asked, in this guild, for direct messages before talks. failures: how many of them in a row
-- Discord did not take; at the third they are off again.
CREATE TABLE agenda (
    guild_id INTEGER NOT NULL,
    user_id  INTEGER NOT NULL,
    reminded INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    press_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX reminder_of_person ON reminder (session_id, kind, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX reminder_by_person ON reminder (user_id) WHERE user_id IS NOT NULL;
