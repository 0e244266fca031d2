-- name: customer_refused_money$
SELECT COUNT(*) FROM reviews AS v
INNER JOIN receipts AS r ON r.id = v.receipt_id
WHERE v.customer_id = :customer_id AND v.state = 'refused'
    AND r.minor > (
        SELECT COALESCE(SUM(f.minor), 0) FROM refunds AS f
        WHERE f.receipt = r.id AND f.route <> 'wallet' AND f.state NOT IN ('failed', 'cancelled')
    )
    AND NOT EXISTS (
        SELECT 1 FROM reviews AS later
        WHERE later.customer_id = v.customer_id AND later.state = 'approved' AND later.id > v.id
    );

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
