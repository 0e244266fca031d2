-- name: audit_add!
INSERT INTO audit (staff_id, act, customer_id, facts, acted_at)
VALUES (:staff_id, :act, :customer_id, :facts, :now);

-- name: audit_of
SELECT * FROM audit WHERE customer_id = :customer_id ORDER BY id DESC LIMIT :most;

-- name: audit_latest
SELECT * FROM audit ORDER BY id DESC LIMIT :most;
