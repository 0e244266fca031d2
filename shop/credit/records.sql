-- name: wallet_part_set!
INSERT INTO wallet_reservations (order_id, customer_id, minor, currency, noted_at)
VALUES (:order_id, :customer_id, :minor, :currency, :now)
ON CONFLICT (order_id) DO UPDATE
SET minor = excluded.minor, currency = excluded.currency, noted_at = excluded.noted_at;

-- name: wallet_claims^
-- What came for this order and lies in the wallet because it was too little; what is set aside.
SELECT
    COALESCE((
        SELECT SUM(r.to_wallet - r.from_wallet) FROM receipts AS r
        INNER JOIN payments AS p ON p.id = r.payment_id
        WHERE p.order_id = :order_id AND r.currency = :currency AND r.verdict = 'short'
    ), 0) AS short,
    COALESCE((
        SELECT wr.minor FROM wallet_reservations AS wr
        WHERE wr.order_id = :order_id AND wr.currency = :currency
    ), 0) AS part;

-- name: wallet_kept
-- Set aside for an order while it is open, or counted on by a page of it that may still be paid,
-- the larger of them: only one page of an order gives what it sells. One that closed keeps nothing.
SELECT k.order_id, k.currency, k.kept, k.kept_until, l.product_id, l.term, pr.slug, pr.document
FROM (
    SELECT
        c.order_id, c.currency,
        MAX(c.minor) AS kept, MIN(c.made_at) AS made_at, MAX(c.kept_until) AS kept_until
    FROM (
        SELECT wr.order_id, wr.currency, wr.minor, wr.noted_at AS made_at, o.expires_at AS kept_until
        FROM wallet_reservations AS wr
        INNER JOIN orders AS o ON o.id = wr.order_id
        WHERE wr.customer_id = :customer_id AND wr.minor > 0 AND o.state = 'open'
        UNION ALL
        SELECT p.order_id, p.currency, p.whole - p.minor, p.created_at, p.kept_until
        FROM payments AS p
        INNER JOIN orders AS o ON o.id = p.order_id
        WHERE p.customer_id = :customer_id AND p.whole > p.minor AND p.kept_until > :since
            AND p.state IN ('created', 'seen', 'unknown', 'expired')
            AND o.state IN ('open', 'expired')
    ) AS c
    GROUP BY c.order_id, c.currency
) AS k
INNER JOIN order_lines AS l ON l.id = (SELECT MIN(n.id) FROM order_lines AS n WHERE n.order_id = k.order_id)
INNER JOIN products AS pr ON pr.id = l.product_id
ORDER BY k.made_at, k.order_id;

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
