-- Whose chat an update belongs to, so that an old tap does not undo a newer screen.
ALTER TABLE inbox ADD COLUMN chat_id BIGINT;
CREATE INDEX inbox_chats ON inbox (chat_id, id) WHERE chat_id IS NOT NULL;
