-- name: note_get$
SELECT value FROM notes WHERE key = :key;

-- name: notes_under
SELECT key, value FROM notes WHERE SUBSTR(key, 1, :size) = :prefix ORDER BY key;

-- name: note_set!
INSERT INTO notes (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: note_turn$
-- A job done once at a time: whoever finds its moment come moves it on, and has it.
INSERT INTO notes (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE notes.value <= :now
RETURNING key;
