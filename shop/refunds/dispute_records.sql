-- name: dispute_add$
INSERT INTO disputes (
    provider, kind, dispute_ref, receipt_id, receipt, payment_id, customer_id, minor, currency,
    state, reason, answer_by, opened_at
)
VALUES (
    :provider, :kind, :dispute_ref, :receipt_id, :receipt, :payment_id, :customer_id, :minor,
    :currency, :state, :reason, :answer_by, :now
)
RETURNING id;

-- name: dispute_by_id^
SELECT * FROM disputes WHERE id = :id;

-- name: disputes_about
SELECT * FROM disputes
WHERE provider = :provider AND kind = :kind AND receipt_id = :receipt_id ORDER BY id;

-- name: dispute_name!
UPDATE disputes
SET dispute_ref = :dispute_ref, minor = :minor, currency = :currency, reason = :reason,
    answer_by = :answer_by, receipt = :receipt
WHERE id = :id;

-- name: dispute_close!
UPDATE disputes SET state = :state, closed_at = :now WHERE id = :id AND state = 'open';

-- name: dispute_freeze!
UPDATE disputes SET frozen_id = :subscription_id WHERE id = :id;

-- name: disputes_freezing$
SELECT COUNT(*) FROM disputes
WHERE frozen_id = :subscription_id AND state = 'open' AND id <> :besides;

-- name: disputes_of
SELECT * FROM disputes WHERE customer_id = :customer_id ORDER BY id DESC LIMIT :most;
