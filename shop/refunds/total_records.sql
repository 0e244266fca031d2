-- name: refund_total_tell$
-- Totals only grow, unless a refund came back: an older one that comes late changes nothing.
INSERT INTO refund_totals (provider, receipt_id, minor, currency, told_at)
VALUES (:provider, :receipt_id, :minor, :currency, :now)
ON CONFLICT (provider, receipt_id, currency) DO UPDATE
SET minor = excluded.minor, told_at = excluded.told_at
WHERE excluded.minor > refund_totals.minor + CASE
    WHEN :told_at > refund_totals.returned_at THEN 0 ELSE refund_totals.returned
END
RETURNING minor;

-- name: refund_total_lower!
INSERT INTO refund_totals (provider, receipt_id, minor, currency, told_at, returned, returned_at)
VALUES (:provider, :receipt_id, 0, :currency, :returned_at, :minor, :returned_at)
ON CONFLICT (provider, receipt_id, currency) DO UPDATE
SET minor = CASE
        WHEN refund_totals.minor > excluded.returned THEN refund_totals.minor - excluded.returned
        ELSE 0
    END,
    returned = refund_totals.returned + excluded.returned, returned_at = excluded.returned_at;

-- name: refund_total$
SELECT minor FROM refund_totals
WHERE provider = :provider AND receipt_id = :receipt_id AND currency = :currency;
