-- The first schema. Times are whole seconds since 1970 in UTC; ids of Discord are integers; ids of ours are text.
-- folded: what a person may type to find the row (domain/search.py folds case and accents).

CREATE TABLE guild (
    guild_id            INTEGER PRIMARY KEY,
    announce_channel_id INTEGER,
    log_channel_id      INTEGER,
    moderator_role_id   INTEGER,
    ping_role_id        INTEGER,
    community           TEXT              -- JSON of domain.guilds.Community
) STRICT;

CREATE TABLE session (
    id              TEXT PRIMARY KEY,
    guild_id        INTEGER NOT NULL,
    slug            TEXT NOT NULL,
    title           TEXT NOT NULL,
    folded          TEXT NOT NULL,
    theme           TEXT,
    foreword        TEXT,
    starts_at       INTEGER NOT NULL,
    ends_at         INTEGER NOT NULL CHECK (ends_at > starts_at AND ends_at <= starts_at + 1209600), -- domain LONGEST
    zone            TEXT NOT NULL,
    mode            TEXT NOT NULL CHECK (mode IN ('hybrid', 'in_person', 'online')),
    status          TEXT NOT NULL CHECK (status IN ('scheduled', 'cancelled')),
    venue           TEXT,
    city            TEXT,
    organizers      TEXT NOT NULL,        -- JSON list of {name, affiliation}
    links           TEXT NOT NULL,        -- JSON list of {label, url}
    streamed        INTEGER NOT NULL,
    recorded        INTEGER NOT NULL,
    stream_url      TEXT,
    recording_url   TEXT,
    capacity        INTEGER CHECK (capacity > 0),
    generation      INTEGER NOT NULL DEFAULT 1,
    card_channel_id INTEGER,
    card_message_id INTEGER,
    UNIQUE (guild_id, slug)
) STRICT;

CREATE INDEX session_by_time ON session (guild_id, starts_at);

CREATE TABLE speaker (
    id          TEXT PRIMARY KEY,
    guild_id    INTEGER NOT NULL,
    slug        TEXT NOT NULL,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL,
    affiliation TEXT,
    biography   TEXT,
    links       TEXT NOT NULL,            -- JSON list of {label, url}
    UNIQUE (guild_id, slug)
) STRICT;

CREATE TABLE talk (
    id            TEXT PRIMARY KEY,
    session_id    TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    slug          TEXT NOT NULL,
    position      INTEGER NOT NULL,
    title         TEXT NOT NULL,
    folded        TEXT NOT NULL,
    abstract      TEXT,
    starts_at     INTEGER,
    slides_url    TEXT,
    recording_url TEXT,
    UNIQUE (session_id, slug)
) STRICT;

CREATE INDEX talk_in_order ON talk (session_id, position);

CREATE TABLE talk_speaker (
    talk_id    TEXT NOT NULL REFERENCES talk (id) ON DELETE CASCADE,
    speaker_id TEXT NOT NULL REFERENCES speaker (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    PRIMARY KEY (talk_id, speaker_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX talk_of_speaker ON talk_speaker (speaker_id);

-- answer is NULL once it was withdrawn: the row stays, because press_id (the interaction that set it) is what
-- tells a late repetition of an older press from a new one.
CREATE TABLE rsvp (
    session_id  TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    user_id     INTEGER NOT NULL,
    answer      TEXT CHECK (answer IN ('in_person', 'online', 'maybe', 'declined')),
    waiting     INTEGER NOT NULL DEFAULT 0,
    queue       INTEGER NOT NULL,         -- rises with every new answer in its session: the order of the waiting list
    name        TEXT NOT NULL,
    answered_at INTEGER NOT NULL,
    press_id    INTEGER NOT NULL,
    PRIMARY KEY (session_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX rsvp_in_order ON rsvp (session_id, answer, waiting, queue);
CREATE INDEX rsvp_of_user ON rsvp (user_id);

-- One row for each post that is or was due: before it is a message it is a row. See domain/reminders.py.
CREATE TABLE reminder (
    key          TEXT PRIMARY KEY,        -- also the nonce of the post, and the marker in its buttons
    session_id   TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    user_id      INTEGER,                 -- set: a direct message to this person; NULL: a post in the channel
    channel_id   INTEGER,                 -- where the claim decided to post
    due_at       INTEGER NOT NULL,
    deadline_at  INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'sent', 'skipped', 'failed')),
    owner        TEXT,
    claimed_at   INTEGER,
    first_try_at INTEGER,
    floor_id     INTEGER,                 -- newest id the server had shown before the first try: the look-back's bound
    tries        INTEGER NOT NULL DEFAULT 0,
    next_try_at  INTEGER NOT NULL,
    message_id   INTEGER,
    reason       TEXT
) STRICT;

CREATE INDEX reminder_next ON reminder (next_try_at) WHERE state IN ('pending', 'claimed');
CREATE INDEX reminder_of_session ON reminder (session_id);

-- Small things the bot remembers about itself, as text.
CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
