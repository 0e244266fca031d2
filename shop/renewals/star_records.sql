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
