-- name: customer_greet^
INSERT INTO customers (telegram_id, name, username, language, zone, source, created_at)
VALUES (:telegram_id, :name, :username, :language, :zone, :source, :now)
ON CONFLICT (telegram_id) DO UPDATE
SET name = excluded.name, username = excluded.username, is_reachable = 1
RETURNING *;

-- name: customer_by_telegram^
SELECT * FROM customers WHERE telegram_id = :telegram_id;

-- name: customer_by_id^
SELECT * FROM customers WHERE id = :id;

-- name: customer_claim^
-- Law 6: whoever changes a customer's affairs goes alone. SQLite's transaction does from its beginning.
SELECT * FROM customers WHERE id = :id;

-- name: customers_found
SELECT * FROM customers
WHERE telegram_id = :number OR id = :number OR username = :text
    OR lower(name) LIKE :pattern ESCAPE '!'
ORDER BY id DESC LIMIT 10;

-- name: customer_set_language!
UPDATE customers SET language = :language WHERE id = :id;

-- name: customer_set_currency!
UPDATE customers SET currency = :currency WHERE id = :id;

-- name: customer_set_reminders!
UPDATE customers SET wants_reminders = :wants WHERE id = :id;

-- name: customer_set_reachable!
UPDATE customers SET is_reachable = :is_reachable WHERE telegram_id = :telegram_id;

-- name: customer_set_country!
UPDATE customers SET country = :country WHERE id = :id;

-- name: new_customers$
SELECT COUNT(*) FROM customers WHERE created_at >= :since AND created_at < :until
    AND REPLACE(:staff, ',' || CAST(telegram_id AS TEXT) || ',', '') = :staff;
