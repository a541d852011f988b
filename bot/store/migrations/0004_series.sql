-- Sessions that repeat: each is a session of its own, and a row here says which place it has in its series.

CREATE TABLE series (
    id        TEXT PRIMARY KEY,
    guild_id  INTEGER NOT NULL,
    zone      TEXT NOT NULL,              -- whose clocks on the wall the series follows
    every     TEXT NOT NULL CHECK (every IN ('week', 'second_week', 'month')),
    nth       INTEGER,                    -- of months: the first to fourth of its weekday, -1 the last
    first_day TEXT NOT NULL,              -- 2027-05-24
    times     INTEGER,                    -- it ends after so many, or on that day
    until     TEXT
) STRICT;

-- session_id is NULL where the occurrence was skipped: then there is no session. What a session was moved to is told
-- by the session itself; local and planned_at are what the series planned.
CREATE TABLE occurrence (
    series_id  TEXT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL CHECK (number > 0),
    session_id TEXT REFERENCES session (id) ON DELETE CASCADE,
    local      TEXT NOT NULL,             -- what the clocks on the wall show: 2027-05-24T10:00:00
    planned_at INTEGER NOT NULL,
    PRIMARY KEY (series_id, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX occurrence_of_session ON occurrence (session_id);
