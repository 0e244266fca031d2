-- name: customer_claim^
-- As strong as an UPDATE: what refers to the customer may still be added beside it.
SELECT * FROM customers WHERE id = :id FOR NO KEY UPDATE;
