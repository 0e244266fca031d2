-- name: order_open_one^
INSERT INTO orders (customer_id, kind, basket, state, created_at, expires_at)
VALUES (:customer_id, :kind, :basket, 'open', :now, :expires_at)
ON CONFLICT (customer_id, basket) WHERE state = 'open'
DO UPDATE SET expires_at = excluded.expires_at
RETURNING *;

-- name: order_add^
INSERT INTO orders (customer_id, kind, basket, state, created_at, expires_at, closed_at)
VALUES (:customer_id, :kind, :basket, 'paid', :now, :now, :now)
RETURNING *;

-- name: order_move!
-- From whichever state the table lets become this one; OR, for SQLite makes a table for a long IN.
UPDATE orders SET state = :state, closed_at = :now
WHERE id = :id AND (state = :old_0 OR state = :old_1 OR state = :old_2 OR state = :old_3);

-- name: order_stands$
SELECT state FROM orders WHERE id = :id;

-- name: order_held$
SELECT o.id FROM order_lines AS l
INNER JOIN orders AS o ON o.id = l.order_id
WHERE l.customer_id = :customer_id AND l.product_id = :product_id AND l.term = :term
    AND o.state = 'in_review'
LIMIT 1;

-- name: order_open_now$
SELECT id FROM orders
WHERE customer_id = :customer_id AND basket = :basket AND state = 'open';

-- name: order_term_bought$
-- The time bought last of this product, for the subscription at hand before any other.
SELECT l.term FROM order_lines AS l
INNER JOIN orders AS o ON o.id = l.order_id
WHERE l.customer_id = :customer_id AND l.product_id = :product_id
    AND o.kind = 'purchase' AND o.state = 'paid' AND l.subscription_id IS NOT NULL
ORDER BY CASE WHEN l.subscription_id = :subscription_id THEN 0 ELSE 1 END, o.id DESC
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
-- Each with its first line, which is the same in every quote.
SELECT o.*, l.term, p.slug, p.document, l.product_id FROM orders AS o
INNER JOIN order_lines AS l ON l.id = (SELECT MIN(id) FROM order_lines WHERE order_id = o.id)
INNER JOIN products AS p ON p.id = l.product_id
WHERE o.customer_id = :customer_id ORDER BY o.id DESC LIMIT :most;

-- name: order_reopen^
-- An order of its own for money that comes by itself, whatever else is open.
INSERT INTO orders (customer_id, kind, basket, state, created_at, expires_at, closed_at)
VALUES (:customer_id, 'purchase', :basket, 'expired', :now, :expires_at, :now)
RETURNING *;

-- name: periods_by_order
SELECT p.*, o.kind FROM periods AS p
LEFT JOIN order_lines AS l ON l.id = p.line_id
LEFT JOIN orders AS o ON o.id = l.order_id
WHERE p.subscription_id = :subscription_id ORDER BY p.starts_at;
