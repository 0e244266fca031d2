-- name: payer_see!
INSERT INTO payers (customer_id, fingerprint, country, seen_at)
VALUES (:customer_id, :fingerprint, :country, :now)
ON CONFLICT (customer_id, fingerprint) DO UPDATE
SET country = excluded.country, seen_at = excluded.seen_at;

-- name: payers_of$
-- This payer counts once, seen before or not.
SELECT COUNT(*) FROM payers
WHERE customer_id = :customer_id AND seen_at >= :since AND fingerprint <> :fingerprint;

-- name: payer_people$
SELECT COUNT(*) FROM payers WHERE fingerprint = :fingerprint AND customer_id <> :customer_id;

-- name: payer_trials$
-- Trials of other people who paid with something that this customer paid with.
SELECT COUNT(DISTINCT t.customer_id) FROM payers AS mine
INNER JOIN payers AS theirs ON theirs.fingerprint = mine.fingerprint
INNER JOIN trials AS t ON t.customer_id = theirs.customer_id
WHERE mine.customer_id = :customer_id AND theirs.customer_id <> :customer_id;

-- name: customer_tries$
SELECT COUNT(*) FROM payments WHERE customer_id = :customer_id AND created_at > :since;

-- name: customer_has_bought$
-- What went back, to the customer or to a bank, made nobody a regular.
SELECT COUNT(*) FROM orders
WHERE customer_id = :customer_id AND kind = 'purchase' AND state = 'paid';

-- name: block_add!
INSERT INTO blocklist (kind, value, reason, staff_id, added_at)
VALUES (:kind, :value, :reason, :staff_id, :now)
ON CONFLICT (kind, value) DO NOTHING;

-- name: block_remove^
DELETE FROM blocklist WHERE id = :id RETURNING kind, value;

-- name: blocks
SELECT * FROM blocklist ORDER BY id DESC LIMIT :most;

-- name: blocks_on
SELECT * FROM blocklist
WHERE (kind = 'telegram' AND value = :telegram)
    OR (kind = 'username' AND value = :username)
    OR (kind = 'payer' AND value = :fingerprint);
