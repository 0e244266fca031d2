-- name: refund_took_time!
INSERT INTO refund_lines (refund_id, line_id, minor, tax, seconds_back)
VALUES (:id, :line_id, 0, 0, :seconds)
ON CONFLICT (refund_id, line_id) DO UPDATE SET seconds_back = excluded.seconds_back;

-- name: refund_lines_restored
-- The given lines that stand for time of this one, and how much of each went already.
SELECT l.id, l.subscription_id, (
    SELECT COALESCE(SUM(b.seconds_back), 0) FROM refund_lines AS b WHERE b.line_id = l.id
) AS seconds_back
FROM refund_lines AS g
INNER JOIN order_lines AS l ON l.id = g.restored_by
WHERE g.line_id = :line_id ORDER BY l.id;

-- name: refund_lines_took
-- What stood for a line's time counts as that line's.
SELECT t.line_id, t.seconds, l.subscription_id
FROM (
    SELECT COALESCE(g.line_id, b.line_id) AS line_id, SUM(b.seconds_back) AS seconds
    FROM refund_lines AS b
    LEFT JOIN refund_lines AS g ON g.restored_by = b.line_id
    WHERE b.refund_id = :id
    GROUP BY COALESCE(g.line_id, b.line_id)
) AS t
INNER JOIN order_lines AS l ON l.id = t.line_id
WHERE t.seconds > 0 ORDER BY t.line_id;

-- name: refund_line_restore!
-- Where only what stood for it was taken, it has no row of this refund yet.
INSERT INTO refund_lines (refund_id, line_id, minor, tax, restored_by)
VALUES (:id, :line_id, 0, 0, :restored_by)
ON CONFLICT (refund_id, line_id) DO UPDATE SET restored_by = excluded.restored_by;

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

-- name: refund_lines_of
SELECT line_id, minor, tax FROM refund_lines
WHERE refund_id = :id AND (minor > 0 OR tax > 0) ORDER BY line_id;

-- name: refund_line_lessen*!
UPDATE refund_lines SET minor = minor - :minor, tax = tax - :tax
WHERE refund_id = :refund_id AND line_id = :line_id;

-- name: refund_line_parts
-- What this refund takes of each sold line, and how much of its time went before.
SELECT
    l.id, l.subscription_id, l.paid, COALESCE(g.minor, 0) AS minor,
    (SELECT COALESCE(SUM(b.seconds_back), 0) FROM refund_lines AS b WHERE b.line_id = l.id) AS seconds_back
FROM order_lines AS l
LEFT JOIN refund_lines AS g ON g.line_id = l.id AND g.refund_id = :id
WHERE l.order_id = :order_id AND l.subscription_id IS NOT NULL ORDER BY l.position;

-- name: refund_subscriptions
SELECT l.subscription_id FROM order_lines AS l
WHERE l.subscription_id IS NOT NULL AND (
    l.order_id = :order_id OR l.id IN (
        SELECT g.restored_by FROM refund_lines AS g
        INNER JOIN order_lines AS o ON o.id = g.line_id WHERE o.order_id = :order_id
    )
);

-- name: refund_paid_until$
SELECT MAX(p.ends_at) FROM periods AS p
INNER JOIN order_lines AS l ON l.id = p.line_id
WHERE l.order_id = :order_id OR l.id IN (
    SELECT g.restored_by FROM refund_lines AS g
    INNER JOIN order_lines AS o ON o.id = g.line_id WHERE o.order_id = :order_id
);
