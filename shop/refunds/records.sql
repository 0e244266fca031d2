-- name: refund_case^
-- A receipt with all that giving it back depends on, read under the customer's claim.
SELECT
    r.id, r.provider, r.receipt_id, r.payment_id, r.customer_id, r.minor, r.currency, r.verdict,
    r.to_order, r.to_wallet, r.tax, r.recorded_at,
    p.order_id, p.reference, p.provider_ref, p.state AS payment_state,
    o.state AS order_state, l.term, pr.slug,
    (
        SELECT b.subscription_id FROM order_lines AS b
        WHERE b.order_id = p.order_id AND b.subscription_id IS NOT NULL
        ORDER BY b.position LIMIT 1
    ) AS subscription_id,
    COALESCE((
        SELECT MAX(x.currency) FROM receipts AS x
        INNER JOIN payments AS y ON y.id = x.payment_id
        WHERE y.order_id = p.order_id AND x.to_order > 0
    ), r.currency) AS order_currency,
    (
        SELECT COALESCE(SUM(f.minor), 0) FROM refunds AS f
        WHERE f.receipt = r.id AND f.route NOT IN ('wallet', 'returned')
            AND f.state NOT IN ('failed', 'cancelled')
    ) AS refunded,
    (
        SELECT COALESCE(SUM(
            CASE WHEN f.route IN ('wallet', 'returned') THEN f.minor ELSE 0 END - f.from_wallet
        ), 0)
        FROM refunds AS f WHERE f.receipt = r.id AND f.state NOT IN ('failed', 'cancelled')
    ) AS wallet_gained,
    (
        SELECT COALESCE(SUM(f.from_order), 0) FROM refunds AS f
        WHERE f.receipt = r.id AND f.state NOT IN ('failed', 'cancelled')
    ) AS own_back,
    (
        SELECT COALESCE(SUM(f.tax), 0) FROM refunds AS f
        WHERE f.receipt = r.id AND f.state NOT IN ('failed', 'cancelled')
    ) AS tax_back,
    (
        SELECT COALESCE(SUM(d.minor), 0) FROM disputes AS d
        WHERE d.receipt = r.id AND d.state = 'open' AND d.kind = 'dispute'
    ) AS disputed,
    (
        SELECT COALESCE(SUM(x.to_order), 0) FROM receipts AS x
        INNER JOIN payments AS y ON y.id = x.payment_id WHERE y.order_id = p.order_id
    ) AS order_paid,
    (
        SELECT COALESCE(SUM(x.from_wallet), 0) FROM receipts AS x
        INNER JOIN payments AS y ON y.id = x.payment_id WHERE y.order_id = p.order_id
    ) AS order_from_wallet,
    (
        SELECT COALESCE(SUM(f.from_order), 0) FROM refunds AS f
        INNER JOIN receipts AS x ON x.id = f.receipt
        INNER JOIN payments AS y ON y.id = x.payment_id
        WHERE y.order_id = p.order_id AND f.state NOT IN ('failed', 'cancelled')
    ) AS order_back,
    (
        SELECT COALESCE(SUM(f.from_order), 0) FROM refunds AS f
        INNER JOIN receipts AS x ON x.id = f.receipt
        INNER JOIN payments AS y ON y.id = x.payment_id
        WHERE y.order_id = p.order_id
            AND (f.state IN ('done', 'link') OR (f.state = 'manual' AND f.returned_at IS NOT NULL))
    ) AS order_back_surely,
    (
        SELECT COALESCE(SUM(-j.minor), 0) FROM journal AS j
        WHERE j.account = 'wallet' AND j.customer_id = r.customer_id AND j.currency = r.currency
    ) AS wallet
FROM receipts AS r
LEFT JOIN payments AS p ON p.id = r.payment_id
LEFT JOIN orders AS o ON o.id = p.order_id
LEFT JOIN order_lines AS l ON l.order_id = p.order_id AND l.quote = p.quote AND l.position = 1
LEFT JOIN products AS pr ON pr.id = l.product_id
WHERE r.id = :id;

