-- name: catalog_add!
INSERT INTO catalogs (digest, document, applied_at) VALUES (:digest, :document, :now);

-- name: catalog_latest^
SELECT digest, document FROM catalogs ORDER BY id DESC LIMIT 1;

-- name: catalog_latest_id$
SELECT COALESCE(MAX(id), 0) FROM catalogs;

-- name: product_put$
INSERT INTO products (slug, kind, document, position, is_offered)
VALUES (:slug, :kind, :document, :position, 1)
ON CONFLICT (slug) DO UPDATE
SET document = excluded.document, position = excluded.position, is_offered = 1
RETURNING id;

-- name: product_withdraw!
UPDATE products SET is_offered = 0 WHERE slug = :slug;

-- name: products_offered
SELECT * FROM products WHERE is_offered = 1 ORDER BY position, id;

-- name: product_by_slug^
SELECT * FROM products WHERE slug = :slug;

-- name: product_by_id^
SELECT * FROM products WHERE id = :id;

-- name: prices_in_force
SELECT pr.* FROM prices AS pr
INNER JOIN products AS p ON p.id = pr.product_id
WHERE pr.superseded_at IS NULL AND p.is_offered = 1
ORDER BY pr.id;

-- name: prices_of
SELECT * FROM prices WHERE product_id = :product_id AND superseded_at IS NULL ORDER BY id;

-- name: price_by_id^
SELECT * FROM prices WHERE id = :id;

-- name: price_in_force^
SELECT * FROM prices
WHERE product_id = :product_id AND term = :term AND currency = :currency
    AND superseded_at IS NULL;

-- name: price_supersede!
UPDATE prices SET superseded_at = :now WHERE id = :id AND superseded_at IS NULL;

-- name: price_add!
INSERT INTO prices (product_id, term, currency, minor, since)
VALUES (:product_id, :term, :currency, :minor, :now);
