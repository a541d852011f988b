-- How a session takes answers, who was there, and what is lent or offered to people.

-- What moderators have chosen for a session; without a row everybody may answer until it is over.
CREATE TABLE admission (
    session_id    TEXT PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
    closed        INTEGER NOT NULL DEFAULT 0,
    deadline_at   INTEGER,
    only_role_id  INTEGER,                -- NULL: everybody may answer
    offer_minutes INTEGER CHECK (offer_minutes > 0), -- NULL: a free seat goes to the next person at once
    lend_role_id  INTEGER,                -- NULL: none is lent
    lend_minutes  INTEGER,                -- so long before the start it is lent; NULL: to everybody who comes, at once
    lend_again_at INTEGER                 -- Discord refused it: not before this moment
) STRICT;

CREATE INDEX admission_lending ON admission (session_id) WHERE lend_role_id IS NOT NULL;

-- Who was there: at the door, or by opening the stream.
CREATE TABLE check_in (
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    door       TEXT NOT NULL CHECK (door IN ('stream', 'moderator')),
    PRIMARY KEY (session_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX check_in_of_user ON check_in (user_id);

-- Who asked for a message when the recording is up.
CREATE TABLE recording_wish (
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL,
    asked_at   INTEGER NOT NULL,
    PRIMARY KEY (session_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX recording_wish_of_user ON recording_wish (user_id);

-- A free seat that is kept for somebody on the waiting list. It counts while that person waits with the same queue
-- number, so whoever takes the seat or leaves the list settles it without touching the row.
CREATE TABLE seat_offer (
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL,
    queue      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (session_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX seat_offer_by_end ON seat_offer (expires_at);
CREATE INDEX seat_offer_of_user ON seat_offer (user_id);

-- Roles that are with somebody because of a session. No reference: a role is taken back also when the session is gone.
CREATE TABLE loan (
    session_id  TEXT NOT NULL,
    user_id     INTEGER NOT NULL,
    role_id     INTEGER NOT NULL,
    guild_id    INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('begun', 'lent', 'kept')), -- kept: nothing is to be taken back
    next_try_at INTEGER NOT NULL,
    PRIMARY KEY (session_id, user_id, role_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX loan_by_try ON loan (next_try_at);
CREATE INDEX loan_of_user ON loan (user_id);
