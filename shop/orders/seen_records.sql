-- name: seen_note!
-- What it counts on stays kept until the bound, unless it was free for others meanwhile.
UPDATE payments
SET seen_until = :until, poll_at = :poll_at,
    kept_until = CASE
        WHEN kept_until > :since AND kept_until < :until THEN :until ELSE kept_until
    END
WHERE id = :id;

-- name: seen_until$
SELECT COALESCE(seen_until, expires_at) FROM payments WHERE id = :id;
