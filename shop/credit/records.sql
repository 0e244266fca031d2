-- name: wallet_part_set!
INSERT INTO wallet_reservations (order_id, customer_id, minor, currency, noted_at)
VALUES (:order_id, :customer_id, :minor, :currency, :now)
ON CONFLICT (order_id) DO UPDATE
SET minor = excluded.minor, currency = excluded.currency, noted_at = excluded.noted_at;

-- name: wallet_part$
SELECT minor FROM wallet_reservations WHERE order_id = :order_id AND currency = :currency;

-- name: wallet_kept_elsewhere$
-- An order that closed keeps nothing any more: no one need give anything back.
SELECT COALESCE(SUM(wp.minor), 0) FROM wallet_reservations AS wp
INNER JOIN orders AS o ON o.id = wp.order_id
WHERE wp.customer_id = :customer_id AND wp.currency = :currency
    AND o.state = 'open' AND wp.order_id <> :order_id;

-- name: wallet_moves
SELECT group_ref, currency, SUM(-minor) AS minor, MAX(entered_at) AS entered_at FROM journal
WHERE account = 'wallet' AND customer_id = :customer_id
GROUP BY group_ref, currency HAVING SUM(-minor) <> 0
ORDER BY MAX(id) DESC LIMIT :most;

-- name: receipt_purpose^
SELECT r.verdict, pr.slug FROM receipts AS r
LEFT JOIN payments AS pay ON pay.id = r.payment_id
LEFT JOIN order_lines AS l ON l.order_id = pay.order_id AND l.quote = pay.quote AND l.position = 1
LEFT JOIN products AS pr ON pr.id = l.product_id
WHERE r.id = :id;
