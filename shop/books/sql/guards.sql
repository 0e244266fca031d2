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
-- What went back, to him or to his bank, made nobody a regular.
SELECT COUNT(*) FROM orders
WHERE customer_id = :customer_id AND kind = 'purchase' AND state = 'paid';

-- name: customer_refused_money$
SELECT COUNT(*) FROM reviews AS v
INNER JOIN receipts AS r ON r.id = v.receipt_id
WHERE v.customer_id = :customer_id AND v.state = 'refused'
    AND r.minor > (
        SELECT COALESCE(SUM(f.minor), 0) FROM refunds AS f
        WHERE f.receipt = r.id AND f.way <> 'wallet' AND f.state NOT IN ('failed', 'cancelled')
    )
    AND NOT EXISTS (
        SELECT 1 FROM reviews AS later
        WHERE later.customer_id = v.customer_id AND later.state = 'approved' AND later.id > v.id
    );

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

-- name: review_add$
INSERT INTO reviews (
    receipt_id, payment_id, order_id, customer_id, findings, fingerprint, verdict,
    to_order, to_wallet, from_wallet, currency, opened_at
)
VALUES (
    :receipt_id, :payment_id, :order_id, :customer_id, :findings, :fingerprint, :verdict,
    :to_order, :to_wallet, :from_wallet, :currency, :now
)
RETURNING id;

-- name: review_by_id^
SELECT v.*, r.minor, r.provider, p.reference FROM reviews AS v
INNER JOIN receipts AS r ON r.id = v.receipt_id
INNER JOIN payments AS p ON p.id = v.payment_id
WHERE v.id = :id;

-- name: review_of_receipt^
SELECT v.*, r.minor, r.provider, p.reference FROM reviews AS v
INNER JOIN receipts AS r ON r.id = v.receipt_id
INNER JOIN payments AS p ON p.id = v.payment_id
WHERE v.receipt_id = :receipt_id;

-- name: reviews_open
SELECT v.*, r.minor, r.provider, p.reference FROM reviews AS v
INNER JOIN receipts AS r ON r.id = v.receipt_id
INNER JOIN payments AS p ON p.id = v.payment_id
WHERE v.state = 'open' ORDER BY v.id LIMIT :most;

-- name: reviews_count$
SELECT COUNT(*) FROM reviews WHERE state = 'open';

-- name: review_decide!
UPDATE reviews SET state = :state, decided_at = :now, decided_by = :staff_id
WHERE id = :id AND state = 'open';

-- name: claim_add!
INSERT INTO claims (letter_id, payment_id, receipt_id, provider_ref, minor, currency, made_at)
VALUES (:letter_id, :payment_id, :receipt_id, :provider_ref, :minor, :currency, :now)
ON CONFLICT (letter_id) DO UPDATE SET state = 'open', made_at = excluded.made_at, told_at = NULL;

-- name: claims_of
SELECT * FROM claims WHERE payment_id = :payment_id AND state = 'open' ORDER BY letter_id;

-- name: claim_by_letter^
SELECT * FROM claims WHERE letter_id = :letter_id;

-- name: claim_waiting$
SELECT c.letter_id FROM claims AS c
INNER JOIN inbox AS i ON i.id = c.letter_id
WHERE i.provider = :provider AND i.event_id = :event_id AND c.state IN ('open', 'denied');

-- name: claim_end!
UPDATE claims SET state = :state WHERE letter_id = :letter_id AND state <> :state;

-- name: claim_tell!
UPDATE claims SET told_at = :now WHERE letter_id = :letter_id AND told_at IS NULL;

-- name: circuit_fail^
INSERT INTO circuits (provider, failures, error) VALUES (:provider, 1, :error)
ON CONFLICT (provider) DO UPDATE
SET failures = circuits.failures + 1, error = excluded.error
RETURNING *;

-- name: circuit_of^
SELECT * FROM circuits WHERE provider = :provider;

-- name: circuit_open!
UPDATE circuits SET is_open = 1, opened_at = :now, try_at = :try_at, tries = 0
WHERE provider = :provider AND is_open = 0;

-- name: circuit_suspect!
UPDATE circuits SET try_at = :now WHERE provider = :provider AND is_open = 0 AND try_at IS NULL;

-- name: circuit_close^
-- With the row as it was: the moment it opened.
DELETE FROM circuits WHERE provider = :provider RETURNING *;

