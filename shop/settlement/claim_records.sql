-- name: claim_add!
INSERT INTO claims (letter_id, payment_id, receipt_id, provider_ref, minor, currency, made_at)
VALUES (:letter_id, :payment_id, :receipt_id, :provider_ref, :minor, :currency, :now)
ON CONFLICT (letter_id) DO UPDATE SET state = 'open', made_at = excluded.made_at, told_at = NULL;

-- name: claims_of
SELECT * FROM claims WHERE payment_id = :payment_id AND state = 'open' ORDER BY letter_id;

-- name: claim_by_letter^
SELECT * FROM claims WHERE letter_id = :letter_id;

-- name: claim_waiting$
SELECT c.letter_id FROM claims AS c
INNER JOIN inbox AS i ON i.id = c.letter_id
WHERE i.provider = :provider AND i.event_id = :event_id AND c.state IN ('open', 'denied');

-- name: claim_end!
UPDATE claims SET state = :state WHERE letter_id = :letter_id AND state <> :state;

-- name: claim_tell!
UPDATE claims SET told_at = :now WHERE letter_id = :letter_id AND told_at IS NULL;
