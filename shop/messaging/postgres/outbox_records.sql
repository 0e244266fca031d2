-- name: outbox_claim
UPDATE outbox SET due_at = :lease, leased_until = :lease, leased_by = :holder, tries = tries + 1
WHERE id IN (
    SELECT o.id FROM outbox AS o
    WHERE o.state = 'waiting' AND o.due_at <= :now
        AND NOT EXISTS (
            SELECT 1 FROM outbox AS e
            WHERE e.state = 'waiting' AND e.lane = o.lane AND e.id < o.id
        )
    ORDER BY o.due_at, o.id LIMIT :most
    FOR UPDATE OF o SKIP LOCKED
)
RETURNING *;
