-- name: proof_add^
INSERT INTO proofs (payment_id, customer_id, kind, file_id, unique_id, digest, sent_at)
VALUES (:payment_id, :customer_id, :kind, :file_id, :unique_id, :digest, :now)
ON CONFLICT (payment_id, unique_id) DO NOTHING
RETURNING *;

-- name: proof_by_id^
SELECT * FROM proofs WHERE id = :id;

-- name: proof_by_file^
SELECT * FROM proofs WHERE payment_id = :payment_id AND unique_id = :unique_id;

-- name: proof_decide!
UPDATE proofs
SET state = :state, reason = :reason, minor = :minor, staff_id = :staff_id, decided_at = :now
WHERE id = :id AND state = 'waiting';

-- name: proofs_close!
-- The other proofs of a payment that was settled: nobody need look at them any more.
UPDATE proofs SET state = 'settled', staff_id = :staff_id, decided_at = :now
WHERE payment_id = :payment_id AND state = 'waiting';

-- name: proofs_waiting
SELECT * FROM proofs WHERE state = 'waiting' ORDER BY id LIMIT :most;

-- name: proofs_count_waiting$
SELECT COUNT(*) FROM proofs WHERE state = 'waiting';

-- name: proofs_count_of$
SELECT COUNT(*) FROM proofs WHERE payment_id = :payment_id AND state = 'waiting';

-- name: proofs_alike
-- The same file in another payment, of whichever customer: Telegram's name for it, or its bytes.
SELECT * FROM proofs
WHERE payment_id <> :payment_id
    AND (unique_id = :unique_id OR (digest <> '' AND digest = :digest))
ORDER BY id LIMIT :most;

-- name: payment_to_prove^
-- The payment that a picture in the chat is for: of an open order first, then the latest.
SELECT pay.* FROM payments AS pay
INNER JOIN orders AS o ON o.id = pay.order_id
WHERE pay.customer_id = :customer_id AND pay.provider = :provider AND pay.created_at >= :since
ORDER BY
    CASE
        WHEN pay.state IN ('created', 'seen', 'unknown') AND o.state = 'open' THEN 0
        WHEN pay.state <> 'final' AND o.state IN ('open', 'expired') THEN 1
        WHEN pay.state <> 'final' THEN 2
        ELSE 3
    END,
    pay.id DESC
LIMIT 1;

-- name: payment_of_proof^
SELECT pay.* FROM payments AS pay
INNER JOIN proofs AS pr ON pr.payment_id = pay.id
WHERE pr.id = :id;
