-- name: customer_claim_payer^
SELECT * FROM customers WHERE id = (
    SELECT customer_id FROM payments WHERE reference = :reference AND provider = :provider
)
FOR NO KEY UPDATE;

-- name: payments_claim_polls
UPDATE payments SET poll_at = :lease, leased_until = :lease, leased_by = :holder
WHERE id IN (
    SELECT id FROM payments WHERE poll_at <= :now ORDER BY poll_at LIMIT :most
    FOR UPDATE SKIP LOCKED
)
RETURNING *;
