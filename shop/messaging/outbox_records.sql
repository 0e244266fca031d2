-- name: outbox_add_many*!
INSERT INTO outbox (kind, lane, key, payload, due_at, created_at)
VALUES (:kind, :lane, :key, :payload, :due_at, :now)
ON CONFLICT (key) DO NOTHING;

-- name: outbox_claim
-- Only the head of each lane may be taken: order within a chat and within an account.
UPDATE outbox SET due_at = :lease, leased_until = :lease, leased_by = :holder, tries = tries + 1
WHERE id IN (
    SELECT o.id FROM outbox AS o
    WHERE o.state = 'waiting' AND o.due_at <= :now
        AND NOT EXISTS (
            SELECT 1 FROM outbox AS e
            WHERE e.state = 'waiting' AND e.lane = o.lane AND e.id < o.id
        )
    ORDER BY o.due_at, o.id LIMIT :most
)
RETURNING *;

-- name: outbox_finish!
UPDATE outbox SET state = :state, done_at = :now, error = :error
WHERE id = :id AND state = 'waiting';

-- name: outbox_again!
UPDATE outbox SET due_at = :due_at, error = :error, tries = tries - :forgiven
WHERE id = :id AND state = 'waiting';

-- name: outbox_holders
SELECT DISTINCT leased_by FROM outbox
WHERE state = 'waiting' AND due_at > :now AND due_at <= :latest AND due_at = leased_until;

-- name: outbox_release!
UPDATE outbox SET due_at = :now
WHERE state = 'waiting' AND due_at > :now AND due_at = leased_until AND leased_by = :holder;

-- name: outbox_replay!
UPDATE outbox SET state = 'waiting', tries = 0, due_at = :now, done_at = NULL
WHERE id = :id AND state = 'dead';

-- name: outbox_dismiss!
UPDATE outbox SET state = 'dropped', done_at = :now WHERE id = :id AND state = 'dead';

-- name: outbox_dead
SELECT * FROM outbox WHERE state = 'dead' ORDER BY id LIMIT :most;

-- name: outbox_count_dead$
SELECT COUNT(*) FROM outbox WHERE state = 'dead';

-- name: outbox_by_id^
SELECT * FROM outbox WHERE id = :id;

-- name: outbox_depth
SELECT kind, COUNT(*) AS many, MIN(created_at) AS oldest FROM outbox
WHERE state = 'waiting' GROUP BY kind ORDER BY kind;

-- name: outbox_next_due$
SELECT MIN(due_at) FROM outbox WHERE state = 'waiting';

-- name: outbox_messages_sent
-- What the chat of this lane was sent, and when: evidence of delivery.
SELECT payload, done_at FROM outbox
WHERE lane = :lane AND kind = 'chat' AND state = 'done' ORDER BY id DESC LIMIT :most;
