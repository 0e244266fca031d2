-- name: stock_take^
UPDATE stock SET state = 'taken', subscription_id = :subscription_id, taken_at = :now
WHERE id = (
    SELECT id FROM stock WHERE plan = :plan AND state = 'free' ORDER BY id LIMIT 1
    FOR UPDATE SKIP LOCKED
)
    AND state = 'free'
RETURNING *;
