-- What is looked for again and again, found without reading what has piled up.

-- At the start: claims of a process that is gone, among all reminders that wait.
CREATE INDEX reminder_claimed ON reminder (next_try_at) WHERE state = 'claimed';

-- Every few seconds: cards of sessions that have just begun or ended.
CREATE INDEX session_card_start ON session (starts_at) WHERE card_message_id IS NOT NULL;
CREATE INDEX session_card_end ON session (ends_at) WHERE card_message_id IS NOT NULL;

-- The last session that is over, and all that are not.
CREATE INDEX session_by_end ON session (guild_id, ends_at);

-- The posts of a guild in the order of /reminders list, and how many there are. A row's guild is its session's, which
-- never changes; each row stands in one of the three indexes. state and user_id are there to be read from the index.
ALTER TABLE reminder ADD COLUMN guild_id INTEGER;
UPDATE reminder SET guild_id = (SELECT guild_id FROM session WHERE session.id = reminder.session_id);
CREATE INDEX reminder_to_post ON reminder (guild_id, due_at, key, state, user_id)
WHERE user_id IS NULL AND state IN ('pending', 'claimed');
CREATE INDEX reminder_settled ON reminder (guild_id, due_at, key, state, user_id)
WHERE user_id IS NULL AND state IN ('sent', 'skipped', 'failed');
CREATE INDEX reminder_direct ON reminder (guild_id, user_id) WHERE user_id IS NOT NULL;
