-- name: star_begin!
INSERT INTO star_subscriptions (
    payment_id, customer_id, product_id, price_id, charge_id, state, expires_at, began_at
)
SELECT p.id, p.customer_id, l.product_id, l.price_id, :charge_id, 'active', :expires_at, :now
FROM payments AS p
INNER JOIN order_lines AS l ON l.order_id = p.order_id AND l.quote = p.quote AND l.position = 1
WHERE p.id = :payment_id
ON CONFLICT (payment_id) DO NOTHING;

-- name: star_by_payment^
-- `pays_for`: what a later charge lengthened or began, else what the first one did.
SELECT s.*, p.reference, p.provider_ref, COALESCE(s.subscription_id, l.subscription_id) AS pays_for
FROM star_subscriptions AS s
INNER JOIN payments AS p ON p.id = s.payment_id
INNER JOIN order_lines AS l ON l.order_id = p.order_id AND l.quote = p.quote AND l.position = 1
WHERE s.payment_id = :payment_id;

-- name: star_running^
-- The one that still has time, or will charge again, for this customer and product.
SELECT s.*, p.reference, p.provider_ref, COALESCE(s.subscription_id, l.subscription_id) AS pays_for
FROM star_subscriptions AS s
INNER JOIN payments AS p ON p.id = s.payment_id
INNER JOIN order_lines AS l ON l.order_id = p.order_id AND l.quote = p.quote AND l.position = 1
WHERE s.customer_id = :customer_id AND s.product_id = :product_id AND s.expires_at > :now
ORDER BY s.expires_at DESC LIMIT 1;

-- name: star_running_for^
-- The same for one subscription; one whose first money waits for a person is not of another yet.
SELECT s.*, p.reference, p.provider_ref, COALESCE(s.subscription_id, l.subscription_id) AS pays_for
FROM star_subscriptions AS s
INNER JOIN payments AS p ON p.id = s.payment_id
INNER JOIN order_lines AS l ON l.order_id = p.order_id AND l.quote = p.quote AND l.position = 1
WHERE s.customer_id = :customer_id AND s.product_id = :product_id AND s.expires_at > :now
    AND COALESCE(s.subscription_id, l.subscription_id, :subscription_id) = :subscription_id
ORDER BY s.expires_at DESC LIMIT 1;

-- name: star_follow!
-- A later charge was fulfilled: what its order's line bought is what the series pays for.
UPDATE star_subscriptions SET subscription_id = (
    SELECT subscription_id FROM order_lines
    WHERE order_id = :order_id AND subscription_id IS NOT NULL AND position = 1
)
WHERE payment_id = :payment_id;

-- name: star_note!
UPDATE star_subscriptions
SET state = :state, is_stopped_here = :is_stopped_here, expires_at = :expires_at
WHERE payment_id = :payment_id;
