-- name: claim_add!
INSERT INTO provider_claims (inbox_event_id, payment_id, receipt_id, provider_ref, minor, currency, made_at)
VALUES (:inbox_event_id, :payment_id, :receipt_id, :provider_ref, :minor, :currency, :now)
ON CONFLICT (inbox_event_id) DO UPDATE SET state = 'open', made_at = excluded.made_at, told_at = NULL;

-- name: provider_claims_of
SELECT * FROM provider_claims WHERE payment_id = :payment_id AND state = 'open' ORDER BY inbox_event_id;

-- name: claim_by_letter^
SELECT * FROM provider_claims WHERE inbox_event_id = :inbox_event_id;

-- name: claim_end!
UPDATE provider_claims SET state = :state WHERE inbox_event_id = :inbox_event_id AND state <> :state;

-- name: claim_tell!
UPDATE provider_claims SET told_at = :now WHERE inbox_event_id = :inbox_event_id AND told_at IS NULL;
