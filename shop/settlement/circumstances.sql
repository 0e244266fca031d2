-- name: payment_circumstances^
-- Everything settlement decides on, read under the customer's claim. `is_listed`: the blocklist
-- names the customer; `is_told_of`: this receipt was told before to have gone back or to be disputed,
-- by either name: asked one by one, for SQLite makes a table for a list.
SELECT
    pay.id AS payment_id, pay.reference, pay.provider, pay.minor, pay.whole, pay.currency,
    pay.state AS payment_state, pay.expires_at, pay.poll_at, o.id AS order_id, o.state AS order_state,
    l.id AS line_id, l.term, l.product_id, l.target_id AS subscription_id,
    pay.quote, (SELECT COUNT(*) FROM order_lines AS n WHERE n.order_id = pay.order_id AND n.quote = pay.quote) AS lines,
    pr.slug, pr.document, sv.payment_id AS consent_id,
    EXISTS (
        SELECT 1 FROM renewals AS r WHERE r.customer_id = pay.customer_id AND r.payment_id = pay.id
    ) AS is_charge,
    EXISTS (
        SELECT 1 FROM blocklist AS b
        WHERE (b.kind = 'telegram' AND b.value = CAST(c.telegram_id AS TEXT))
            OR (b.kind = 'username' AND b.value = LOWER(c.username))
    ) AS is_listed,
    EXISTS (
        SELECT 1 FROM refund_totals AS t
        WHERE t.provider = pay.provider AND t.receipt_id = :receipt_id
    ) OR EXISTS (
        SELECT 1 FROM refund_totals AS t
        WHERE t.provider = pay.provider AND t.receipt_id = :unnamed
    ) OR EXISTS (
        SELECT 1 FROM disputes AS d
        WHERE d.provider = pay.provider AND d.kind = 'dispute' AND d.receipt_id = :receipt_id
    ) OR EXISTS (
        SELECT 1 FROM disputes AS d
        WHERE d.provider = pay.provider AND d.kind = 'dispute' AND d.receipt_id = :unnamed
    ) AS is_told_of
FROM payments AS pay
INNER JOIN customers AS c ON c.id = pay.customer_id
INNER JOIN orders AS o ON o.id = pay.order_id
INNER JOIN targeted_lines AS l ON l.order_id = pay.order_id AND l.quote = pay.quote AND l.position = 1
INNER JOIN products AS pr ON pr.id = l.product_id
LEFT JOIN consents AS sv ON sv.payment_id = pay.id
WHERE pay.reference = :reference;
