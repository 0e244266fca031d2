-- name: dispute_add$
INSERT INTO disputes (
    provider, kind, dispute_ref, receipt_id, receipt, payment_id, customer_id, minor, asked,
    currency, state, reason, answer_by, opened_at, heard_at
)
VALUES (
    :provider, :kind, :dispute_ref, :receipt_id, :receipt, :payment_id, :customer_id, 0, 0,
    :currency, 'open', :reason, :answer_by, :now, :heard_at
)
RETURNING id;

-- name: dispute_by_id^
SELECT * FROM disputes WHERE id = :id;

-- name: disputes_about
SELECT * FROM disputes
WHERE provider = :provider AND kind = :kind AND receipt_id = :receipt_id ORDER BY id;

-- name: disputes_of_receipt
SELECT * FROM disputes WHERE receipt = :receipt AND kind = 'dispute' ORDER BY id;

-- name: dispute_open$
SELECT id FROM disputes
WHERE payment_id = :payment_id AND kind = 'dispute' AND state = 'open' LIMIT 1;

-- name: dispute_name!
UPDATE disputes
SET dispute_ref = :dispute_ref, minor = :minor, asked = :asked, currency = :currency,
    reason = :reason, answer_by = :answer_by, receipt = :receipt, heard_at = :heard_at
WHERE id = :id;

-- name: dispute_take!
UPDATE disputes SET minor = :minor, turns = turns + 1 WHERE id = :id;

-- name: dispute_move!
UPDATE disputes SET state = :state, closed_at = :closed_at, turns = turns + 1
WHERE id = :id AND state = :old;

-- name: dispute_freeze!
UPDATE disputes SET frozen_id = :subscription_id WHERE id = :id;

-- name: disputes_freezing$
SELECT COUNT(*) FROM disputes
WHERE frozen_id = :subscription_id AND state = 'open' AND id <> :besides;

-- name: disputes_of
SELECT * FROM disputes WHERE customer_id = :customer_id ORDER BY id DESC LIMIT :most;
