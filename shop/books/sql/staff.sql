-- name: audit_add!
INSERT INTO audit (staff_id, act, customer_id, facts, acted_at)
VALUES (:staff_id, :act, :customer_id, :facts, :now);

-- name: audit_of
SELECT * FROM audit WHERE customer_id = :customer_id ORDER BY id DESC LIMIT :most;

-- name: audit_latest
SELECT * FROM audit ORDER BY id DESC LIMIT :most;

-- name: note_get$
SELECT value FROM notes WHERE key = :key;

-- name: note_set!
INSERT INTO notes (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: new_customers$
SELECT COUNT(*) FROM customers WHERE created_at >= :since AND created_at < :until
    AND REPLACE(:staff, ',' || CAST(telegram_id AS TEXT) || ',', '') = :staff;
