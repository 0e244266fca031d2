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
