-- name: payment_open_one^
INSERT INTO payments (
    reference, order_id, customer_id, provider, price_id, minor, whole, currency, state, screen_id,
    created_at, expires_at, poll_at
)
VALUES (
    :reference, :order_id, :customer_id, :provider, :price_id, :minor, :whole, :currency, 'created',
    :screen_id, :now, :expires_at, :poll_at
)
ON CONFLICT (order_id, provider, currency) WHERE state IN ('created', 'seen', 'unknown')
DO UPDATE SET screen_id = excluded.screen_id
RETURNING *;

-- name: payment_note_page!
UPDATE payments
SET provider_ref = :provider_ref, url = :url, expires_at = :expires_at,
    state = CASE WHEN state = 'unknown' THEN 'created' ELSE state END
WHERE id = :id;

-- name: payment_by_reference^
SELECT * FROM payments WHERE reference = :reference;

-- name: payment_by_provider_ref^
SELECT * FROM payments WHERE provider = :provider AND provider_ref = :provider_ref;

-- name: payment_paid_on_screen$
SELECT p.reference FROM orders AS o
INNER JOIN payments AS p ON p.order_id = o.id
WHERE o.customer_id = :customer_id AND o.state = 'paid'
    AND p.screen_id = :screen_id AND p.price_id = :price_id
ORDER BY p.id DESC LIMIT 1;

-- name: payment_screens
-- The messages in which the order of this receipt was to be paid, and no later order is now.
SELECT DISTINCT y.screen_id FROM receipts AS r
INNER JOIN payments AS p ON p.id = r.payment_id
INNER JOIN payments AS y ON y.order_id = p.order_id
WHERE r.id = :receipt AND y.screen_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM orders AS o INNER JOIN payments AS z ON z.order_id = o.id
    WHERE o.customer_id = y.customer_id AND z.screen_id = y.screen_id
        AND z.order_id <> y.order_id AND z.id > y.id
)
ORDER BY y.screen_id;

-- name: payment_way_used_last$
-- How this customer paid this plan the last time he did.
SELECT p.provider FROM orders AS o
INNER JOIN payments AS p ON p.order_id = o.id
WHERE o.customer_id = :customer_id AND o.product_id = :product_id
    AND o.state = 'paid' AND p.state = 'final'
ORDER BY p.id DESC LIMIT 1;

-- name: payment_by_receipt^
SELECT p.* FROM payments AS p
INNER JOIN receipts AS r ON r.payment_id = p.id
WHERE r.provider = :provider AND r.receipt_id = :receipt_id;

-- name: payment_affairs^
-- Everything settlement decides on, read under the customer's claim. `is_listed`: the blocklist
-- names the customer; `is_told_of`: this receipt was told before to have gone back or to be disputed.
SELECT
    pay.id AS payment_id, pay.reference, pay.provider, pay.provider_ref, pay.minor, pay.whole, pay.currency,
    pay.state AS payment_state, pay.expires_at, pay.screen_id, pay.poll_at,
    o.id AS order_id, o.state AS order_state, o.kind AS order_kind, o.term, o.product_id,
    pr.slug, pr.document,
    s.id AS subscription_id, r.payment_id AS charge_id, sv.payment_id AS consent_id,
    EXISTS (
        SELECT 1 FROM blocklist AS b
        WHERE (b.kind = 'telegram' AND b.value = CAST(c.telegram_id AS TEXT))
            OR (b.kind = 'username' AND b.value = LOWER(c.username))
    ) AS is_listed,
    EXISTS (
        SELECT 1 FROM refund_totals AS t
        WHERE t.provider = pay.provider AND t.receipt_id IN (:receipt_id, :unnamed)
    ) OR EXISTS (
        SELECT 1 FROM disputes AS d
        WHERE d.provider = pay.provider AND d.kind = 'dispute' AND d.receipt_id IN (:receipt_id, :unnamed)
    ) AS is_told_of
FROM payments AS pay
INNER JOIN customers AS c ON c.id = pay.customer_id
INNER JOIN orders AS o ON o.id = pay.order_id
INNER JOIN products AS pr ON pr.id = o.product_id
LEFT JOIN subscriptions AS s
    ON s.customer_id = o.customer_id AND s.product_id = o.product_id AND s.state <> 'ended'
LEFT JOIN renewals AS r ON r.subscription_id = s.id
LEFT JOIN savings AS sv ON sv.payment_id = pay.id
WHERE pay.reference = :reference;

-- name: payment_move!
UPDATE payments SET state = :state, poll_at = :poll_at WHERE id = :id AND state = :old;

-- name: payment_poll_later!
UPDATE payments SET poll_at = :poll_at WHERE id = :id;

-- name: payments_claim_polls
UPDATE payments SET poll_at = :lease
WHERE id IN (
    SELECT id FROM payments WHERE poll_at <= :now ORDER BY poll_at LIMIT :most
)
RETURNING *;

-- name: payments_next_poll$
SELECT MIN(poll_at) FROM payments WHERE poll_at IS NOT NULL;

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

-- name: receipts_short_of$
-- What came for this order and lies in the wallet because it was too little.
SELECT COALESCE(SUM(r.to_wallet - r.from_wallet), 0)
FROM receipts AS r
INNER JOIN payments AS p ON p.id = r.payment_id
WHERE p.order_id = :order_id AND r.currency = :currency AND r.verdict = 'short';

-- name: receipts_of
SELECT * FROM receipts WHERE customer_id = :customer_id ORDER BY id DESC LIMIT :most;

-- name: receipts_totals
SELECT currency, COUNT(*) AS many, SUM(minor) AS minor FROM receipts
WHERE recorded_at >= :since AND recorded_at < :until AND provider <> 'wallet'
GROUP BY currency ORDER BY currency;

-- name: payment_by_id^
SELECT * FROM payments WHERE id = :id;