-- name: circuit_half_close!
UPDATE circuits SET is_open = 0, try_at = NULL, failures = :failures
WHERE provider = :provider AND is_open = 1;

-- name: circuits_open
SELECT * FROM circuits WHERE is_open = 1 ORDER BY provider;

-- name: circuits_claim
UPDATE circuits SET try_at = :lease, tries = tries + 1 WHERE try_at <= :now RETURNING *;

-- name: circuit_try_later!
UPDATE circuits SET try_at = :try_at, error = :error WHERE provider = :provider;

-- name: circuits_next$
SELECT MIN(try_at) FROM circuits WHERE try_at IS NOT NULL;

-- name: receipt_decide!
UPDATE receipts SET verdict = :verdict, to_order = :to_order, to_wallet = :to_wallet,
    from_wallet = :from_wallet
WHERE id = :id AND verdict = 'held';

-- name: receipt_assign!
UPDATE receipts SET customer_id = :customer_id, payment_id = :payment_id, verdict = :verdict,
    to_order = :to_order, to_wallet = :to_wallet, from_wallet = :from_wallet
WHERE id = :id AND verdict = 'unknown_order' AND customer_id IS NULL;

-- name: receipt_claim!
-- Money of nobody has no customer to claim: whoever gives it a place, or back, goes alone by it.
UPDATE receipts SET verdict = verdict WHERE id = :id AND customer_id IS NULL;

-- name: receipt_by_id^
SELECT * FROM receipts WHERE id = :id;

-- name: receipt_note_letter!
UPDATE receipts SET letter_id = :letter_id WHERE id = :id;

-- name: receipts_unassigned
-- What went back whole, in a provider's dashboard or by staff, waits for nobody any more.
SELECT * FROM receipts WHERE verdict = 'unknown_order' AND minor > (
    SELECT COALESCE(SUM(f.minor), 0) FROM refunds AS f
    WHERE f.receipt = receipts.id AND f.state NOT IN ('failed', 'cancelled')
)
ORDER BY id LIMIT :most;

-- name: receipts_count_unassigned$
SELECT COUNT(*) FROM receipts WHERE verdict = 'unknown_order' AND minor > (
    SELECT COALESCE(SUM(f.minor), 0) FROM refunds AS f
    WHERE f.receipt = receipts.id AND f.state NOT IN ('failed', 'cancelled')
);

-- name: payments_assignable
-- The latest try of each of a customer's unpaid orders in this currency.
SELECT p.* FROM payments AS p
INNER JOIN orders AS o ON o.id = p.order_id
WHERE o.customer_id = :customer_id AND o.state IN ('open', 'expired') AND p.currency = :currency
    AND NOT EXISTS (
        SELECT 1 FROM payments AS q
        WHERE q.order_id = p.order_id AND q.currency = p.currency AND q.id > p.id
    )
ORDER BY p.id DESC LIMIT :most;

-- name: customers_owing
-- Who was asked for just this sum lately (of the newest payments) and has not paid it.
SELECT DISTINCT c.* FROM customers AS c
INNER JOIN payments AS p ON p.customer_id = c.id
INNER JOIN orders AS o ON o.id = p.order_id
WHERE p.minor = :minor AND p.currency = :currency AND o.state IN ('open', 'expired')
    AND p.id > (SELECT MAX(id) FROM payments) - 2000
ORDER BY c.id DESC LIMIT :most;

-- name: inbox_latest
-- Of the newest letters, so that a shop with much chat and few payments reads no more.
SELECT * FROM inbox
WHERE provider <> 'telegram' AND id > (SELECT MAX(id) FROM inbox) - 5000
ORDER BY id DESC LIMIT :most;

-- name: inbox_erase!
UPDATE inbox SET body = :nothing, headers = '{}' WHERE id IN (
    SELECT id FROM inbox
    WHERE state = 'done' AND provider <> 'telegram' AND length(body) > 0
        AND received_at < :before
    ORDER BY received_at LIMIT :most
);

-- name: inbox_erase_noise!
UPDATE inbox SET state = 'done', body = :nothing, headers = '{}' WHERE id IN (
    SELECT id FROM inbox
    WHERE state = 'unhandled' AND note = '' AND received_at < :before ORDER BY id LIMIT :most
);
