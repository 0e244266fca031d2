-- name: stock_add$
INSERT INTO stock (plan, fingerprint, encrypted, loaded_at)
VALUES (:plan, :fingerprint, :encrypted, :now)
ON CONFLICT (fingerprint) DO NOTHING RETURNING id;

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
