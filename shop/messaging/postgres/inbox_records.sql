-- name: inbox_claim
UPDATE inbox SET due_at = :lease, leased_until = :lease, leased_by = :holder, tries = tries + 1
WHERE id IN (
    SELECT id FROM inbox WHERE state = 'waiting' AND due_at <= :now ORDER BY id LIMIT :most
    FOR UPDATE SKIP LOCKED
)
RETURNING *;
