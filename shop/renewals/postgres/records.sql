-- name: renewals_claim
UPDATE renewals SET next_at = :lease, leased_until = :lease, leased_by = :holder
WHERE subscription_id IN (
    SELECT subscription_id FROM renewals WHERE next_at <= :now ORDER BY next_at LIMIT :most
    FOR UPDATE SKIP LOCKED
)
RETURNING subscription_id;
