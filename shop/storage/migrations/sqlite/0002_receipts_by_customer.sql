-- The staff desk shows a customer's receipts; without this it read all of them.

CREATE INDEX receipts_customer ON receipts (customer_id);
