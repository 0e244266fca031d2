-- name: use_note!
INSERT INTO account_uses (subscription_id, door, address, first_at, last_at)
VALUES (:subscription_id, :door, :address, :now, :now)
ON CONFLICT (subscription_id, door, address) DO UPDATE
SET last_at = excluded.last_at, times = account_uses.times + 1
WHERE account_uses.last_at < excluded.last_at;

-- name: uses_of
SELECT * FROM account_uses WHERE subscription_id = :subscription_id
ORDER BY last_at DESC LIMIT :most;

-- name: uses_forget!
DELETE FROM account_uses WHERE last_at < :before;