-- name: refund_add$
INSERT INTO refunds (
    reference, receipt, customer_id, route, state, minor, currency, from_wallet, from_order, tax,
    reason, staff_id, ask_at, made_at, done_at, leased_until, leased_by
)
VALUES (
    :reference, :receipt, :customer_id, :route, :state, :minor, :currency, :from_wallet,
    :from_order, :tax, :reason, :staff_id, :ask_at, :now, :done_at, :ask_at, :holder
)
RETURNING id;

-- name: refund_by_id^
SELECT * FROM refunds WHERE id = :id;

-- name: refund_move!
UPDATE refunds
SET state = :state, refund_ref = :refund_ref, url = :url, note = :note, ask_at = :ask_at,
    done_at = :done_at
WHERE id = :id AND state = :old;

-- name: refund_ask_later!
UPDATE refunds SET refund_ref = :refund_ref, url = :url, note = :note, ask_at = :ask_at
WHERE id = :id AND state = :state;

-- name: refund_name!
-- What the provider calls it, where its news came before its answer.
UPDATE refunds SET refund_ref = :refund_ref WHERE id = :id AND refund_ref = '';

-- name: refund_bounce!
-- The bank did not take it: a person finds another way.
UPDATE refunds SET state = 'manual', returned_at = :now, done_at = NULL, ask_at = NULL, note = :note,
    returns = returns + 1
WHERE id = :id AND state = 'done' AND returned_at IS NULL;

-- name: refund_by_hand!
UPDATE refunds SET route = 'manual' WHERE id = :id;

-- name: refund_given_anew!
-- The provider's name of the try that came back is not the name of this one.
UPDATE refunds SET route = 'told', refund_ref = '', returned_at = NULL WHERE id = :id;

-- name: refund_lessen!
UPDATE refunds
SET minor = minor - :minor, from_wallet = from_wallet - :from_wallet,
    from_order = from_order - :from_order, tax = tax - :tax
WHERE id = :id;

-- name: refund_into_wallet!
UPDATE refunds SET state = 'done', route = 'returned', done_at = :now
WHERE id = :id AND state = 'manual' AND returned_at IS NOT NULL;

-- name: refunds_of
SELECT * FROM refunds WHERE customer_id = :customer_id ORDER BY id DESC LIMIT :most;

-- name: refunds_of_receipt
SELECT * FROM refunds WHERE receipt = :receipt ORDER BY id;

-- name: refunds_claim
UPDATE refunds SET ask_at = :lease, leased_until = :lease, leased_by = :holder, tries = tries + 1
WHERE id IN (SELECT id FROM refunds WHERE ask_at <= :now ORDER BY ask_at LIMIT :most)
RETURNING *;

-- name: refunds_holders
SELECT DISTINCT leased_by FROM refunds
WHERE ask_at > :now AND ask_at <= :latest AND ask_at = leased_until;

-- name: refunds_release!
UPDATE refunds SET ask_at = :now
WHERE ask_at > :now AND ask_at = leased_until AND leased_by = :holder;

-- name: refunds_next$
SELECT MIN(ask_at) FROM refunds WHERE ask_at IS NOT NULL;

-- name: refunds_totals
SELECT currency, COUNT(*) AS many, SUM(minor) AS minor FROM refunds
WHERE state = 'done' AND done_at >= :since AND done_at < :until
GROUP BY currency ORDER BY currency;

-- name: wallet_spendings
-- What the wallet gave to each order since, less what was taken back of it already.
SELECT r.id, r.from_wallet - COALESCE((
    SELECT SUM(f.minor) FROM refunds AS f WHERE f.receipt = r.id AND f.reason = 'reclaimed'
), 0) AS minor
FROM receipts AS r
WHERE r.customer_id = :customer_id AND r.currency = :currency AND r.from_wallet > 0
    AND r.id > :receipt
ORDER BY r.id DESC;
