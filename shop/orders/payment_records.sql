-- name: customer_claim_payer^
SELECT * FROM customers WHERE id = (
    SELECT customer_id FROM payments WHERE reference = :reference AND provider = :provider
);

-- name: payment_open_one^
INSERT INTO payments (
    reference, order_id, customer_id, provider, quote, minor, whole, currency, state, screen_id,
    created_at, expires_at, kept_until, poll_at
)
VALUES (
    :reference, :order_id, :customer_id, :provider, :quote, :minor, :whole, :currency, 'created',
    :screen_id, :now, :expires_at, :expires_at, :poll_at
)
ON CONFLICT (order_id, provider, currency) WHERE state = 'created' OR state = 'seen' OR state = 'unknown'
DO UPDATE SET screen_id = excluded.screen_id
RETURNING *;

-- name: payment_note_page!
UPDATE payments
SET provider_ref = :provider_ref, url = :url, expires_at = :expires_at,
    kept_until = CASE WHEN kept_until < :expires_at THEN kept_until ELSE :expires_at END,
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
    AND p.screen_id = :screen_id AND EXISTS (
        SELECT 1 FROM order_lines AS l
        WHERE l.order_id = p.order_id AND l.quote = p.quote AND l.price_id = :price_id
    )
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
-- How this customer paid this plan the last time.
SELECT p.provider FROM order_lines AS l
INNER JOIN orders AS o ON o.id = l.order_id
INNER JOIN payments AS p ON p.order_id = l.order_id AND p.quote = l.quote
WHERE l.customer_id = :customer_id AND l.product_id = :product_id
    AND o.state = 'paid' AND p.state = 'final'
ORDER BY p.id DESC LIMIT 1;

-- name: payment_by_receipt^
SELECT p.* FROM payments AS p
INNER JOIN receipts AS r ON r.payment_id = p.id
WHERE r.provider = :provider AND r.receipt_id = :receipt_id;

-- name: payment_move!
-- What is over by its provider's word keeps nothing of the wallet.
UPDATE payments
SET state = :state, poll_at = :poll_at,
    kept_until = CASE WHEN :state IN ('failed', 'expired') THEN 0 ELSE kept_until END
WHERE id = :id AND state = :old;

-- name: payment_supersede!
UPDATE payments SET state = 'expired' WHERE id = :id AND state = :old;

-- name: payment_keep_until!
UPDATE payments SET kept_until = :until WHERE id = :id AND kept_until > :now;

-- name: payment_poll_later!
UPDATE payments SET poll_at = :poll_at WHERE id = :id;

-- name: payments_claim_polls
UPDATE payments SET poll_at = :lease, leased_until = :lease, leased_by = :holder
WHERE id IN (
    SELECT id FROM payments WHERE poll_at <= :now ORDER BY poll_at LIMIT :most
)
RETURNING *;

-- name: payments_holders
SELECT DISTINCT leased_by FROM payments
WHERE poll_at > :now AND poll_at <= :latest AND poll_at = leased_until;

-- name: payments_release!
UPDATE payments SET poll_at = :now
WHERE poll_at > :now AND poll_at = leased_until AND leased_by = :holder;

-- name: payments_next_poll$
SELECT MIN(poll_at) FROM payments WHERE poll_at IS NOT NULL;

-- name: payment_by_id^
SELECT * FROM payments WHERE id = :id;

-- name: payment_made^
INSERT INTO payments (
    reference, order_id, customer_id, provider, quote, minor, whole, currency, state,
    provider_ref, created_at, expires_at, kept_until, poll_at
)
VALUES (
    :reference, :order_id, :customer_id, :provider, :quote, :minor, :minor, :currency,
    'created', :provider_ref, :now, :expires_at, :expires_at, NULL
)
RETURNING *;

-- name: payment_affairs^
SELECT
    pay.id AS payment_id, pay.reference, pay.provider, pay.minor, pay.whole, pay.currency,
    pay.state AS payment_state, pay.expires_at, pay.poll_at, o.id AS order_id, o.state AS order_state,
    l.id AS line_id, l.term, l.product_id, l.target_id AS subscription_id,
    pay.quote, (SELECT COUNT(*) FROM order_lines AS n WHERE n.order_id = pay.order_id AND n.quote = pay.quote) AS lines,
    pr.slug, pr.document
FROM payments AS pay
INNER JOIN orders AS o ON o.id = pay.order_id
INNER JOIN targeted_lines AS l ON l.order_id = pay.order_id AND l.quote = pay.quote AND l.position = 1
INNER JOIN products AS pr ON pr.id = l.product_id
WHERE pay.reference = :reference;
