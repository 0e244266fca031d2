-- name: refund_took_time!
UPDATE refund_lines SET seconds_back = :seconds WHERE refund_id = :id AND line_id = :line_id;

-- name: refund_lines_left
-- What of each sold line of an order has not gone back, with its tax.
SELECT l.id, l.paid - COALESCE(SUM(b.minor), 0) AS minor, l.tax - COALESCE(SUM(b.tax), 0) AS tax
FROM order_lines AS l
LEFT JOIN (
    SELECT g.* FROM refund_lines AS g INNER JOIN refunds AS f ON f.id = g.refund_id
    WHERE f.state NOT IN ('failed', 'cancelled')
) AS b ON b.line_id = l.id
WHERE l.order_id = :order_id AND l.subscription_id IS NOT NULL
GROUP BY l.id, l.paid, l.tax, l.position ORDER BY l.position;

-- name: refund_line_add*!
INSERT INTO refund_lines (refund_id, line_id, minor, tax)
VALUES (:refund_id, :line_id, :minor, :tax);

-- name: refund_line_parts
-- What this refund takes of each sold line, and how much of its time went before.
SELECT
    l.id, l.subscription_id, l.paid, COALESCE(g.minor, 0) AS minor,
    (SELECT COALESCE(SUM(b.seconds_back), 0) FROM refund_lines AS b WHERE b.line_id = l.id) AS seconds_back
FROM order_lines AS l
LEFT JOIN refund_lines AS g ON g.line_id = l.id AND g.refund_id = :id
WHERE l.order_id = :order_id AND l.subscription_id IS NOT NULL ORDER BY l.position;
