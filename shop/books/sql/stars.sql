-- name: star_begin!
INSERT INTO star_subscriptions (
    payment_id, customer_id, product_id, price_id, charge_id, state, expires_at, began_at
)
SELECT p.id, p.customer_id, o.product_id, p.price_id, :charge_id, 'active', :expires_at, :now
FROM payments AS p INNER JOIN orders AS o ON o.id = p.order_id
WHERE p.id = :payment_id
ON CONFLICT (payment_id) DO NOTHING;

-- name: star_by_payment^
SELECT s.*, p.reference, p.provider_ref FROM star_subscriptions AS s
INNER JOIN payments AS p ON p.id = s.payment_id
WHERE s.payment_id = :payment_id;

-- name: star_running^
-- The one that still has time, or will charge again, for this customer and product.
SELECT s.*, p.reference, p.provider_ref FROM star_subscriptions AS s
INNER JOIN payments AS p ON p.id = s.payment_id
WHERE s.customer_id = :customer_id AND s.product_id = :product_id AND s.expires_at > :now
ORDER BY s.expires_at DESC LIMIT 1;

-- name: star_note!
UPDATE star_subscriptions
SET state = :state, is_stopped_here = :is_stopped_here, expires_at = :expires_at
WHERE payment_id = :payment_id;

-- name: star_receipts
SELECT receipt_id, minor FROM receipts
WHERE provider = :provider AND occurred_at >= :since AND occurred_at < :until;

-- name: receipt_known$
SELECT id FROM receipts WHERE provider = :provider AND receipt_id = :receipt_id;

-- name: payment_made^
INSERT INTO payments (
    reference, order_id, customer_id, provider, price_id, minor, whole, currency, state,
    provider_ref, created_at, expires_at, poll_at
)
VALUES (
    :reference, :order_id, :customer_id, :provider, :price_id, :minor, :minor, :currency,
    'created', :provider_ref, :now, :expires_at, NULL
)
RETURNING *;

-- name: order_reopen^
-- An order of its own for money that comes by itself, whatever else is open.
INSERT INTO orders (customer_id, product_id, kind, term, state, created_at, expires_at, closed_at)
VALUES (:customer_id, :product_id, 'purchase', :term, 'expired', :now, :expires_at, :now)
RETURNING *;

-- name: note_turn$
-- A job done once at a time: whoever finds its moment come moves it on, and has it.
INSERT INTO notes (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE notes.value <= :now
RETURNING key;
