-- name: receipt_decide!
UPDATE receipts SET verdict = :verdict, to_order = :to_order, to_wallet = :to_wallet,
    from_wallet = :from_wallet
WHERE id = :id AND verdict = 'in_review';

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
UPDATE receipts SET inbox_event_id = :inbox_event_id WHERE id = :id;

-- name: receipt_add$
INSERT INTO receipts (
    provider, receipt_id, payment_id, customer_id, minor, currency, verdict,
    to_order, to_wallet, from_wallet, tax, occurred_at, recorded_at
)
VALUES (
    :provider, :receipt_id, :payment_id, :customer_id, :minor, :currency, :verdict,
    :to_order, :to_wallet, :from_wallet, :tax, :occurred_at, :now
)
ON CONFLICT (provider, receipt_id) DO NOTHING
RETURNING id;

-- name: receipts_of
SELECT * FROM receipts WHERE customer_id = :customer_id ORDER BY id DESC LIMIT :most;

-- name: receipts_totals
-- What is settled: money that waits for its owner, or for a person, is not yet taken.
SELECT currency, COUNT(*) AS many, SUM(minor) AS minor FROM receipts
WHERE recorded_at >= :since AND recorded_at < :until AND provider <> 'wallet'
    AND verdict NOT IN ('unknown_order', 'in_review')
GROUP BY currency ORDER BY currency;

-- name: receipts_of_payment
SELECT id FROM receipts WHERE payment_id = :payment_id ORDER BY id DESC;

-- name: receipt_named$
SELECT id FROM receipts WHERE provider = :provider AND receipt_id = :receipt_id;

-- name: star_receipts
SELECT receipt_id, minor, currency FROM receipts
WHERE provider = :provider AND occurred_at >= :since AND occurred_at < :until;
