-- What moderators changed, and how the answers of a session came in.

-- One row for each change. before and after hold the fields that changed, as JSON objects.
CREATE TABLE audit (
    guild_id    INTEGER NOT NULL,
    number      INTEGER NOT NULL,         -- counts in its guild from 1
    at          INTEGER NOT NULL,
    actor_id    INTEGER,                  -- NULL: the person's data was erased
    actor_name  TEXT NOT NULL,
    what        TEXT NOT NULL,
    of_session  INTEGER NOT NULL,         -- whether before and after hold fields of a session
    session_id  TEXT,                     -- no reference: the row outlives its session
    title       TEXT,                     -- of the session, as it was then
    person_id   INTEGER,                  -- whom it was about, if it was about a person
    person_name TEXT,
    before      TEXT,
    after       TEXT,
    undone_by   INTEGER,                  -- the number of the change that took this one back
    told        INTEGER NOT NULL DEFAULT 0, -- whether the log channel was seen to
    PRIMARY KEY (guild_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_untold ON audit (guild_id, number) WHERE told = 0;
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_of_actor ON audit (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_of_person ON audit (person_id) WHERE person_id IS NOT NULL;

-- By how much each answer of a session grew or shrank in a minute. Nobody can be told from it; all rows of a session
-- together are its present counts. 'waiting' are those in person who have no seat yet.
CREATE TABLE answer_event (
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,          -- the beginning of the minute
    answer     TEXT NOT NULL CHECK (answer IN ('in_person', 'waiting', 'online', 'maybe', 'declined')),
    delta      INTEGER NOT NULL,
    PRIMARY KEY (session_id, at, answer)
) STRICT, WITHOUT ROWID;

INSERT INTO answer_event (session_id, at, answer, delta)
SELECT session_id, answered_at - answered_at % 60, CASE waiting WHEN 1 THEN 'waiting' ELSE answer END, count(*)
FROM rsvp WHERE answer IS NOT NULL GROUP BY 1, 2, 3;
