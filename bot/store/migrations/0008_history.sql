-- What is looked for again and again, found without reading what has piled up.

-- At the start: claims of a process that is gone, among all reminders that wait.
CREATE INDEX reminder_claimed ON reminder (next_try_at) WHERE state = 'claimed';

-- Every few seconds: cards of sessions that have just begun or ended.
CREATE INDEX session_card_start ON session (starts_at) WHERE card_message_id IS NOT NULL;
CREATE INDEX session_card_end ON session (ends_at) WHERE card_message_id IS NOT NULL;

-- The last session that is over, and all that are not.
CREATE INDEX session_by_end ON session (guild_id, ends_at);
