-- name: refunds_claim
UPDATE refunds SET ask_at = :lease, leased_until = :lease, leased_by = :holder, tries = tries + 1
WHERE id IN (
    SELECT id FROM refunds WHERE ask_at <= :now ORDER BY ask_at LIMIT :most
    FOR UPDATE SKIP LOCKED
)
RETURNING *;
