-- name: saving_note!
INSERT INTO consents (payment_id, consented_at) VALUES (:payment_id, :now)
ON CONFLICT (payment_id) DO NOTHING;

-- name: saving_of$
SELECT payment_id FROM consents WHERE payment_id = :payment_id;

-- name: saved_methods_keep$
INSERT INTO saved_methods (customer_id, provider, payment_id, encrypted, brand, last4, saved_at)
VALUES (:customer_id, :provider, :payment_id, :encrypted, :brand, :last4, :now)
ON CONFLICT (payment_id) DO NOTHING
RETURNING id;

-- name: saved_methods_get^
SELECT * FROM saved_methods WHERE id = :id;

-- name: saved_methods_forget!
-- What is forgotten cannot be read any more, by anyone.
UPDATE saved_methods SET forgotten_at = :now WHERE id = :id AND forgotten_at IS NULL;

-- name: saved_methods_wipe!
UPDATE saved_methods SET encrypted = :nothing WHERE id = :id AND forgotten_at IS NOT NULL;

-- name: renewal_plan!
INSERT INTO renewals (
    subscription_id, customer_id, method_id, term, currency, is_on, agreed_at, round_end, charge_at,
    next_at
)
VALUES (
    :subscription_id, :customer_id, :method_id, :term, :currency, 1, :agreed_at, :round_end,
    :charge_at, :next_at
)
ON CONFLICT (subscription_id) DO UPDATE
SET method_id = excluded.method_id, term = excluded.term, currency = excluded.currency, is_on = 1,
    agreed_at = excluded.agreed_at, round_end = excluded.round_end, charge_at = excluded.charge_at, next_at = excluded.next_at,
    told_price_id = NULL, tries = 0, silences = 0;

-- name: renewal_of^
SELECT r.*, m.brand, m.last4, m.provider, m.encrypted, m.forgotten_at FROM renewals AS r
INNER JOIN saved_methods AS m ON m.id = r.method_id
WHERE r.subscription_id = :subscription_id;

-- name: renewal_charged_by^
SELECT r.*, m.brand, m.last4, m.provider, m.encrypted, m.forgotten_at FROM renewals AS r
INNER JOIN saved_methods AS m ON m.id = r.method_id
WHERE r.customer_id = :customer_id AND r.payment_id = :payment_id;

-- name: renewal_running_for^
-- The charge that may be under way for this customer and product.
SELECT p.* FROM renewals AS r
INNER JOIN subscriptions AS s ON s.id = r.subscription_id
INNER JOIN payments AS p ON p.id = r.payment_id
WHERE r.customer_id = :customer_id AND s.product_id = :product_id
    AND p.state IN ('created', 'seen', 'unknown')
ORDER BY p.id LIMIT 1;

-- name: renewal_running_of^
-- The charge that may be under way for this subscription.
SELECT p.* FROM renewals AS r
INNER JOIN payments AS p ON p.id = r.payment_id
WHERE r.subscription_id = :subscription_id AND p.state IN ('created', 'seen', 'unknown');

-- name: saved_methods_charging$
-- The charge by these means that its provider has not answered about, so that only they find it.
SELECT p.id FROM renewals AS r
INNER JOIN payments AS p ON p.id = r.payment_id
WHERE r.method_id = :method_id AND p.state IN ('created', 'unknown') AND p.provider_ref = ''
LIMIT 1;

-- name: renewal_money_gone$
-- Money for this subscription went back since the person last wanted it renewed.
SELECT o.id FROM renewals AS r
INNER JOIN order_lines AS l ON l.customer_id = r.customer_id AND l.subscription_id = r.subscription_id
INNER JOIN orders AS o ON o.id = l.order_id
WHERE r.subscription_id = :subscription_id AND o.state = 'refunded' AND o.closed_at > r.agreed_at
LIMIT 1;

-- name: renewals_with
SELECT subscription_id FROM renewals WHERE method_id = :method_id;

-- name: renewal_set!
UPDATE renewals
SET is_on = :is_on, round_end = :round_end, told_price_id = :told_price_id,
    charge_at = :charge_at, tries = :tries, silences = :silences, payment_id = :payment_id,
    next_at = :next_at, leased_until = :leased_until, leased_by = :holder
WHERE subscription_id = :subscription_id;

-- name: renewals_claim
UPDATE renewals SET next_at = :lease, leased_until = :lease, leased_by = :holder
WHERE subscription_id IN (
    SELECT subscription_id FROM renewals WHERE next_at <= :now ORDER BY next_at LIMIT :most
)
RETURNING subscription_id;

-- name: renewals_holders
SELECT DISTINCT leased_by FROM renewals
WHERE next_at > :now AND next_at <= :latest AND next_at = leased_until;

-- name: renewals_release!
UPDATE renewals SET next_at = :now
WHERE next_at > :now AND next_at = leased_until AND leased_by = :holder;

-- name: renewals_next$
SELECT MIN(next_at) FROM renewals WHERE next_at IS NOT NULL;

-- name: payment_awaited^
-- A page that is being paid, or money on its route, for this subscription: whoever charges waits for it.
SELECT p.* FROM targeted_lines AS l
INNER JOIN orders AS o ON o.id = l.order_id
INNER JOIN payments AS p ON p.order_id = l.order_id AND p.quote = l.quote
WHERE l.customer_id = :customer_id AND l.product_id = :product_id
    AND l.target_id = :subscription_id
    AND (
        (p.state = 'seen' AND p.seen_until > :since) OR (
            o.state = 'open' AND p.state IN ('created', 'unknown') AND p.expires_at > :since
        )
    )
ORDER BY p.expires_at DESC LIMIT 1;
