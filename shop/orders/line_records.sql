-- name: line_put*!
-- The same quote again is the same lines; a subscription that is asked for by name stays so.
INSERT INTO order_lines (
    order_id, quote, position, customer_id, kind, product_id, price_id, term, quantity, minor,
    currency, discount, lengthens, is_another
)
VALUES (
    :order_id, :quote, :position, :customer_id, :kind, :product_id, :price_id, :term, :quantity,
    :minor, :currency, :discount, :lengthens, :is_another
)
ON CONFLICT (order_id, quote, position)
DO UPDATE SET lengthens = COALESCE(excluded.lengthens, order_lines.lengthens);

-- name: lines_of
SELECT l.*, p.slug, p.document FROM order_lines AS l
INNER JOIN products AS p ON p.id = l.product_id
WHERE l.order_id = :order_id AND l.quote = :quote ORDER BY l.position;

-- name: line_target$
SELECT target_id FROM targeted_lines WHERE id = :id;

-- name: line_sold!
UPDATE order_lines SET subscription_id = :subscription_id, paid = :paid WHERE id = :id;

-- name: lines_sold
SELECT * FROM order_lines
WHERE order_id = :order_id AND subscription_id IS NOT NULL ORDER BY position;

-- name: line_taxed!
UPDATE order_lines SET tax = :tax WHERE id = :id;
