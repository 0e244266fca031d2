-- name: inbox_latest
-- Of the newest events, so that a shop with much chat and few payments reads no more.
SELECT * FROM inbox
WHERE provider <> 'telegram' AND id > (SELECT MAX(id) FROM inbox) - 5000
ORDER BY id DESC LIMIT :most;

-- name: inbox_erase!
UPDATE inbox SET body = :nothing, headers = '{}' WHERE id IN (
    SELECT id FROM inbox
    WHERE state IN ('done', 'elsewhere') AND provider <> 'telegram' AND length(body) > 0
        AND received_at < :before
    ORDER BY received_at LIMIT :most
);

-- name: inbox_erase_noise!
UPDATE inbox SET state = 'done', body = :nothing, headers = '{}' WHERE id IN (
    SELECT id FROM inbox
    WHERE state = 'unhandled' AND note = '' AND received_at < :before ORDER BY id LIMIT :most
);

-- name: inbox_keep$
INSERT INTO inbox (
    provider, event_id, kind, headers, body, state, due_at, received_at, chat_id, leased_until,
    leased_by
)
VALUES (
    :provider, :event_id, :kind, :headers, :body, :state, :due_at, :now, :chat_id, :due_at,
    :holder
)
ON CONFLICT (provider, event_id) DO NOTHING RETURNING id;

-- name: inbox_finish!
UPDATE inbox SET state = :state, note = :note, due_at = NULL WHERE id = :id;

-- name: inbox_take_again$
UPDATE inbox SET state = 'done', note = 'its provider was asked'
WHERE provider = :provider AND event_id = :event_id RETURNING id;

-- name: inbox_claim
UPDATE inbox SET due_at = :lease, leased_until = :lease, leased_by = :holder, tries = tries + 1
WHERE id IN (
    SELECT id FROM inbox WHERE state = 'waiting' AND due_at <= :now ORDER BY id LIMIT :most
)
RETURNING *;

-- name: inbox_overtaken$
SELECT COUNT(*) FROM (
    SELECT 1 AS one FROM inbox
    WHERE chat_id = :chat_id AND id > :id AND state = 'done' LIMIT 1
) AS newer;

-- name: inbox_holders
SELECT DISTINCT leased_by FROM inbox
WHERE state = 'waiting' AND due_at > :now AND due_at <= :latest AND due_at = leased_until;

-- name: inbox_release!
UPDATE inbox SET due_at = :now
WHERE state = 'waiting' AND due_at > :now AND due_at = leased_until AND leased_by = :holder;

-- name: inbox_stuck
-- Kinds that nobody has to look at come last: an owner may have subscribed to all there are.
SELECT * FROM inbox WHERE state = 'stuck' OR state = 'unhandled' OR state = 'unknown'
ORDER BY CASE WHEN state = 'unhandled' AND note = '' THEN 1 ELSE 0 END, id LIMIT :most;

-- name: inbox_counts
SELECT state, COUNT(*) AS many FROM inbox
WHERE state = 'stuck' OR state = 'unhandled' OR state = 'unknown' GROUP BY state ORDER BY state;

-- name: inbox_elsewhere$
SELECT COUNT(*) FROM inbox WHERE state = 'elsewhere' AND received_at >= :since;

-- name: inbox_waiting$
SELECT COUNT(*) FROM inbox WHERE state = 'waiting';

-- name: inbox_next_due$
SELECT MIN(due_at) FROM inbox WHERE state = 'waiting';

-- name: inbox_by_id^
SELECT * FROM inbox WHERE id = :id;

-- name: inbox_reopen!
UPDATE inbox SET state = 'waiting', tries = 0, due_at = :now
WHERE id = :id AND (state = 'stuck' OR state = 'unhandled' OR state = 'unknown');

-- name: inbox_forget!
DELETE FROM inbox WHERE id IN (
    SELECT id FROM inbox
    WHERE provider = 'telegram' AND state = 'done' AND received_at < :before ORDER BY id LIMIT :most
);
