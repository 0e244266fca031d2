-- name: order_open_one^
INSERT INTO orders (customer_id, product_id, kind, term, state, created_at, expires_at)
VALUES (:customer_id, :product_id, :kind, :term, 'open', :now, :expires_at)
ON CONFLICT (customer_id, product_id, term) WHERE state = 'open'
DO UPDATE SET expires_at = excluded.expires_at
RETURNING *;

-- name: order_add^
INSERT INTO orders (customer_id, product_id, kind, term, state, created_at, expires_at, closed_at)
VALUES (:customer_id, :product_id, :kind, :term, 'paid', :now, :now, :now)
RETURNING *;

-- name: order_move!
-- From whichever state the table lets become this one.
UPDATE orders SET state = :state, closed_at = :now
WHERE id = :id AND state IN (:old_0, :old_1, :old_2);

-- name: order_stands$
SELECT state FROM orders WHERE id = :id;

-- name: order_held$
SELECT id FROM orders
WHERE customer_id = :customer_id AND product_id = :product_id AND term = :term AND state = 'in_review'
LIMIT 1;

-- name: orders_expire
UPDATE orders SET state = 'expired', closed_at = :now
WHERE id IN (
    SELECT id FROM orders WHERE state = 'open' AND expires_at <= :now ORDER BY expires_at LIMIT :most
)
RETURNING id;

-- name: orders_next_expiry$
SELECT MIN(expires_at) FROM orders WHERE state = 'open';

-- name: orders_of
SELECT o.*, p.slug FROM orders AS o
INNER JOIN products AS p ON p.id = o.product_id
WHERE o.customer_id = :customer_id ORDER BY o.id DESC LIMIT :most;

-- name: order_reopen^
-- An order of its own for money that comes by itself, whatever else is open.
INSERT INTO orders (customer_id, product_id, kind, term, state, created_at, expires_at, closed_at)
VALUES (:customer_id, :product_id, 'purchase', :term, 'expired', :now, :expires_at, :now)
RETURNING *;

-- name: periods_by_order
SELECT p.*, o.kind FROM periods AS p
LEFT JOIN orders AS o ON o.id = p.order_id
WHERE p.subscription_id = :subscription_id ORDER BY p.starts_at;
