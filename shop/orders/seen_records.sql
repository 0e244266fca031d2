-- name: seen_note!
UPDATE payments SET seen_until = :until, poll_at = :poll_at WHERE id = :id;

-- name: seen_until$
SELECT COALESCE(seen_until, expires_at) FROM payments WHERE id = :id;
