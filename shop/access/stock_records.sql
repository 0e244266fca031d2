-- name: stock_add$
INSERT INTO stock (plan, username, panel, fingerprint, encrypted, loaded_at)
VALUES (:plan, :username, :panel, :fingerprint, :encrypted, :now)
RETURNING id;

-- name: stock_known^
-- A line that names no panel may be of any.
SELECT id, plan, state, fingerprint FROM stock
WHERE username = :username AND (panel = :panel OR panel = '' OR :panel = '')
ORDER BY CASE WHEN panel = :panel THEN 0 ELSE 1 END, id LIMIT 1;

-- name: stock_replace!
UPDATE stock SET panel = :panel, fingerprint = :fingerprint, encrypted = :encrypted, loaded_at = :now
WHERE id = :id AND state = 'free';

-- name: stock_in_hand^
SELECT * FROM stock WHERE subscription_id = :subscription_id AND state = 'taken';

-- name: stock_take^
UPDATE stock SET state = 'taken', subscription_id = :subscription_id, taken_at = :now
WHERE id = (SELECT id FROM stock WHERE plan = :plan AND state = 'free' ORDER BY id LIMIT 1)
    AND state = 'free'
RETURNING *;

-- name: stock_retire!
UPDATE stock SET state = 'retired' WHERE subscription_id = :subscription_id AND state = 'taken';

-- name: stock_left$
SELECT COUNT(*) FROM stock WHERE plan = :plan AND state = 'free';

-- name: stock_levels
SELECT plan, COUNT(*) AS many FROM stock WHERE state = 'free' GROUP BY plan ORDER BY plan;
